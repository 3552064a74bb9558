#!/usr/bin/env python3
"""Scans many real repositories and packages, and writes down what it cost and what it found.

    benches/hundred.py --keyfence target/quick/keyfence LIST > table.md
    benches/hundred.py --keyfence target/quick/keyfence LIST --reports FOLDER    keeps each report, for a look at the findings

LIST has a line for each: a name, a language, and a path to a clone (bare or not) or an unpacked package. Of a clone the
tree of HEAD is checked out into a temporary folder and scanned, then everything that its refs reach; of a package only
the tree. What is out of bounds is said below the table: an exit code other than 0 and 1, more time or memory than
allowed, a panic, a run that calls itself incomplete. Python 3.9 on Linux, standard library only.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SECONDS, MEGABYTES = 600, 2048
# A snapshot of a repository may end early, or lack a few objects that its server promises.
HISTORY = ("--history", "--allow-shallow", "--allow-partial")
GIT = ("git", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*")


class Run:
    """One scan to its end: its exit code, seconds, peak of memory, report, and what is not as it should be."""

    def __init__(self, keyfence, folder, *options):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            command = [keyfence, "scan", *options, "--format", "json"]
            began = time.perf_counter()
            child = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=bounds)
            _, status, usage = os.wait4(child.pid, 0)
            self.wall = time.perf_counter() - began
            self.cpu = usage.ru_utime + usage.ru_stime
            self.memory = usage.ru_maxrss / 1024
            child.returncode = self.code = os.waitstatus_to_exitcode(status)
            out.seek(0), err.seek(0)
            self.text, self.said = out.read(), os.fsdecode(err.read())
        try:
            self.report = json.loads(self.text)
        except ValueError:
            self.report = {"findings": [], "scan": {"complete": False}, "coverage": {}}
        self.is_complete = self.report["scan"]["complete"]
        self.coverage = self.report["coverage"]
        self.found = len(self.report["findings"])

    def forget(self):
        """Lets go of the report: what this process holds when it starts the next scan counts as that one's memory."""
        self.text = self.report = None
        self.coverage.pop("skipped", None)

    def scanned(self, what):
        return self.coverage.get("scanned", {}).get(what, 0)

    def out_of_bounds(self):
        """Says what nobody should see, whatever was scanned."""
        if self.code not in (0, 1):
            yield f"exit code {self.code}: {last_line(self.said)}"
        if re.search(r"panicked|thread '.*' (has )?overflow", self.said):
            yield f"panic: {last_line(self.said)}"
        if self.wall > SECONDS:
            yield f"{self.wall:.0f} s"
        if self.memory > MEGABYTES:
            yield f"{self.memory:.0f} MB"
        failed = self.coverage.get("failed", [])
        for unread in failed[:3]:
            yield f"not read: `{unread['path']}`: {unread['reason']}"
        if len(failed) > 3:
            yield f"and {len(failed) - 3} more not read"
        if not failed and self.code in (0, 1) and not self.is_complete:
            yield "calls itself incomplete without a reason"


