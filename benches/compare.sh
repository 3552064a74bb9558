#!/usr/bin/env bash
# Side by side with the peers that are installed, in alternation, on the repositories that are named.
#
#   benches/compare.sh [--runs N] [--no-warm-up] [--jobs tree,staged,history] [--skip TOOL,…] [--keyfence PATH] REPO…
#
# For each repository four jobs: its whole history, its whole work tree, one small staged file, a hundred staged files;
# a bare repository has the first only. Reported are the median wall time, the median processor time of the whole process
# tree (user + system), the largest resident memory, what was found, and each tool's ratio to keyfence. A peer counts when its program is on the PATH; put virtual environments there first.
# Nothing is changed in the repositories: what is staged is staged into an index and an object folder of its own.
set -euo pipefail
exec python3 "$(dirname "$0")/compare.py" "$@"
