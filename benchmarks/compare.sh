#!/bin/sh
# Which figures differ between two commits, by fits in turn: benchmarks/compare.sh OLD NEW [--data FOLDER] [PROBLEM...]
#
# Builds both, then runs each problem ROUNDS times (environment, 15), the old and the new program one right after the other, in turn the one and the
# other first, so that what else the machine does falls on both. A figure is called changed where at most every eighth ratio of a pair
# lies on the other side of 1 (by chance less than 1 time in 100) and the median is more than 3 % off. Without --data: generated problems only.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
[ $# -ge 2 ] || { echo "usage: compare.sh OLD NEW [--data FOLDER] [PROBLEM...]" >&2 && exit 2; }
commits="old:$1 new:$2" data=
shift 2
if [ "${1:-}" = --data ]; then data=$2 && shift 2; fi
[ $# -gt 0 ] || set -- l2log:dense20k:1 l1log:dense20k:0.1 ridge:dense20k:0.001 lasso:lasso500:0.05 l2log:zipf20k:1 hinge:zipf20k:1
work=$(mktemp -d)
trap 'rm -rf "$work"; git -C "$root" worktree prune' EXIT
export OMP_WAIT_POLICY=passive
for side in $commits; do
    commit=${side#*:} side=${side%%:*}
    git -C "$root" worktree add --detach "$work/$side" "$commit" >/dev/null 2>&1 || { echo "compare.sh: there is no commit $commit" >&2 && exit 2; }
    echo "building $commit" >&2
    cmake -S "$work/$side" -B "$work/$side/build" -DCMAKE_BUILD_TYPE=Release -DERMOPT_BUILD_TESTS=OFF -DERMOPT_BUILD_EXAMPLES=OFF >/dev/null
    cmake --build "$work/$side/build" --parallel 2 --target bench_fit >/dev/null
done
# seconds SIDE THREADS PROBLEM
seconds() { "$work/$1/build/benchmarks/solvers/bench_fit" --data "${data:-.}" --answers "$work" --repeats 1 --digits 6 --threads "$2" "$3" | cut -f6; }
printf '%-24s %-8s %12s %12s %8s  %-15s %s\n' problem threads "old, s" "new, s" new/old "middle half" verdict
for problem in "$@"; do
    for threads in 1 2; do
        round=0
        while [ $round -lt "${ROUNDS:-15}" ]; do
            round=$((round + 1))
            if [ $((round % 2)) = 1 ]; then
                before=$(seconds old $threads "$problem")
                after=$(seconds new $threads "$problem")
            else
                after=$(seconds new $threads "$problem")
                before=$(seconds old $threads "$problem")
            fi
            echo "$before $after"
        done | awk '{print $1, $2, $2 / $1}' | sort -g -k3 | awk -v problem="$problem" -v threads="$threads" '
            {old[NR] = $1; new[NR] = $2; ratio[NR] = $3; slower += $3 > 1; faster += $3 < 1}
            function middle(values, n,    sorted, i, j, v) {
                for (i = 1; i <= n; i++) sorted[i] = values[i]
                for (i = 2; i <= n; i++) { v = sorted[i]; for (j = i - 1; j >= 1 && sorted[j] > v; j--) sorted[j + 1] = sorted[j]; sorted[j + 1] = v }
                return sorted[int((n + 1) / 2)]
            }
            END {
                low = ratio[int((NR + 3) / 4)]; high = ratio[int((3 * NR + 3) / 4)]; median = ratio[int((NR + 1) / 2)]
                verdict = faster <= NR / 8 && median > 1.03 ? "SLOWER" : slower <= NR / 8 && median < 0.97 ? "faster" : "the same"
                printf "%-24s %-8d %12.6f %12.6f %8.3f  %5.3f to %5.3f  %s\n", problem, threads, middle(old, NR), middle(new, NR), median, low, high, verdict
            }'
    done
done
