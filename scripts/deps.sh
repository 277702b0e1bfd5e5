# Installs what is missing to build libermopt: sh scripts/deps.sh [build] [test] [ci]
#
# On Debian and Ubuntu as root it installs packages; as another user it prints the line that does. Elsewhere it names what it
# cannot find. It says nothing when nothing is missing.
set -eu
PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
export PATH

# One line a need: group, Debian package, and a command that succeeds where it is there; "optional" where the build does
# without. gcc only recommends libc6-dev, and cmake only recommends make, so both stand here.
needs() {
    cat <<'END'
build gcc command -v cc
build libc6-dev header stdio.h
build make command -v make
build cmake command -v cmake
build pkg-config command -v pkg-config
build libopenblas-dev pkg-config --exists openblas
build liblapacke-dev header lapacke.h
build zlib1g-dev optional
build liblzma-dev optional
build libzstd-dev optional
build libbz2-dev optional
test libcmocka-dev pkg-config --exists cmocka
test g++ command -v c++
ci clang command -v clang
ci libomp-dev optional
ci clang-format command -v clang-format
ci clang-tidy command -v clang-tidy
ci python3-sklearn python3 -c "import sklearn"
ci python3-pandas python3 -c "import pandas"
ci liblinear-tools command -v liblinear-train
ci r-cran-glmnet Rscript -e "library(glmnet)"
END
}

on_debian() { command -v dpkg-query && command -v apt-get; } >/dev/null 2>&1

header() { echo "#include <$1>" | cc -E -; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# The packages of these groups that are neither installed nor replaced by something that works as well.
missing() {
    needs | while read -r group package try; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        on_debian && installed "$package" && continue
        if [ "$try" = optional ]; then
            on_debian && printf ' %s' "$package"
        else
            eval "$try" >/dev/null 2>&1 </dev/null || printf ' %s' "$package"
        fi
    done
}

# Without the optional ones.
required() {
    for package in $1; do
        needs | grep -q "^[a-z]* $package optional$" || printf ' %s' "$package"
    done
}

install() {
    log=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    echo "Installing:$1"
    # An update may fail for want of a network while the packages are at hand; then the installation decides.
    apt-get update >"$log" 2>&1 || true
    # shellcheck disable=SC2086 # one word a package
    if ! apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 $1 >>"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        echo "libermopt: could not install:$1" >&2
        exit 1
    fi
    rm -f "$log"
}

[ $# -gt 0 ] || set -- build
absent=$(missing "$@")
if [ -n "$absent" ] && on_debian && [ "$(id -u)" -eq 0 ]; then
    install "$absent"
elif [ -n "$(required "$absent")" ]; then
    echo "libermopt needs packages that are not installed:$absent" >&2
    if on_debian; then
        echo "Install them with this line, then run the script again:" >&2
        echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends$absent" >&2
    else
        echo "These are Debian's names; install what your system calls them, then run the script again." >&2
    fi
    exit 1
fi
