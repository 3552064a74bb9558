#!/bin/sh
# One history on many cores or machines, with GNU parallel where it is there and xargs where not.
#
#   shards.sh N OUT [HOST...]      run in a clone; HOSTs are reached by ssh and have a clone at the same path
#
# Writes OUT/shard-K.json for each shard and OUT/report.html; ends as `keyfence report merge` ends: 0, 1 or 2.
set -eu
[ $# -ge 2 ] || { sed -n '4,6s/^# *//p' "$0" >&2; exit 2; }
shards=$1 out=$2
shift 2
mkdir -p "$out"
rm -f "$out"/shard-*.json
keyfence=${KEYFENCE:-keyfence}

# Findings are exit code 1 and no failure of the work; whether all shards are there is for the merge to see. What a HOST
# prints comes back to here.
if [ $# -gt 0 ] || command -v parallel >/dev/null; then
    [ $# -eq 0 ] || set -- --sshlogin "$(printf '%s,' "$@")" --workdir "$PWD"
    seq "$shards" | parallel -q --results "$out/shards" "$@" \
        "$keyfence" scan --history --jobs 1 --shard "{}/$shards" --format json >/dev/null || [ $? -lt 100 ]
    for shard in $(seq "$shards"); do
        mv "$out/shards/1/$shard/stdout" "$out/shard-$shard.json"
    done
    rm -r "$out/shards"
else
    seq "$shards" | xargs -P "$(nproc)" -I{} sh -c \
        '"$0" scan --history --jobs 1 --shard "$1/$2" --format json -o "$3/shard-$1.json" || [ $? -le 2 ]' \
        "$keyfence" {} "$shards" "$out"
fi
exec "$keyfence" report merge "$out"/shard-*.json --format human --format html -o "$out/report.html"
