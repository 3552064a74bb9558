#!/usr/bin/env python3
"""Pushes to a guarded repository, many at once and for long, and tells whether a secret came in or a commit got lost.

    benches/endurance.py --keyfence target/quick/keyfence --seconds 600 --at-once 50 > table.md

It makes a bare repository with `keyfence install --server`, and a clone for each of so many threads, all in a temporary
folder. A thread pushes again and again over git's local transport, each time to one of its own branches or to a new tag.
A share of the pushes carries a secret made up on the spot: in a file, in a file that a later commit of the push removes
again, only in a merge, in a commit's message, in a tag's. At the end every accepted commit must be where it was pushed to,
and no commit of a refused push may be reachable. Python 3.9 on Linux, standard library only.
"""
import argparse
import binascii
import collections
import os
import pathlib
import random
import shutil
import stat
import statistics
import string
import subprocess
import sys
import tempfile
import textwrap
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BRANCHES = 3
SECRET_KINDS = ("file", "removed again", "merge", "commit message", "tag message")
CLEAN_KINDS = ("file", "file", "file", "merge", "tag message")
# Runs the guard's own hook and notes what it cost: seconds, kilobytes at its peak, exit code, when it ended.
WATCHER = """\
    #!{python} -IS
    import os, sys, time
    began = time.monotonic()
    child = os.posix_spawn({hook!r}, [{hook!r}, *sys.argv[1:]], os.environ)
    _, status, usage = os.wait4(child, 0)
    code, now = os.waitstatus_to_exitcode(status), time.monotonic()
    with open({log!r}, "a") as log:
        log.write(f"{{now:.3f}} {{now - began:.4f}} {{usage.ru_maxrss}} {{code}}\\n")
    sys.exit(code if code >= 0 else 2)
    """


def secret(dice):
    """Makes up a GitHub token: thirty characters, and their checksum."""
    body = "".join(dice.choices(BASE62, k=30))
    number, check = binascii.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        check = BASE62[digit] + check
    return "ghp" + "_" + body + check.rjust(6, "0")


class Pushed:
    """One push: what was in it, where to, and what became of it."""

    def __init__(self, kind, leaks, ref, tip, seconds, accepted, said):
        self.kind, self.leaks, self.ref, self.tip = kind, leaks, ref, tip
        self.seconds, self.accepted, self.said = seconds, accepted, said
        self.ended = time.monotonic()


