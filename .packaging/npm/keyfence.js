#!/usr/bin/env node
// Hands over to the program, which is in the package for this platform.
"use strict";

const { spawnSync } = require("node:child_process");

const here = `${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "keyfence.exe" : "keyfence";

function find() {
  try {
    return require.resolve(`keyfence-cli-${here}/bin/${file}`);
  } catch {
    return undefined;
  }
}

// Code 2: no answer. A gate must not take a missing program for "clean".
function fail(what, hint) {
  process.stderr.write(`error: ${what}\nhint: ${hint}\n`);
  process.exitCode = 2;
}

const program = find();
if (program === undefined) {
  fail(
    `there is no keyfence for ${here} in this installation.`,
    "install without `--omit=optional`; for other platforms build it from source with cargo.",
  );
} else {
  const done = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
  if (done.error) fail(`${program} could not be started: ${done.error.message}.`, "install keyfence-cli again.");
  else if (done.signal) process.kill(process.pid, done.signal);
  else process.exitCode = done.status;
}
