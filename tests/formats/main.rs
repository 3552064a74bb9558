//! The files that a run writes, as their readers take them: the official schemas, a real browser, the file system.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has nothing to say")]
#![expect(clippy::disallowed_methods, reason = "the sandbox hands PATH on and starts programs")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod browser;
mod gitlab;
mod outputs;
mod recipes;
#[path = "../cli/sandbox.rs"]
#[allow(dead_code, reason = "each test binary uses its part of the sandbox")]
mod sandbox;
mod schemas;

use std::fs;

use keyfence::rules::Example;
use sandbox::{Sandbox, leak};

/// The value that no report may show.
fn value() -> String {
    leak().trim_end().rsplit('=').next().unwrap().to_owned()
}

/// A history of three findings with everything that a report has to say: a value in two places of which one is gone, a
/// file that is a secret by its name, one held back by a comment, something passed over and something that is lost.
fn repository(author: &str, folder: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "user.name", author]);
    sandbox.commit(&format!("{folder}/old.sh"), &leak());
    sandbox.commit(&format!("{folder}/new.sh"), &leak());
    sandbox.git(&["rm", "-q", &format!("{folder}/old.sh")]);
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "take it out"]);
    let password = Example::unbroken("Rain·7bow-Fox");
    sandbox.commit("app/settings.py", &format!("größe = 1; password = \"{password}\"\n"));
    sandbox.commit(".env.production", "DB_HOST=db.internal\n");
    sandbox.commit(
        "held.py",
        &format!("password = \"{password}9\"  # keyfence:{} a sample\n", "allow"),
    );
    fs::write(sandbox.path("logo.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    sandbox.git(&["add", "logo.png"]);
    sandbox.commit("lost.txt", "nobody will read this\n");
    let oid = sandbox.git(&["rev-parse", "HEAD:lost.txt"]).out;
    let (folder, file) = oid.trim().split_at(2);
    fs::remove_file(sandbox.path(&format!(".git/objects/{folder}/{file}"))).unwrap();
    sandbox
}

/// Writes the history's report into a file and returns it.
fn report(sandbox: &Sandbox, format: &str) -> std::path::PathBuf {
    let file = sandbox.beside(&format!("report.{format}"));
    let name = file.display().to_string();
    sandbox
        .keyfence(&["scan", "--history", "--format", format, "--output", &name])
        .expect(1);
    assert!(!fs::read_to_string(&file).unwrap().contains(&value()));
    file
}
