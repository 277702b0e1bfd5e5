# Builds libermopt with every warning an error and runs all its tests, installing what is missing: sh scripts/test.sh
set -eu
PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
export PATH

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
sh "$root/scripts/deps.sh" build test
cd "$root"
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
cmake --preset test
cmake --build --preset test --parallel "$cores"
ctest --preset test --parallel "$cores"
