#!/usr/bin/env python3
"""Draws what a scan costs against the size of the tree, as an SVG that reads on light and dark pages.

  benches/chart.py [--keyfence PATH] [--steps 5] [--runs 3] TREE OUT.svg

The tree is taken whole, by half, a quarter and so on: every second file of it, every fourth, linked into a folder of
their own. For each size the least processor time of several runs counts, beside reading the same files and nothing
else, and the wall time with one thread and with two. The figures go to standard output as a table. Standard library only.
"""
import argparse
import os
import pathlib
import resource
import subprocess
import tempfile
import time

from compare import build_floor

HERE = pathlib.Path(__file__).resolve().parent
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 360, 64, 48, 24, 150
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .axis { stroke: #8c959f; stroke-width: 1 } .grid { stroke: #d0d7de; stroke-width: 1; stroke-dasharray: 2 4 }
  .scan { stroke: #0969da; fill: none; stroke-width: 2 } .read { stroke: #9a6700; fill: none; stroke-width: 2 }
  .scan-dot { fill: #0969da } .read-dot { fill: #9a6700 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .axis { stroke: #6e7681 } .grid { stroke: #30363d }
    .scan { stroke: #58a6ff } .scan-dot { fill: #58a6ff } .read { stroke: #d29922 } .read-dot { fill: #d29922 }
  }"""


def linked(tree, every, folder):
    """Links every `every`th file of a tree into a folder; returns how many there are and how many bytes."""
    files = bytes_ = 0
    paths = sorted(os.path.join(at, name) for at, _, names in os.walk(tree) if "/.git" not in at for name in names)
    for path in paths[::every]:
        if os.path.islink(path):
            continue
        target = pathlib.Path(folder, os.path.relpath(path, tree))
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)
        files, bytes_ = files + 1, bytes_ + target.stat().st_size
    return files, bytes_


def cost(command, folder, runs):
    """Returns the least processor time and the least wall time of several runs, after one to warm up."""
    figures = []
    for _ in range(runs + 1):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        figures.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall))
    return [min(each) for each in zip(*figures[1:])]


def measure(args, floor):
    rows = []
    parent = pathlib.Path(args.tree).resolve().parent
    for step in reversed(range(args.steps)):
        with tempfile.TemporaryDirectory(dir=parent) as folder:
            files, size = linked(args.tree, 2**step, folder)
            scan = [args.keyfence, "scan", ".", "--format", "json", "--jobs"]
            cpu, one = cost([*scan, "1"], folder, args.runs)
            _, two = cost([*scan, "2"], folder, args.runs)
            read, _ = cost([floor, "."], folder, args.runs)
        rows.append((files, size / 1e6, cpu, read, one, two))
        print("| {:,} | {:.0f} | {:.2f} | {:.2f} | {:.1f} | {:.2f} | {:.2f} | {:.0f} % |".format(
            *rows[-1][:4], cpu / read, one, two, 100 * (1 - two / one)), flush=True)
    return rows


def svg(rows):
    largest, dearest = rows[-1][1], max(row[2] for row in rows)
    x = lambda size: LEFT + (WIDTH - LEFT - RIGHT) * size / largest
    y = lambda cpu: HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * cpu / dearest
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
           "<title>Processor time of a scan against the size of the tree</title>", f"<style>{STYLE}\n</style>"]
    for part in range(5):
        level = dearest * part / 4
        out.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(level):.1f}" y2="{y(level):.1f}"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(level) + 4:.1f}" text-anchor="end">{level:.1f} s</text>')
        size = largest * part / 4
        out.append(f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{size:,.0f} MB</text>')
    out.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(0):.1f}" y2="{y(0):.1f}"/>')
    for name, at, label in (("scan", 2, "keyfence scan"), ("read", 3, "reading alone")):
        points = [(x(row[1]), y(row[at])) for row in rows]
        out.append(f'<polyline class="{name}" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>')
        out.extend(f'<circle class="{name}-dot" cx="{a:.1f}" cy="{b:.1f}" r="3.5"/>' for a, b in points)
        out.append(f'<text x="{points[-1][0] + 10:.1f}" y="{points[-1][1] + 4:.1f}">{label}</text>')
    return "\n".join([*out, "</svg>", ""])


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("tree")
    ap.add_argument("out", type=pathlib.Path)
    ap.add_argument("--keyfence", default=str(HERE.parent / "target/release/keyfence"))
    ap.add_argument("--steps", type=int, default=5, help="how many sizes, each twice the one before")
    ap.add_argument("--runs", type=int, default=3)
    args = ap.parse_args()
    print("| files | MB | scan: CPU s | reading: CPU s | scan ÷ reading | wall s, 1 thread | 2 threads | saved |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        args.out.write_text(svg(measure(args, build_floor(pathlib.Path(folder)))))


if __name__ == "__main__":
    main()
