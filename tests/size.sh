# Files stay within 300 lines and functions within 50, so that each can be read at one sitting: sh size.sh SOURCE_DIR
#
# A function's body is what the code style makes of it: a line `{` and a line `}`, both in the first column. Its head is the
# lines before, back to the last one that ended something.
set -eu
cd "$1"

found=$(find src include \( -name '*.[ch]' -o -name '*.inc' \) -exec awk '
    FNR == 1 { if (file) ends(); file = FILENAME; head = 1; inside = 0 }
    { lines = FNR }
    /^\{[ \t]*$/ && !inside { inside = 1; next }
    /^\}[ \t]*$/ && inside { if (FNR - head >= most_function) print file ":" head ": a function of " FNR - head + 1 " lines"; inside = 0; head = FNR + 1; next }
    !inside && (/^[ \t]*$/ || /[;}][ \t]*(\/\*.*)?$/ || /\*\/[ \t]*$/ || /^#/) { head = FNR + 1 }
    END { ends() }
    function ends() { if (lines > most_file) print file ": " lines " lines" }
' most_file=300 most_function=50 {} +)
[ -z "$found" ] || { echo "$found" && exit 1; }
