#!/bin/sh
# The whole benchmark: builds what it needs, runs kernels, solvers and other packages, and writes a report.
#
#     benchmarks/run.sh [quick|full] [--data FOLDER] [--out FOLDER] [--part PART] [--only PROGRAM] [--auto] [--seconds N] [--continue] [PROBLEM...]
#
# quick takes less than 5 minutes on 2 cores: it begins no problem after 4; full takes an hour or two. --seconds: a program is not asked for more accuracy once
# its fastest fit took so long (0.3; full 10). --continue: what an earlier run has written to OUT stays, and only what is
# missing is run. FOLDER of data: LIBSVM text, NAME or NAME.xz; problems whose data are not there are left out. PROBLEM: only these, e.g. l1log:a9a:0.01, or l2log:path/to/file.libsvm:1 (solvers/case.h).
# PART: kernels, problems, end (text to model), growth; else all of them, or problems if any is named. PROGRAM: a part of the name of
# programs, e.g. 'scikit-learn lbfgs'; auto is run too, so that there is a good answer to compare with. --auto: of our solvers it alone.
# Writes OUT/rows.tsv (every fit, judged), end.tsv (from text to model), kernels.tsv, growth.tsv, facts.tsv, summary.md and report.html.
# OUT is build-bench/report, or build-bench/again where not all is run. Needs what scripts/deps.sh installs; a peer that is not
# installed is left out with a message.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
mode=quick
data=
out=
part=
only=
problems=
arguments=
told=
seconds=
continue=
auto=
while [ $# -gt 0 ]; do
    case $1 in
    quick | full) mode=$1 ;;
    --data) data=$2 && shift && arguments="$arguments --data $data" ;;
    --part) part=$2 && shift ;;
    --only) only=$2 && shift ;;
    --out) out=$2 && shift ;;
    --seconds) seconds=$2 && shift && arguments="$arguments --seconds $seconds" ;;
    --continue) continue=yes ;;
    --auto) auto=yes ;;
    -*) echo "run.sh: there is no option $1" >&2 && exit 2 ;;
    *) problems="$problems $1" ;;
    esac
    shift
done
[ -n "$part" ] || [ -z "$problems$only" ] || part=problems
case $part in
'' | kernels | problems | end | growth) ;;
*) echo "run.sh: there is no part $part" >&2 && exit 2 ;;
esac
if [ -z "$out" ]; then
    [ -z "$part" ] && out=$root/build-bench/report || out=$root/build-bench/again
fi
if [ -z "$data" ]; then
    for data in "$root/data" "$root/../shared/data" "$root/examples/data"; do [ ! -d "$data" ] || break; done
fi
here=$root/benchmarks/solvers
bin=$root/build-bench/benchmarks
python=$(command -v /usr/bin/python3 || command -v python3)
repeats=5 step=1 limit=1000000
[ "$mode" = full ] || { repeats=3 && step=2; }
[ -n "$seconds" ] || { [ "$mode" = full ] && seconds=10 || seconds=0.3; }
[ "$mode" = full ] || [ -n "$problems" ] || limit=240
# Other libraries' threads; ours are told.
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive

# quick: the most telling first, as it ends after 4 minutes.
quick_problems="l2log:dense8k:1 l1log:a9a:0.01 lasso:lasso200:0.05 lassopath:lasso200:0.05 hinge:zipf8k:1 ridge:dense8k:0.001 l2log:a9a:1
    l1log:dense8k:0.1 sqhinge:a9a:1 enet:lasso200:0.05 glasso:lasso200:0.05 huber:dense8k:0.001 quantile:dense8k:0.01 lasso:leukemia:0.05
    ridge:cadata:0.01 l2log:zipf8k:1 l1log:zipf8k:0.1 hinge:a9a:1 lassopath:ar-5000-50-0.5:0.01"
full_problems="$quick_problems huber:dense20k:0.001 quantile:dense20k:0.01 lasso:lasso500:0.05 enet:lasso500:0.05
    glasso:lasso500:0.05 l2log:dense200k:1 l1log:dense200k:0.1 ridge:dense200k:0.001 hinge:dense200k:1 ridge:ridge2k5k:0.1 lasso:lasso1k20k:0.05
    enet:lasso1k20k:0.05 glasso:lasso1k20k:0.05 l2log:illcond50k:1 lasso:square2k:0.05 l2log:zipf200k:1 l1log:zipf200k:0.1 hinge:zipf200k:1 l2log:news20bd:1
    l1log:news20bd:0.01 hinge:news20bd:1 l2log:kdd99:1 l1log:kdd99:0.01 svm:heart_scale:1 multi:mnist:1
    lassopath:lasso500:0.05 lassopath:leukemia:0.05"