class Pusher(threading.Thread):
    """Pushes from a clone of its own until the time is over."""

    def __init__(self, number, clone, env, until, share):
        super().__init__()
        self.number, self.clone, self.env, self.until, self.share = number, clone, env, until, share
        self.dice, self.pushes, self.turn, self.failure = random.Random(number), [], 0, None
        base = self.git("rev-parse", "HEAD")
        self.tips = {branch: base for branch in range(BRANCHES)}

    def git(self, *args, text=None, check=True):
        command = ["git", "-C", self.clone, *args]
        done = subprocess.run(command, env=self.env, input=text, capture_output=True, check=check, encoding="utf-8", errors="replace")
        return done.stdout.strip() if check else done

    def run(self):
        try:
            while time.monotonic() < self.until:
                self.push()
        except Exception as failure:
            self.failure = failure

    def push(self):
        self.turn += 1
        leaks = self.dice.random() < self.share
        kind = self.dice.choice(SECRET_KINDS if leaks else CLEAN_KINDS)
        branch = self.dice.randrange(BRANCHES)
        tip, is_tag = self.make(kind, self.tips[branch], f"token = {secret(self.dice)}\n" if leaks else None)
        ref = f"refs/tags/t{self.number}-{self.turn}" if is_tag else f"refs/heads/w{self.number}/b{branch}"
        began = time.monotonic()
        done = self.git("push", "--quiet", "origin", f"{tip}:{ref}", check=False)
        took = time.monotonic() - began
        self.pushes.append(Pushed(kind, leaks, ref, tip, took, done.returncode == 0, done.stderr))
        if done.returncode == 0 and not is_tag:
            self.tips[branch] = tip

    def make(self, kind, base, leak):
        """Makes the commits of a push, or the tag, with one run of `git fast-import`; returns what to push."""
        words = " ".join(self.dice.choices(("river", "stone", "cloud", "table", "green", "seven"), k=60))
        where, name = f"src/w{self.number}/f{self.dice.randrange(40)}.txt", f"refs/made/{self.number}"
        file = lambda path, content: f"M 100644 inline {path}\n" + data(content)
        commit = lambda ref, mark, parent, message, *parts: "".join(
            [f"commit {ref}\nmark :{mark}\ncommitter A <a@example.com> {1700000000 + self.turn} +0000\n", data(message), f"from {parent}\n", *parts, "\n"])
        plain = file(where, f"{words} {self.turn}\n")
        if kind == "merge":
            stream = (commit(f"{name}/a", 1, base, "one side\n", plain) + commit(f"{name}/b", 2, base, "other side\n", file(where + ".md", words))
                      + commit(name + "/tip", 3, ":1", "merge\n", "merge :2\n", file("merged.txt", leak or words)))
        elif kind == "removed again":
            stream = commit(name + "/tip", 1, base, "add\n", plain, file("conf.ini", leak or words)) + commit(name + "/tip", 2, ":1", "remove\n", "D conf.ini\n")
        elif kind == "commit message":
            stream = commit(name + "/tip", 1, base, f"use this\n\n{leak or words}", plain)
        elif kind == "tag message":
            tag = f"made-{self.number}-{self.turn}"
            stream = commit(name + "/tip", 1, base, "release\n", plain) + f"tag {tag}\nfrom :1\ntagger A <a@example.com> 1700000000 +0000\n" + data(leak or words)
        else:
            stream = commit(name + "/tip", 1, base, "work\n", plain, file("conf.ini", leak) if leak else "")
        self.git("fast-import", "--quiet", "--force", text=stream)
        is_tag = kind == "tag message"
        return self.git("rev-parse", f"refs/tags/{tag}" if is_tag else name + "/tip"), is_tag


def data(content):
    return f"data {len(content.encode())}\n{content}\n"


def prepare(folder, keyfence, at_once, env):
    """Makes the server, its first history, its guard with somebody who watches it, and the clones."""
    server, seed = folder / "server.git", folder / "seed"
    git = lambda *args: subprocess.run(["git", *args], env=env, check=True, capture_output=True)
    git("init", "--quiet", "--bare", str(server))
    git("init", "--quiet", str(seed))
    for number in range(300):
        path = seed / f"src/m{number % 20}/f{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"module {number}\n" * 200)
    git("-C", str(seed), "add", ".")
    git("-C", str(seed), "commit", "--quiet", "-m", "seed")
    git("-C", str(seed), "push", "--quiet", str(server), "HEAD:refs/heads/main")
    git("-C", str(server), "symbolic-ref", "HEAD", "refs/heads/main")
    subprocess.run([keyfence, "install", "--server", str(server)], env=env, check=True, capture_output=True)
    hook, guard, log = server / "hooks/pre-receive", server / "hooks/guard", folder / "guard.log"
    hook.rename(guard)
    hook.write_text(textwrap.dedent(WATCHER).format(python=sys.executable, hook=str(guard), log=str(log)))
    hook.chmod(hook.stat().st_mode | stat.S_IRWXU)
    log.touch()
    clones = []
    for number in range(at_once):
        clones.append(str(folder / f"clone{number}"))
        git("clone", "--quiet", str(server), clones[-1])
    return server, log, clones


