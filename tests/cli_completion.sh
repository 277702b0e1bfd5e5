# Completion in bash: what it offers is what the programs take.
. "$(dirname "$0")/cli_support.sh"
here=$(cd "$(dirname "$script")/.." && pwd)
command -v bash >/dev/null || { echo "there is no bash; left out" && exit 0; }

# offers PROGRAM WORD...: what completion offers for the last word of this command line, a line each, into the file out.
offers() {
    expect 0 bash -c 'source "$0"; program=$1; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ermopt "$program"; printf "%s\n" "${COMPREPLY[@]}"' \
        "$here/examples/completion/ermopt.bash" "$@"
}

case_options_are_those_of_the_help() {
    offers "$train" --max-
    says out --max-epochs --max-seconds
    test "$(wc -l <out)" = 2 || fail "more than two options begin with --max-"
    offers "$predict" --
    says out --help --json
}

case_names_of_losses_and_solvers() {
    offers "$train" --loss h
    says out hinge huber
    offers "$train" --solver news
    silent_but_newline=$(tr -d '\n' <out)
    test -z "$silent_but_newline" || fail "it offers $silent_but_newline"
    offers "$train" --solver newton
    says out newton newton-cg
}

case_files() {
    : >data.train && : >data.test
    offers "$train" --l2 1 data.t
    says out data.train data.test
}

run_cases ${2:-}