if [ -z "$problems" ]; then
    [ "$mode" = full ] && problems=$full_problems || problems=$quick_problems
fi

say() { printf '%s\n' "$*" >&2; }
includes() { [ -z "$part" ] || [ "$part" = "$1" ]; }
done_before() { [ -n "$continue" ] && [ -s "$out/$1.tsv" ]; } # parts are written whole
progress() { printf '\r\033[K[%d/%d, %d s] %s' "$number" "$count" $(($(date +%s) - began)) "$*" >&2; }

have() { # is there a set of this name?
    case $1 in
    dense* | square* | lasso* | ridge* | illcond* | zipf* | ar-*) return 0 ;;
    esac
    [ -f "$1" ] || [ -f "$data/$1" ] || [ -f "$data/$1.xz" ] || [ -f "$data/small/$1" ]
}

facts() {
    printf 'date\t%s\n' "$(date -u +%Y-%m-%d)"
    printf 'commit\t%s\n' "$(git -C "$root" describe --always --dirty 2>/dev/null || echo unknown)"
    printf 'processor\t%s\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
    printf 'processors\t%s\n' "$(getconf _NPROCESSORS_ONLN)"
    printf 'memory\t%s\n' "$(awk '/MemTotal/ {printf "%.0f GiB", $2 / 1048576}' /proc/meminfo)"
    # shellcheck disable=SC1091 # not ours
    printf 'system\t%s\n' "$(. /etc/os-release 2>/dev/null && echo "$PRETTY_NAME"), Linux $(uname -r)"
    printf 'compiler\t%s\n' "$(${CC:-cc} --version | head -1)"
    printf 'BLAS\tOpenBLAS %s\n' "$(pkg-config --modversion openblas)"
    "$python" -c 'import sklearn, scipy, numpy
print(f"Python packages\tscikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, NumPy {numpy.__version__}")' 2>/dev/null || true
    Rscript -e 'cat(sprintf("glmnet\t%s (%s)\n", packageVersion("glmnet"), R.version.string))' 2>/dev/null || true
    printf 'command\tbenchmarks/run.sh %s\n' "$mode$arguments"
    printf 'OpenBLAS kernels\t%s\n' "$("$bin/bench_kernels" --only none | sed -n 's/^OpenBLAS goes by //p')${OPENBLAS_CORETYPE:+, by OPENBLAS_CORETYPE}"
    printf 'threads\t1, but where a row says 2; OPENBLAS_NUM_THREADS=%s OMP_NUM_THREADS=%s for all other programs\n' "$OPENBLAS_NUM_THREADS" "$OMP_NUM_THREADS"
    printf 'seeds\tfixed: of each generated set by its sizes, solvers 0\n'
    printf 'mode\t%s, %s repeats, a program is not asked for more once its fastest fit took %s s\n' "$mode" "$repeats" "$seconds"
}

# solvers_for KIND: ours, besides auto
solvers_for() {
    case $1 in
    l2log | huber | sqhinge) echo prox newton newton-cg lbfgs svrg ;;
    multi) echo prox newton-cg lbfgs ;;
    ridge) echo newton newton-cg prox ;;
    l1log | lasso | enet) echo prox owlqn ;;
    glasso) echo prox ;;
    esac
}

ours() { "$bin/solvers/bench_fit" --data "$data" --answers "$work" --repeats "$repeats" --seconds "$seconds" "$@" || say " bench_fit failed: $*"; }

matches() { case $1 in *"$only"*) ;; *) return 1 ;; esac }

missing() { # once
    case $told in *"$1"*) return 0 ;; esac
    told="$told $1" && say " $1 is not installed: left out"
}

peers() {
    if [ -x "$bin/solvers/bench_liblinear" ]; then
        progress "$1: liblinear"
        "$bin/solvers/bench_liblinear" --data "$data" --answers "$work" --repeats "$repeats" --seconds "$seconds" --only "$only" "$1" ||
            say " liblinear failed on $1"
    else
        missing liblinear
    fi
    "$bin/solvers/bench_export" --data "$data" "$1" "$work/exported"
    progress "$1: scikit-learn, SciPy"
    "$python" "$here/peers.py" "$work/exported" "$work" --repeats "$repeats" --seconds "$seconds" --step "$step" --only "$only" ||
        say " peers.py failed on $1"
    if ! command -v Rscript >/dev/null; then
        missing glmnet
    elif matches glmnet; then
        progress "$1: glmnet"
        Rscript "$here/glmnet.R" "$work/exported" "$work" "$repeats" "$seconds" "$step" || say " glmnet.R failed on $1"
    fi
}

