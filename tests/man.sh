# Manual pages: every program has one, without an error of format, and it has exactly the options that --help has, which fits
# 80 columns and 24 lines.
# sh man.sh SOURCE_DIR PROGRAM_DIR PROGRAM...
set -eu
pages=$1/docs/man programs=$2
shift 2
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options() { grep -Eo -e '--[a-z0-9][a-z0-9-]*' | sort -u; }
say() { echo "$*" && failed=1; }
for program; do
    page=$pages/$program.1
    [ -f "$page" ] || { say "$page is missing" && continue; }
    sed 's/\\-/-/g; /^\.\\"/d' "$page" | options >"$work/page"
    "$programs/$program" --help | options >"$work/help"
    diff -u "$work/help" "$work/page" || say "$page (+) has other options than $program --help (-)"
    if command -v groff >/dev/null; then
        warnings=$(groff -man -ww -z "$page" 2>&1)
        [ -z "$warnings" ] || say "$warnings"
    fi
    lines=$("$programs/$program" --help | wc -l)
    [ "$lines" -le 24 ] || say "$program --help has $lines lines"
    "$programs/$program" --help | awk -v program="$program" 'length > 80 {print program " --help: more than 80 columns: " $0; wide = 1} END {exit wide}' || failed=1
done
exit $failed
