#!/bin/sh
# Reading and predicting, in turns with scikit-learn, pandas, NumPy and liblinear: benchmarks/bench_io.sh [--data FOLDER] [--repeats N] [SET...]
#
# FOLDER holds LIBSVM text, NAME or NAME.xz, and NAME.t beside it to predict; SET: a9a news20bd kdd99 where not told, or a path. Builds what it
# needs in build-bench; writes a table to standard output, its columns told in bench_io.py. Text to model: end_to_end.sh. Peers that are not
# installed are left out.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
data=. repeats=5 sets=
while [ $# -gt 0 ]; do
    case $1 in
    --data) data=$2 && shift ;;
    --repeats) repeats=$2 && shift ;;
    -*) echo "bench_io.sh: there is no option $1" >&2 && exit 2 ;;
    *) sets="$sets $1" ;;
    esac
    shift
done
[ -n "$sets" ] || sets="a9a news20bd kdd99"
python=$(command -v /usr/bin/python3 || command -v python3)
cmake -S "$root" -B "$root/build-bench" -DCMAKE_BUILD_TYPE=Release -DERMOPT_BUILD_TESTS=OFF >/dev/null
cmake --build "$root/build-bench" --target bench_io erm_train erm_predict --parallel 2 >/dev/null
export OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=passive # threads that wait would count as work
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/made"
unpack() { # a set, or its test part, into $work
    if [ -f "$1" ]; then
        cp "$1" "$work/$(basename "$1")"
    elif [ -f "$data/$1" ]; then
        cp "$data/$1" "$work/$1"
    elif [ -f "$data/$1.xz" ]; then
        xz -dc "$data/$1.xz" >"$work/$1"
    else
        return 1
    fi
}
printf 'what\tprogram\tthreads\tseconds\tprocessor\tMB/s\ttimes ours\tcommand\n'
for set in $sets; do
    if ! unpack "$set"; then
        echo "bench_io.sh: $set: left out, it is not in $data" >&2
        continue
    fi
    unpack "$set.t" || true
    "$python" "$root/benchmarks/bench_io.py" "$root/build-bench" "$work/made" "$repeats" "$work/$(basename "$set")" | sed "s|$work/made/||g; s|$work/||g"
    rm -f "$work/$(basename "$set")" "$work/$(basename "$set").t"
done
