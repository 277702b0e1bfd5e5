# Every part of src/ includes only what is below it, and the BLAS stays behind its two doors: sh layers.sh SOURCE_DIR
set -eu
cd "$1"

# Folder, then the folders whose headers it may include besides its own.
allowed() {
    case $1 in
    base) echo "" ;;
    matrix | loss | regularizer) echo "base" ;;
    problem) echo "base matrix loss regularizer" ;;
    solver) echo "base matrix loss regularizer problem" ;;
    io) echo "base" ;;
    preparation) echo "base matrix problem" ;;
    selection) echo "base matrix loss regularizer problem" ;;
    model) echo "base matrix loss regularizer problem io preparation" ;;
    *) echo "unknown folder src/$1" >&2 && return 1 ;;
    esac
}

# "folder file line header" for each #include "..." below src/
includes() {
    grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' src --include='*.c' --include='*.h' --include='*.inc' |
        sed -E 's|^src/([^/]*)/([^:]*):([0-9]+):[^"]*"([^"]*)".*|\1 src/\1/\2 \3 \4|'
}

upward() {
    includes | while read -r folder file line header; do
        case $header in
        ermopt.h | ermopt/*) continue ;;
        */*) ;;
        *) echo "$file:$line: \"$header\" lacks its folder" && continue ;;
        esac
        case " $folder $(allowed "$folder") " in
        *" ${header%%/*} "*) ;;
        *) echo "$file:$line: $folder must not include $header" ;;
        esac
    done
}

blas() {
    grep -rnE 'include[[:space:]]*[<"](cblas|lapacke|f77blas|lapack)[^>"]*\.h' src include |
        grep -vE '^src/base/(qr|svd)\.c:[0-9]+:.*(cblas|lapacke)\.h' |
        sed 's/$/   (only chol.c, qr.c and svd.c of src\/base talk to the BLAS)/'
}

same_names() {
    find src include tests examples -name '*.[ch]' -not -path 'tests/install/*' | sed 's|.*/||' | sort | uniq -d |
        sed 's/^/two files are called /'
}

# Headers for users must not depend on the library's own.
leaks() {
    grep -rnE 'include[[:space:]]*"' include | grep -vE '"ermopt/[a-z_]+\.h"' | sed 's/$/   (a public header includes a private one)/'
}

found=$(upward; blas; same_names; leaks)
[ -z "$found" ] || { echo "$found" && exit 1; }
