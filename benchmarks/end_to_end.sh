#!/bin/sh
# Text file to model file, ours against liblinear-train: benchmarks/end_to_end.sh BIN [--data FOLDER] [--repeats N] [SET...]
#
# BIN: the folder of the build. Both programs read the same LIBSVM text, fit 1/n sum log(1 + exp(-y x'w)) + 1/(2n) ||w||^2 (C = 1, no
# intercept) and write their models, in turns; the whole program is timed, from start to exit. The weights in the model files are judged by
# bench_judge. SET: a9a (default), kdd99, news20bd (classes 1 to 10 against the rest), or a path to LIBSVM text with labels -1 and +1.
# Writes rows as bench_judge's to standard output, memory being all that the program had.
set -eu
bin=$1
shift
here=$(cd "$(dirname "$0")" && pwd)/solvers
data=. repeats=5 sets=
while [ $# -gt 0 ]; do
    case $1 in
    --data) data=$2 && shift ;;
    --repeats) repeats=$2 && shift ;;
    -*) echo "end_to_end.sh: there is no option $1" >&2 && exit 2 ;;
    *) sets="$sets $1" ;;
    esac
    shift
done
[ -n "$sets" ] || sets=a9a
python=$(command -v /usr/bin/python3 || command -v python3)
if ! command -v liblinear-train >/dev/null; then
    echo "end_to_end.sh: liblinear-train is not installed; left out" >&2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The text as both programs read it.
text() {
    if [ -f "$1" ]; then
        cat "$1"
    elif [ -f "$data/$1" ]; then
        cat "$data/$1"
    elif [ -f "$data/$1.xz" ]; then
        xz -dc "$data/$1.xz"
    else
        return 1
    fi
}

for set in $sets; do
    name=$(basename "$set")
    if ! text "$set" >"$work/text"; then
        echo "end_to_end.sh: $set: left out, it is not in $data" >&2
        continue
    fi
    if [ "$name" = news20bd ]; then
        awk '{$1 = $1 <= 10 ? -1 : 1; print}' "$work/text" >"$work/$name"
    else
        mv "$work/text" "$work/$name"
    fi
    "$python" "$here/end_to_end.py" "$bin/examples/erm_train" "$work/$name" "$work" "$repeats" >"$work/rows"
    # The referee finds the data by their path; the table wants their name.
    "$bin/benchmarks/solvers/bench_judge" <"$work/rows" | sed "s|^l2log:$work/$name:1|text to model: $name|"
    rm -f "$work/$name"
done