one_problem() {
    rm -rf "$work" && mkdir -p "$work"
    {
        for threads in 1 2; do
            progress "$1: auto, $threads threads"
            ours --threads $threads "$1"
        done
        for solver in $(solvers_for "${1%%:*}"); do
            [ -z "$auto" ] || continue
            matches "libermopt $solver" || continue
            progress "$1: $solver"
            ours --solver "$solver" "$1"
        done
        peers "$1"
    } >"$work/rows"
    progress "$1: the referee"
    "$bin/solvers/bench_judge" --data "$data" <"$work/rows" >"$work/judged"
    cat "$work/judged" >>"$out/rows.tsv"
}

# Cost against size, at one tolerance: FAMILY, then problems that differ in one number.
growth() {
    family=$1 && shift
    for name in "$@"; do
        progress "growth with $family: $name"
        for threads in 1 2; do ours --solver prox --digits 6 --threads $threads "$name" | sed "s/^/$family	/" >>"$work/growth"; done
    done
}

say "building in $root/build-bench"
cmake -S "$root" -B "$root/build-bench" -DCMAKE_BUILD_TYPE=Release -DERMOPT_BUILD_TESTS=OFF >/dev/null
cmake --build "$root/build-bench" --parallel 2 >/dev/null
mkdir -p "$out"
[ -n "$continue" ] || rm -f "$out/rows.tsv" "$out/end.tsv" "$out/growth.tsv" "$out/kernels.tsv"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# OpenBLAS runs generic code on processors that are newer than it is; that would be no bar, and no fair peer.
if [ -z "${OPENBLAS_CORETYPE:-}" ] && "$bin/bench_kernels" --only none | grep -Eqi 'by (prescott|generic|core2)'; then
    if grep -q avx512f /proc/cpuinfo; then
        export OPENBLAS_CORETYPE=SKYLAKEX
    elif grep -q avx2 /proc/cpuinfo; then
        export OPENBLAS_CORETYPE=HASWELL
    fi
fi
began=$(date +%s) number=0 count=3
for problem in $problems; do count=$((count + 1)); done
facts >"$out/facts.tsv"
number=1
if includes kernels && ! done_before kernels; then
    progress kernels
    set --
    [ "$mode" = full ] || set -- --quick
    "$bin/bench_kernels" "$@" "$work/kernels" >"$out/kernels.txt" && mv "$work/kernels" "$out/kernels.tsv"
fi
number=2
if includes end && ! done_before end; then
    progress "from text to model"
    [ "$mode" = full ] && sets="a9a kdd99 news20bd" || sets=a9a
    # shellcheck disable=SC2086 # one word a set
    sh "$root/benchmarks/end_to_end.sh" "$root/build-bench" --data "$data" --repeats "$repeats" $sets >"$work/end" && mv "$work/end" "$out/end.tsv"
fi
number=3
if includes growth && ! done_before growth; then
    mkdir -p "$work"
    growth n l2log:ar-10000-50-0.5:1 l2log:ar-20000-50-0.5:1 l2log:ar-40000-50-0.5:1 l2log:ar-80000-50-0.5:1
    growth d l2log:ar-10000-50-0.5:1 l2log:ar-10000-100-0.5:1 l2log:ar-10000-200-0.5:1 l2log:ar-10000-400-0.5:1
    growth nnz l2log:zipf-20000-5000-10:1 l2log:zipf-20000-5000-20:1 l2log:zipf-20000-5000-40:1 l2log:zipf-20000-5000-80:1
    growth condition l2log:ar-10000-50-0:1 l2log:ar-10000-50-0.5:1 l2log:ar-10000-50-0.9:1 l2log:ar-10000-50-0.99:1
    mv "$work/growth" "$out/growth.tsv"
fi
for problem in $problems; do
    number=$((number + 1))
    includes problems || continue
    set=${problem#*:} && set=${set%:*}
    if [ -n "$continue" ] && cut -f1 "$out/rows.tsv" 2>/dev/null | grep -Fqx "$problem"; then continue; fi
    if [ $(($(date +%s) - began)) -gt $limit ]; then
        progress "$problem" && say ": left out, quick has had its time; name it, or run full"
    elif have "$set"; then
        one_problem "$problem"
    else
        progress "$problem" && say ": left out, there is no $set in $data"
    fi
done
progress report
"$python" "$here/summary.py" "$out/rows.tsv" "$out/end.tsv" >"$out/summary.md"
"$python" "$here/report.py" "$out"
say ""
say "wrote $out/report.html and summary.md in $(($(date +%s) - began)) s"
