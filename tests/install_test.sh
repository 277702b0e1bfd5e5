# Installs the library in a temporary place and uses it from there, as C and as C++, by find_package and by pkg-config; then
# does what the README says: its first code block is the two commands, and its program prints what it says.
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

by_pkg_config() { # LANGUAGE COMPILER SOURCE
    # shellcheck disable=SC2046 # one word a flag
    "$2" -x "$1" "$3" -x none -o "$place/by_pkg_config" $(PKG_CONFIG_PATH=$(dirname "$installed") \
        pkg-config --static --cflags --libs ermopt)
    "$place/by_pkg_config"
}

# The README's code block number $1.
block() { awk -v wanted="$1" '/^```/ { if (!inside) number++; inside = !inside; next } inside && number == wanted' "$source/README.md"; }

# The last digit of a gap depends on the processor.
without_gap() { sed 's/[0-9]e[-+][0-9]*/GAP/'; }

same() { # WHAT EXPECTED FOUND
    [ "$2" = "$3" ] && return
    printf '%s: the README says\n%s\nbut it is\n%s\n' "$1" "$3" "$2"
    return 1
}

echo "C by find_package" && by_cmake C "$cc"
echo "C++ by find_package" && by_cmake CXX "$cxx"
echo "C by pkg-config" && by_pkg_config c "$cc" "$source/tests/install/main.c"
echo "C++ by pkg-config" && by_pkg_config c++ "$cxx" "$source/tests/install/main.c"

echo "README"
block 2 >"$place/readme.c"
same "the two commands" "$(printf 'sh scripts/demo.sh\nsh scripts/test.sh')" "$(block 1)"
same "the program's output" "$(by_pkg_config c "$cc" "$place/readme.c" | without_gap)" "$(block 3 | without_gap)"
