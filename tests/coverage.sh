# Is docs/coverage.md what the library says? sh tests/coverage.sh PROGRAM FILE
new=$(mktemp) || exit 1
trap 'rm -f "$new"' EXIT
"$1" >"$new" || exit 1
diff -u "$2" "$new" && exit 0
echo "docs/coverage.md is out of date: $1 >docs/coverage.md"
exit 1
