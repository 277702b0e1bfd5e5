# The checks besides scripts/test.sh: sh scripts/ci.sh [format] [clang] [asan] [tsan] [tidy]; without a name, all but tidy.
#
#   format   every source is laid out as .clang-format says, and no line is too long
#   clang    the whole suite, built by clang with every warning an error
#   asan     the whole suite under the address, leak and undefined-behaviour sanitizers
#   tsan     the tests that use threads under the thread sanitizer; CONTRIBUTING.md says why with clang
#   tidy     what clang-tidy thinks of src/; its findings are worth a look and do not fail
set -eu
PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
export PATH

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
sh "$root/scripts/deps.sh" build test ci
cd "$root"
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

format() {
    find src include tests examples benchmarks \( -name '*.[ch]' -o -name '*.inc' \) -exec clang-format --dry-run -Werror {} +
    long=$(grep -rnE '.{131,}' --include='*.[ch]' --include='*.inc' src include tests examples benchmarks) || return 0
    echo "$long" && echo "ci.sh: lines of more than 130 columns (clang-format lets comments be)" >&2 && return 1
}

suite() {
    cmake --preset "$1" && cmake --build --preset "$1" --parallel "$cores" && ctest --preset "$1" --parallel "$cores"
}

tidy() {
    cmake --preset clang -DCMAKE_EXPORT_COMPILE_COMMANDS=ON
    find src -name '*.c' -exec clang-tidy --quiet -p build/clang {} +
}

[ $# -gt 0 ] || set -- format clang asan tsan
for step; do
    case $step in
    format) format ;;
    tidy) tidy ;;
    clang | asan | tsan) suite "$step" ;;
    *) echo "ci.sh: there is no step '$step'" >&2 && exit 2 ;;
    esac
done
