#!/usr/bin/env python3
"""Times keyfence beside its peers; see compare.sh. Python 3.9, standard library only."""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent

# What each tool needs to say for a job; {repo} is the repository, the working folder of every run.
TREE = {
    "read floor": ["{floor}", "."],
    "keyfence": ["{keyfence}", "scan", ".", "--format", "json"],
    "rg, one literal": ["rg", "-c", "--hidden", "-g", "!.git", "xoxb-0000", "."],
    "ripsecrets": ["ripsecrets", "."],
    "betterleaks": ["betterleaks", "fs", ".", "--jsonl", "--no-banner"],
    "kingfisher": ["kingfisher", "scan", ".", "--no-validate", "--no-update-check", "--git-history=none"],
    "gitleaks": ["gitleaks", "dir", ".", "--no-banner", "-l", "error"],
}
STAGED = {
    "keyfence": ["{keyfence}", "scan", "--staged", "--format", "json"],
    "git diff --cached --name-only": ["git", "diff", "--cached", "--name-only"],
    "ripsecrets": ["ripsecrets", "{files}"],
    "betterleaks": ["betterleaks", "git", "--staged", "--no-banner"],
    "kingfisher": ["kingfisher", "scan", ".", "--staged", "--no-validate", "--no-update-check"],
    "gitleaks": ["gitleaks", "git", "--pre-commit", "--staged", "--no-banner", "-l", "error"],
}
# A snapshot of a repository may lack a few objects that its server promises; each tool passes over them.
HISTORY = {
    "keyfence": ["{keyfence}", "scan", "--history", "--allow-partial", "--allow-shallow", "--format", "json"],
    "git cat-file, all objects": ["git", "cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"],
    "packs read once": ["cat", "{packs}"],
    "betterleaks": ["betterleaks", "git", ".", "--jsonl", "--no-banner", "-l", "error"],
    "kingfisher": ["kingfisher", "scan", ".", "--no-validate", "--no-update-check", "--format", "jsonl"],
    "kingfisher --turbo": ["kingfisher", "scan", ".", "--turbo", "--no-validate", "--no-update-check", "--format", "jsonl"],
    "gitleaks": ["gitleaks", "git", ".", "--no-banner", "-l", "error", "-f", "json", "-r", "-"],
}
NO_FINDINGS = ("git ", "packs ", "rg,", "read ")


