# Installs the library in a temporary place and uses it from there, as C and as C++, by find_package and by pkg-config.
# sh install_test.sh SOURCE_DIR BUILD_DIR CC CXX
set -eu
source=$1 build=$2 cc=$3 cxx=$4

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
trap 'exit 1' INT TERM
cmake --install "$build" --prefix "$place/prefix" >"$place/log"
installed=$(find "$place/prefix" -name ermopt.pc)

by_cmake() { # LANGUAGE COMPILER
    cmake -S "$source/tests/install" -B "$place/$1" -DLANGUAGE="$1" -DCMAKE_"$1"_COMPILER="$2" \
        -DCMAKE_PREFIX_PATH="$place/prefix" >"$place/log" 2>&1 || { cat "$place/log" && return 1; }
    cmake --build "$place/$1" >"$place/log" 2>&1 || { cat "$place/log" && return 1; }
    "$place/$1/install_test"
}

by_pkg_config() { # LANGUAGE COMPILER
    # shellcheck disable=SC2046 # one word a flag
    "$2" -x "$1" "$source/tests/install/main.c" -x none -o "$place/by_pkg_config" $(PKG_CONFIG_PATH=$(dirname "$installed") \
        pkg-config --static --cflags --libs ermopt)
    "$place/by_pkg_config"
}

echo "C by find_package" && by_cmake C "$cc"
echo "C++ by find_package" && by_cmake CXX "$cxx"
echo "C by pkg-config" && by_pkg_config c "$cc"
echo "C++ by pkg-config" && by_pkg_config c++ "$cxx"
