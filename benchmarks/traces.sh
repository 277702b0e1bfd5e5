#!/bin/sh
# How solvers converge, as Markdown for docs/solvers.md: benchmarks/traces.sh BIN DATA
#
# BIN: the folder of the build; DATA: LIBSVM text with two classes. Each row is a run that is stopped after so many epochs, and certified.
set -eu
train=$1/examples/erm_train data=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

member() { sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" "$work/json" | head -1; }

# trace EPOCHS OPTIONS...: one row for each number of epochs
trace() {
    epochs=$1
    shift
    printf '\n    erm_train --loss logistic %s --max-epochs N %s\n\n' "$*" "$(basename "$data")"
    echo "| epochs | passes over X | objective | gap | kkt | weights that are not 0 |"
    echo "|---|---|---|---|---|---|"
    for n in $epochs; do
        "$train" --loss logistic "$@" --max-epochs "$n" --json --threads 1 "$data" >"$work/json" || [ $? = 4 ]
        printf '| %s | %.1f | %.12f | %.1e | %.1e | %s |\n' "$(member epochs)" "$(member passes)" "$(member primal)" "$(member gap)" "$(member kkt)" \
            "$(member nonzeros)"
    done
}

trace "1 2 3 4 5 6 7" --l2 1e-3 --tol 1e-15 --solver newton
trace "2 4 6 8 10 12 14" --l2 1e-3 --tol 1e-15 --solver svrg
trace "1 2 3 4" --l1 1e-3 --tol 1e-15 --solver cd
