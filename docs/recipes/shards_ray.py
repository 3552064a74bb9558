#!/usr/bin/env python3
"""Histories of many repositories on a Ray cluster.

    shards_ray.py --out REPORTS [--shards N] [--keyfence PROGRAM] REPOSITORY...
    shards_ray.py --out REPORTS --list FILE

A REPOSITORY is a path that every machine sees, or an address that every machine can clone. Each is read in N shards,
which Ray puts wherever there is room; their reports are joined here into REPORTS/NAME.json and REPORTS/NAME.html.
Ends with 0 when all are clean, 1 when something was found, 2 when something could not be read.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import ray


def clone(repository, folder):
    """Returns a folder with the history: the repository itself, or a clone of an address."""
    if pathlib.Path(repository).exists():
        return repository
    target = pathlib.Path(folder) / "clone"
    subprocess.run(["git", "clone", "--quiet", "--mirror", "--", repository, target], check=True)
    return target


@ray.remote(num_cpus=1)
def read_shard(keyfence, repository, number, count):
    """Reads one shard and returns its report, or nothing when there is none."""
    with tempfile.TemporaryDirectory() as folder:
        command = [keyfence, "scan", "--history", "--jobs", "1", "--shard", f"{number}/{count}", "--format", "json"]
        return subprocess.run(command, cwd=clone(repository, folder), stdout=subprocess.PIPE).stdout


def join(keyfence, repository, reports, out):
    """Joins the reports of all shards and returns the exit code of one run."""
    name = pathlib.Path(repository.rstrip("/")).name.removesuffix(".git")
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, report in enumerate(reports, 1):
            files.append(pathlib.Path(folder) / f"shard-{number}.json")
            files[-1].write_bytes(report)
        to = [out.resolve() / f"{name}.json", out.resolve() / f"{name}.html"]
        command = [keyfence, "report", "merge", *files, "--format", "json", "-o", to[0], "--format", "html", "-o", to[1]]
        return subprocess.run(command, cwd=clone(repository, folder)).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--keyfence", default="keyfence")
    parser.add_argument("--list", type=pathlib.Path, help="a file with a repository on each line")
    parser.add_argument("repositories", nargs="*")
    args = parser.parse_args()
    repositories = args.repositories + (args.list.read_text().split() if args.list else [])
    args.out.mkdir(parents=True, exist_ok=True)

    ray.init(log_to_driver=False)
    shards = range(1, args.shards + 1)
    work = {repository: [read_shard.remote(args.keyfence, repository, number, args.shards) for number in shards]
            for repository in repositories}
    codes = {}
    for repository, reports in work.items():
        codes[repository] = join(args.keyfence, repository, ray.get(reports), args.out)
        print(f"{codes[repository]} {repository}")
    # Something that was not read is worse news for a list than something that was found.
    worst = max(codes.values(), default=0)
    sys.exit(worst if worst <= 2 else 2)


if __name__ == "__main__":
    main()
