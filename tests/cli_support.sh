# What the tests of the programs share. A test script is run as: sh tests/cli_NAME.sh PROGRAM_DIRECTORY [CASE]
# Each of its cases is a function case_NAME; it runs in an empty directory of its own, and fails by calling `fail`.
set -u
programs=$(cd "$1" && pwd)
train=$programs/erm_train
predict=$programs/erm_predict
script=$0
unset OMP_NUM_THREADS

fail() {
    echo "FAILED: $*" >&2
    echo "--- last command: ${command_line:-none}" >&2
    for stream in out err; do
        test ! -f $stream || { echo "--- its $stream:" && head -n 20 $stream; } >&2
    done
    exit 1
}

# expect STATUS COMMAND...: runs it, its streams into the files out and err.
expect() {
    wanted=$1
    shift
    command_line=$*
    status=0
    "$@" >out 2>err </dev/null || status=$?
    test "$status" = "$wanted" || fail "exit status $status, expected $wanted"
}

# says FILE TEXT...: each text is somewhere in the file.
says() {
    file=$1
    shift
    for text; do
        grep -qF -e "$text" "$file" || fail "$file does not say: $text"
    done
}

silent() {
    for file; do
        test ! -s "$file" || fail "$file is not empty"
    done
}

exists() {
    for file; do
        test -s "$file" || fail "there is no $file"
    done
}

# There is nothing in this directory but these files, out and err.
only() {
    for file in * .*; do
        case " . .. out err $* " in
        *" $file "*) ;;
        *) test ! -e "$file" || fail "$file was left behind" ;;
        esac
    done
}

# The value of a member of the JSON object in `out`: top-level ones, or those of "train" and "test" as train.accuracy.
json() {
    case $1 in
    *.*) sed -n "s/^  \"${1%.*}\": .*\"${1#*.}\": \([^,}]*\).*/\1/p" out ;;
    *) sed -n "s/^  \"$1\": \(.*[^,]\),\{0,1\}\$/\1/p" out ;;
    esac
}

# is KEY VALUE
is() {
    test "$(json "$1")" = "$2" || fail "$1 is $(json "$1"), expected $2"
}

# number CONDITION: an awk expression, after words such as @gap are replaced by members of the JSON object.
number() {
    expression=$1
    for word in $(echo "$1" | grep -o '@[a-z_.0-9]*'); do
        value=$(json "${word#@}")
        expression=$(echo "$expression" | sed "s/$word/($value)/")
    done
    awk "BEGIN { exit !($expression) }" || fail "not true: $1, which is $expression"
}

valid_json() {
    if command -v python3 >/dev/null; then python3 -m json.tool out >/dev/null || fail "out is not JSON"; fi
}

# rows NUMBER FIRST_LABEL_RULE: a LIBSVM file on standard output: 5 features, their sum in s, a uniform number in u; the rule is an awk
# expression for the label.
rows() {
    awk -v n="$1" 'function random() { state = (state * 16807) % 2147483647; return state / 2147483647 }
        BEGIN {
            state = 12345
            for (i = 0; i < n; i++) {
                line = ""; s = 0
                for (j = 1; j <= 5; j++) {
                    x = sprintf("%.4f", 2 * random() - 1)
                    if (random() < 0.8) { line = line " " j ":" x; s += x }
                }
                u = random()
                print ('"$2"') line
            }
        }'
}

two_classes() { rows 200 's + u - 0.5 > 0 ? "+1" : "-1"'; }
three_classes() { rows 300 's + u < 0 ? 1 : s + u < 1 ? 2 : 3'; }
numbers() { rows 200 '3 * s + u'; }

# Runs all cases, or the one that is named.
run_cases() {
    for name in ${1:-$(sed -n 's/^case_\([a-z_0-9]*\)() .*/\1/p' "$script")}; do
        directory=$(mktemp -d) || exit 1
        (cd "$directory" && "case_$name") || { rm -rf "$directory"; echo "case $name of $script" >&2; exit 1; }
        rm -rf "$directory"
    done
}