def audit(server, pushes, env):
    """Returns what is wrong: a secret let through, a clean push refused or lost, a refusal without the guard's word."""
    git = lambda *args: subprocess.run(["git", "-C", str(server), *args], env=env, check=True, capture_output=True, text=True).stdout
    refs = dict(reversed(line.split(" ")) for line in git("for-each-ref", "--format=%(objectname) %(refname)").splitlines())
    reachable = set(git("rev-list", "--objects", "--all").split())
    wrong, last = collections.Counter(), {}
    for push in pushes:
        if push.leaks and (push.accepted or push.tip in reachable):
            wrong["secret let through"] += 1
        if not push.leaks and not push.accepted:
            wrong["clean push refused: " + (push.said.strip().splitlines() or ["(nothing said)"])[-1][:120]] += 1
        if push.accepted and push.tip not in reachable:
            wrong["accepted push lost"] += 1
        if not push.accepted and "This push is blocked" not in push.said:
            wrong["refused, but not by the guard"] += 1
        if push.accepted:
            last[push.ref] = push.tip
    wrong["ref elsewhere than where it was pushed to"] += sum(refs.get(ref) != tip for ref, tip in last.items())
    return +wrong


def quantiles(values):
    values = sorted(values)
    at = lambda share: values[min(len(values) - 1, int(share * len(values)))]
    return " | ".join(f"{value:.2f}" for value in (at(0.5), at(0.9), at(0.99), values[-1]))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--keyfence", default=str(HERE.parent / "target/release/keyfence"))
    ap.add_argument("--seconds", type=int, default=600)
    ap.add_argument("--at-once", type=int, default=50)
    ap.add_argument("--share", type=float, default=0.3, help="of the pushes with a secret [default: 0.3]")
    ap.add_argument("--scratch", help="where to work [default: the temporary folder]")
    args = ap.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="endurance-", dir=args.scratch)).resolve()
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
           "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com"}
    try:
        server, log, clones = prepare(folder, os.path.abspath(args.keyfence), args.at_once, env)
        began = time.monotonic()
        pushers = [Pusher(number, clone, env, began + args.seconds, args.share) for number, clone in enumerate(clones)]
        for pusher in pushers:
            pusher.start()
        for pusher in pushers:
            pusher.join()
        broken = [pusher.failure for pusher in pushers if pusher.failure]
        pushes = [push for pusher in pushers for push in pusher.pushes]
        guards = [tuple(map(float, line.split())) for line in log.read_text().splitlines()]
        wrong = audit(server, pushes, env)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report(args, began, pushes, guards)
    for failure in broken:
        wrong[f"a pusher stopped: {failure}"] += 1
    print("\n" + ("\n".join(f"- {what}: {count}" for what, count in wrong.items()) or "None with a secret was let through, and none without one refused or lost."))
    sys.exit(bool(wrong))


def report(args, began, pushes, guards):
    kinds = collections.Counter((push.kind, push.leaks) for push in pushes)
    leaking = sum(push.leaks for push in pushes)
    print(f"{args.at_once} at once for {args.seconds} s: {len(pushes):,} pushes, {leaking:,} with a secret "
          f"({', '.join(f'{kinds[kind, True]:,} {kind}' for kind in SECRET_KINDS)}), {len(pushes) - leaking:,} without.\n")
    print("| seconds | p50 | p90 | p99 | max |\n|---|---|---|---|---|")
    print(f"| a push, as its author waits | {quantiles([push.seconds for push in pushes])} |")
    print(f"| of it the guard | {quantiles([guard[1] for guard in guards])} |\n")
    print("| minute | pushes | guard's p50, s | guard's memory, MB, median | at most |\n|---|---|---|---|---|")
    for minute in range((args.seconds + 59) // 60):
        window = [guard for guard in guards if minute <= (guard[0] - began) / 60 < minute + 1]
        if window:
            memory = [guard[2] / 1024 for guard in window]
            print(f"| {minute + 1} | {len(window):,} | {statistics.median(guard[1] for guard in window):.2f} | {statistics.median(memory):.1f} | {max(memory):.1f} |")


if __name__ == "__main__":
    main()
