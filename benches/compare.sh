#!/usr/bin/env bash
# Side by side with the peers that are installed, in alternation, on the repositories that are named.
#
#   benches/compare.sh [--runs N] [--keyfence PATH] REPO…
#
# For each repository three jobs: its whole work tree, one small staged file, a hundred staged files. Reported are the
# median wall time, the median processor time of the whole process tree (user + system), the largest resident memory,
# and each tool's ratio to keyfence. A peer counts when its program is on the PATH; put virtual environments there first.
# Nothing is changed in the repositories: what is staged is staged into an index and an object folder of its own.
set -euo pipefail
exec python3 "$(dirname "$0")/compare.py" "$@"