def bounds():
    """Limits what the child may use: processor seconds of all its threads, and memory of its own (files that it maps are not)."""
    resource.setrlimit(resource.RLIMIT_CPU, (2 * SECONDS, 2 * SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (MEGABYTES << 20, MEGABYTES << 20))


def last_line(text):
    return (text.strip().splitlines() or ["(nothing said)"])[-1][:200]


def git(folder, *args):
    return os.fsdecode(subprocess.run([*GIT, "-C", folder, *args], check=True, capture_output=True).stdout).strip()


def checked_out(clone, tree, index):
    """Writes the files of HEAD without touching the clone: with an index of its own, and no filter that somebody set up."""
    env = dict(os.environ, GIT_INDEX_FILE=index, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null")
    run = lambda *command: subprocess.run([*GIT, "-C", clone, f"--work-tree={tree}", *command], env=env, capture_output=True)
    os.mkdir(tree)
    run("read-tree", "HEAD").check_returncode()
    run("checkout-index", "--all", "--quiet")  # a large file that the snapshot lacks is no reason to stop


def lines(report, root):
    """Counts the lines of the files under a root that a scan did not skip."""
    skipped = {skip["path"] for skip in report["coverage"].get("skipped", [])}
    count = 0
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for path in (os.path.join(folder, name) for name in files):
            if os.path.isfile(path) and not os.path.islink(path) and os.path.relpath(path, root) not in skipped:
                with open(path, "rb") as file:
                    count += sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    return count


def examine(name, path, args):
    """Scans one clone or package; returns its tree's run, its lines, its history's run if it has one, and its commit."""
    is_clone = os.path.exists(os.path.join(path, ".git")) or os.path.exists(os.path.join(path, "HEAD"))
    with tempfile.TemporaryDirectory(dir=args.scratch) as scratch:
        tree = path
        if is_clone:
            tree = os.path.join(scratch, "tree")
            checked_out(path, tree, os.path.join(scratch, "index"))
        first = Run(args.keyfence, tree)
        count = lines(first.report, tree)
    history = Run(args.keyfence, path, *HISTORY) if is_clone and not args.trees else None
    commit = git(path, "rev-parse", "--short=10", "HEAD") if is_clone else ""
    if args.reports:
        for kind, run in (("tree", first), ("history", history)):
            if run:
                (args.reports / f"{name.replace('/', '+').replace(' ', '-')}.{kind}.json").write_bytes(run.text)
    for run in filter(None, (first, history)):
        run.forget()
    return first, count, history, commit


def row(name, language, tree, count, history, commit):
    cells = [name + (f" @ {commit}" if commit else ""), language, f"{tree.scanned('files'):,}", f"{tree.scanned('bytes') / 1e6:.1f}",
             f"{count:,}", tree.code, f"{tree.cpu:.2f}", f"{tree.memory:.0f}", tree.found, f"{tree.found * 1e6 / max(count, 1):.0f}"]
    if history:
        cells += [f"{history.scanned('commits'):,}", f"{history.scanned('bytes') / 1e6:,.0f}", history.code, f"{history.cpu:.1f}",
                  f"{history.wall:.1f}", f"{history.memory:.0f}", history.found]
    else:
        cells += [""] * 7
    return "| " + " | ".join(map(str, cells)) + " |"


HEAD = ["of what", "language", "files", "MB", "lines", "exit", "CPU s", "peak MB", "findings", "a million lines",
        "commits", "MB", "exit", "CPU s", "wall s", "peak MB", "findings"]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("list", type=pathlib.Path, help="lines of NAME, LANGUAGE and PATH with tabs between them")
    ap.add_argument("--keyfence", default=str(HERE.parent / "target/release/keyfence"))
    ap.add_argument("--scratch", help="where to check trees out [default: the temporary folder]")
    ap.add_argument("--reports", type=pathlib.Path, help="keep each report here")
    ap.add_argument("--trees", action="store_true", help="leave histories out")
    args = ap.parse_args()
    args.keyfence = os.path.abspath(args.keyfence)
    if args.reports:
        args.reports.mkdir(parents=True, exist_ok=True)
    print("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD))
    told, trees, histories, all_lines = [], [], [], 0
    for line in filter(None, args.list.read_text().splitlines()):
        name, language, path = line.split("\t")
        tree, count, history, commit = examine(name, os.path.abspath(path), args)
        print(row(name, language, tree, count, history, commit), flush=True)
        trees.append(tree), histories.append(history)
        all_lines += count
        told += [f"- {name}, {kind}: {why}" for kind, run in (("tree", tree), ("history", history)) if run for why in run.out_of_bounds()]
    histories = list(filter(None, histories))
    print(f"\n{len(trees)} trees: {sum(t.scanned('files') for t in trees):,} files, {all_lines:,} lines, "
          f"{sum(t.found for t in trees):,} findings, {sum(t.found for t in trees) * 1e6 / max(all_lines, 1):.0f} a million lines, "
          f"{sum(t.cpu for t in trees):.0f} s of CPU, at most {max(t.memory for t in trees):.0f} MB.")
    if histories:
        print(f"{len(histories)} histories: {sum(h.scanned('commits') for h in histories):,} commits, "
              f"{sum(h.scanned('bytes') for h in histories) / 1e9:.1f} GB, {sum(h.found for h in histories):,} findings, "
              f"{sum(h.cpu for h in histories):.0f} s of CPU, at most {max(h.memory for h in histories):.0f} MB.")
    print("\nOut of bounds or not read:\n" + "\n".join(told or ["nothing."]))


if __name__ == "__main__":
    main()
