# Builds libermopt, installing what is missing, then fits and tries a model on real data: sh scripts/demo.sh
set -eu
PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
LC_ALL=C
export PATH LC_ALL

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
sh "$root/scripts/deps.sh" build
cd "$root"
at=build/demo
mkdir -p $at

# Shows its output only if it fails.
quietly() {
    "$@" >$at/log 2>&1 || { cat $at/log >&2 && exit 1; }
}

# Shows the command, and its output, which also goes to $at/log.
show() {
    echo
    echo "\$ $*"
    status=0
    "$@" >$at/log || status=$?
    cat $at/log
    [ $status -eq 0 ] || exit $status
}

echo "Building in $at ..."
quietly cmake --preset demo
quietly cmake --build --preset demo --parallel "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)"

# Every fifth of the 569 tumours is kept aside, to see how the model does on what it was not fitted to.
awk 'NR % 5 != 0' examples/data/wdbc.libsvm >$at/wdbc.train
awk 'NR % 5 == 0' examples/data/wdbc.libsvm >$at/wdbc.test

show $at/examples/erm_train --loss logistic --l2 1e-5 --test $at/wdbc.test $at/wdbc.train $at/wdbc.model
gap=$(sed -n 's/^objective.* gap \([^ ]*\).*/\1/p' $at/log)
show $at/examples/erm_predict $at/wdbc.model $at/wdbc.test $at/wdbc.predicted

count() { awk 'END { print NR }' "$1"; }
right=$(awk 'NR == FNR { label[FNR] = $1; next } $1 + 0 == label[FNR] + 0 { right++ } END { print right + 0 }' \
    $at/wdbc.test $at/wdbc.predicted)
echo
echo "A logistic model was fitted to $(count $at/wdbc.train) tumours, each described by 30 raw measures of its cells."
echo "No model of this kind has an objective lower by more than $gap: that is proven by the duality gap."
echo "Of $(count $at/wdbc.test) tumours that it was not fitted to, it tells malignant from benign for $right."