def run(command, folder, env):
    """Runs one command to its end: wall and processor seconds of its whole tree, the peak of memory in MB, findings."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as sink:
        child = subprocess.Popen(command, cwd=folder, env=env, stdout=sink, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, findings(sink)


def findings(sink):
    """Counts what was reported, in a report of JSON or of lines of it; None where there is no such report."""
    sink.seek(0)
    if sink.read(1) not in (b"{", b"["):
        return None
    sink.seek(0)
    try:
        report = json.load(sink)
        return len(report if isinstance(report, list) else report.get("findings", [0]))
    except ValueError:
        sink.seek(0)
        return sum(1 for line in sink if line.startswith(b"{") and b'"rule' in line.lower())


def measure(title, jobs, folder, env, runs, warm_up):
    """Runs all jobs in turn, `runs` times over after `warm_up` more to warm up, and prints a table."""
    print(f"\n### {title}\n")
    taken = {name: [] for name in jobs}
    for turn in range(-warm_up, runs):
        for name, command in jobs.items():
            figures = run(command, folder, env)
            if turn >= 0:
                taken[name].append(figures)
    wall, cpu, memory = ({name: statistics.median(f[i] for f in taken[name]) for name in jobs} for i in range(3))
    found = {name: taken[name][-1][3] for name in jobs}
    print("| tool | wall s | CPU s | memory MB | findings | wall ÷ keyfence | CPU ÷ keyfence |\n|---|---|---|---|---|---|---|")
    for name in sorted(jobs, key=cpu.get):
        count = "" if found[name] is None or name.startswith(NO_FINDINGS) else found[name]
        print(
            f"| {name} | {wall[name]:.3f} | {cpu[name]:.3f} | {memory[name]:.0f} | {count} "
            f"| {wall[name] / wall['keyfence']:.1f} | {cpu[name] / cpu['keyfence']:.1f} |",
            flush=True,
        )


def installed(jobs, keyfence, **lists):
    """Leaves the tools that are on the PATH and fills in their commands."""
    commands = {}
    for name, command in jobs.items():
        filled = []
        for word in command:
            filled.extend(lists.get(word.strip("{}"), [word.replace("{keyfence}", keyfence)]))
        if shutil.which(filled[0]):
            commands[name] = filled
    return commands


def stage(repo, count, scratch):
    """Stages `count` changed files into an index of their own and returns the environment that names it."""
    git = lambda *args, env=None: subprocess.run(["git", *args], cwd=repo, env=env, check=True, capture_output=True).stdout
    real = pathlib.Path(os.fsdecode(git("rev-parse", "--absolute-git-dir").strip()))
    env = dict(os.environ, GIT_INDEX_FILE=str(scratch / "index"), GIT_OBJECT_DIRECTORY=str(scratch / "objects"))
    env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = str(real / "objects")
    (scratch / "objects").mkdir()
    shutil.copy(real / "index", scratch / "index")
    tracked = [p for p in git("ls-files", "-z").split(b"\0") if p.endswith((b".c", b".go", b".js", b".py", b".java", b".rs", b".rb", b".h"))]
    step = max(1, len(tracked) // count)
    files = [os.fsdecode(path) for path in tracked[::step][:count]]
    for path in files:
        text = git("show", f":{path}") + b"\nint added_by_the_benchmark = 1;\n"
        made = subprocess.run(["git", "hash-object", "-w", "--stdin"], cwd=repo, env=env, input=text, check=True, capture_output=True)
        git("update-index", "--cacheinfo", f"100644,{made.stdout.decode().strip()},{path}", env=env)
    return env, files


def build_floor(scratch):
    """Builds what only reads a tree; returns its path, or the name of nothing where there is no compiler."""
    floor = scratch / "floor"
    if shutil.which("rustc"):
        subprocess.run(["rustc", "-O", "--edition", "2024", "-o", str(floor), str(HERE / "floor.rs")], check=True)
    return str(floor)


def git_output(repo, *args):
    return os.fsdecode(subprocess.run(["git", *args], cwd=repo, check=True, capture_output=True).stdout).strip()


def packs(repo):
    """Names the packs of a repository: reading them is the floor under any scan of its history."""
    folder = pathlib.Path(git_output(repo, "rev-parse", "--absolute-git-dir"), "objects/pack")
    return [str(pack) for pack in folder.glob("*.pack")]


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("repos", nargs="+", type=pathlib.Path)
    ap.add_argument("--runs", type=int, default=5)
    ap.add_argument("--no-warm-up", action="store_true", help="count the first run, too: for jobs of minutes")
    ap.add_argument("--keyfence", default=str(HERE.parent / "target/release/keyfence"))
    ap.add_argument("--jobs", default="tree,staged,history", help="the jobs to measure, separated by commas")
    ap.add_argument("--skip", default="", help="tools to leave out, separated by commas")
    args = ap.parse_args()
    args.keyfence = os.path.abspath(args.keyfence)
    if not shutil.which(args.keyfence):
        sys.exit(f"error: {args.keyfence} is missing.\nhint: run `cargo build --release` first, or name it with --keyfence.")
    skip = set(args.skip.split(","))
    leave = lambda jobs: {name: command for name, command in jobs.items() if name not in skip}
    asked = set(args.jobs.split(","))
    with tempfile.TemporaryDirectory() as scratch:
        compare(args, asked, leave, build_floor(pathlib.Path(scratch)) if "tree" in asked else "")


def compare(args, asked, leave, floor):
    """Runs the jobs that were asked for on each repository."""
    for repo in args.repos:
        env = dict(os.environ)
        is_bare = git_output(repo, "rev-parse", "--is-bare-repository") == "true"
        name = repo.resolve().parent.name if repo.resolve().name in ("repo", ".git") else repo.resolve().name
        if "history" in asked:
            commits = git_output(repo, "rev-list", "--all", "--count")
            jobs = leave(installed(HISTORY, args.keyfence, packs=packs(repo)))
            measure(f"{name}: the history, {commits} commits", jobs, repo, env, args.runs, not args.no_warm_up)
        if "tree" in asked and not is_bare:
            measure(f"{name}: the work tree", leave(installed(TREE, args.keyfence, floor=[floor])), repo, env, args.runs, not args.no_warm_up)
        for count in (1, 100) if "staged" in asked and not is_bare else ():
            with tempfile.TemporaryDirectory() as scratch:
                env, files = stage(repo, count, pathlib.Path(scratch))
                jobs = leave(installed(STAGED, args.keyfence, files=files))
                measure(f"{name}: staged, {count} file{'s'[:count - 1]}", jobs, repo, env, args.runs, not args.no_warm_up)


if __name__ == "__main__":
    main()
