#!/usr/bin/env python3
"""Finds out what keyfence and its peers find of the same labelled cases. Python 3.9, standard library only.

  benches/accuracy.py [--keyfence PATH] [--skip TOOL,…] FOLDER

FOLDER holds `rules-dev.jsonl.gz` (small texts with `expect` true or false) and `lines-dev.jsonl.gz` (labelled lines of
public repositories with some context). The cases are written into trees under a temporary folder, outside any repository,
and every tool that is on the PATH reads the same trees once, at its defaults, with nothing sent anywhere. A positive text
is found when anything in it is; a labelled line is found when a finding touches it. What is no fair question is left out
for all alike: values that read as placeholders, wrong checksums, contested cases, halves of a pair, mere identifiers.
"""
import argparse
import collections
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# Labels that name an identifier rather than a secret: neither rewarded nor punished.
IDENTIFIERS = {"UUID", "AWS S3 Bucket", "Firebase Domain", "Tencent WeChat API App ID", "Nonce", "Salt"}


def json_lines(text):
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def keyfence(out):
    for finding in json.loads(out)["findings"]:
        for place in [finding, *finding["origins"]]:
            yield place["path"], place["line"], place["end_line"]


def gitleaks(out):
    for finding in json.loads(out):
        yield finding["File"], finding["StartLine"], finding["EndLine"]


def betterleaks(out):
    for line in json_lines(out):
        if "finding" in line:
            place = line["finding"]["location"]
            yield place["path"], place["start_line"], place["end_line"]


def kingfisher(out):
    for line in json_lines(out):
        if "finding" in line:
            finding = line["finding"]
            yield finding["path"], finding["line"], finding["line"] + finding.get("snippet", "").strip("\n").count("\n")


def detect_secrets(out):
    for path, findings in json.loads(out)["results"].items():
        for finding in findings:
            yield path, finding["line_number"], finding["line_number"]


def ripsecrets(out):
    for line in out.splitlines():
        place = re.match(r"(.+?):(\d+):", line)
        if place:
            yield place[1], int(place[2]), int(place[2])


# Each tool: its command, run in the tree, and what reads its places.
TOOLS = {
    "keyfence": (["{keyfence}", "scan", ".", "--no-ignore", "--format", "json"], keyfence),
    "keyfence, low": (["{keyfence}", "scan", ".", "--no-ignore", "--format", "json", "--min-confidence", "low"], keyfence),
    "betterleaks": (["betterleaks", "fs", ".", "--jsonl", "--no-banner"], betterleaks),
    "kingfisher": (["kingfisher", "scan", ".", "--no-validate", "--no-update-check", "--format", "jsonl"], kingfisher),
    "gitleaks": (["gitleaks", "dir", ".", "--no-banner", "-l", "error", "-f", "json", "-r", "-"], gitleaks),
    "detect-secrets": (["detect-secrets", "scan", "--all-files", "-n", "."], detect_secrets),
    "ripsecrets": (["ripsecrets", "."], ripsecrets),
}


def places(command, read, tree):
    """Runs one tool in a tree and returns the lines it flags, by path."""
    env = dict(os.environ, GIT_CEILING_DIRECTORIES=str(tree.parent), NO_COLOR="1")
    done = subprocess.run(command, cwd=tree, env=env, capture_output=True)
    flagged = collections.defaultdict(list)
    for path, first, last in read(done.stdout.decode("utf8", "replace")):
        flagged[path.removeprefix("./")].append((first, last))
    return flagged


def load(folder, name):
    with gzip.open(folder / name, "rt", encoding="utf8") as file:
        return [json.loads(line) for line in file]


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((text if text.endswith("\n") else text + "\n").encode("utf8", "surrogatepass"))


def texts(folder, tree):
    """Writes the small texts; returns those that count, by path."""
    cases = {}
    for case in load(folder, "rules-dev.jsonl.gz"):
        name = re.sub(r"[^A-Za-z0-9._-]", "_", case.get("name") or "")[:60]
        kind = re.fullmatch(r"input\.(\w{1,12})", name)
        path = f"c/{case['id'][:2]}/{case['id']}" + (f".{kind[1]}" if kind else f"/{name}" if name else ".txt")
        write(tree / path, case["text"])
        unfair = ("weak",) if case["expect"] else ("contested", "near_miss")
        bad = case["expect"] and case.get("checksum") == "bad"
        if not (bad or case.get("aux") or any(case.get(mark) for mark in unfair)):
            cases[path] = case["expect"]
    return cases


def lines(folder, tree):
    """Writes the labelled lines with their context; returns line span and label, by path."""
    cases = {}
    for number, row in enumerate(load(folder, "lines-dev.jsonl.gz")):
        path = f"{number // 500:03d}/{number}/" + "/".join(pathlib.PurePosixPath(row["path"]).parts[2:])
        write(tree / path, row["context"])
        if row["label"] == "T" and set(row["category"].split(":")) <= IDENTIFIERS:
            continue
        first, last = (row[end] - row["context_first_line"] + 1 for end in ("line_start", "line_end"))
        cases[path] = (first, last, row["label"] == "T")
    return cases


def percent(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def judge_texts(cases, flagged):
    good = [path for path, expect in cases.items() if expect]
    bad = [path for path, expect in cases.items() if not expect]
    found, wrong = (sum(path in flagged for path in paths) for paths in (good, bad))
    return [percent(found, len(good)), percent(wrong, len(bad))]


def judge_lines(cases, flagged):
    hits = collections.Counter()
    for path, (first, last, is_secret) in cases.items():
        hit = any(start <= last and end >= first for start, end in flagged.get(path, []))
        hits[is_secret, hit] += 1
    found, wrong, missed = hits[True, True], hits[False, True], hits[True, False]
    precision, recall = found / max(1, found + wrong), found / max(1, found + missed)
    f1 = 2 * found / max(1, 2 * found + wrong + missed)
    return [f"{figure:.2f}" for figure in (precision, recall, f1)]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", type=pathlib.Path)
    ap.add_argument("--keyfence", default=str(HERE.parent / "target/release/keyfence"))
    ap.add_argument("--skip", default="", help="tools to leave out, separated by commas")
    args = ap.parse_args()
    if not shutil.which(args.keyfence):
        sys.exit(f"error: {args.keyfence} is missing.\nhint: run `cargo build --release` first, or name it with --keyfence.")
    program = os.path.abspath(args.keyfence)
    with tempfile.TemporaryDirectory(prefix="keyfence-accuracy-") as scratch:
        trees = [pathlib.Path(scratch) / name / "t" for name in ("texts", "lines")]
        jobs = list(zip(trees, (texts(args.folder, trees[0]), lines(args.folder, trees[1])), (judge_texts, judge_lines)))
        print("| tool | texts: secrets found | texts: others flagged | lines: precision | recall | F1 |\n|---|--:|--:|--:|--:|--:|")
        for name, (command, read) in TOOLS.items():
            command = [word.replace("{keyfence}", program) for word in command]
            if name in args.skip.split(",") or not shutil.which(command[0]):
                continue
            figures = [judge(cases, places(command, read, tree)) for tree, cases, judge in jobs]
            print(f"| {name} | " + " | ".join(sum(figures, [])) + " |", flush=True)


if __name__ == "__main__":
    main()
