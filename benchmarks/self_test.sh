#!/bin/sh
# Is the referee a friend? Ours and a peer's answers, then the same disturbed by 1e-4: the table must show it. self_test.sh BIN PROBLEM
# BIN: the build's folder benchmarks. Without python3 it is left out.
set -eu
bin=$1/solvers
here=$(cd "$(dirname "$0")" && pwd)/solvers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v python3 >/dev/null || { echo "self_test.sh: there is no python3; left out" && exit 0; }
export OPENBLAS_NUM_THREADS=1
problem=$2
"$bin/bench_fit" --repeats 1 --answers "$work" "$problem" >"$work/rows"
[ ! -x "$bin/bench_liblinear" ] || "$bin/bench_liblinear" --repeats 1 --answers "$work" "$problem" >>"$work/rows"
"$bin/bench_judge" <"$work/rows" >"$work/judged"

# The least error of a program's answers, as the table prints it.
best() { python3 "$here/summary.py" "$1" | awk -F' [|] ' -v who="$2" '/^####/ {on = 1} on && index($1, who) {sub(/ .*/, "", $6); print $6}'; }

cut -f2 "$work/rows" | cut -d' ' -f1 | sort -u >"$work/programs"
while read -r who; do
    grep "	$who" "$work/rows" | "$bin/bench_judge" --disturb 1e-4 >"$work/disturbed"
    grep -v "	$who" "$work/judged" >>"$work/disturbed" || grep -v '^$' "$work/judged" | sed "s/	$who/	honest/" >>"$work/disturbed"
    honest=$(best "$work/judged" "$who" | sort -g | head -1)
    seen=$(best "$work/disturbed" "$who" | sort -g | head -1)
    echo "$who: best error $honest, disturbed $seen"
    awk -v a="$honest" -v b="$seen" 'BEGIN {exit !(a <= 1e-9 && b >= 1e-9)}' || { echo "FAILED: the table does not show it" >&2 && exit 1; }
done <"$work/programs"
[ -s "$work/programs" ]
