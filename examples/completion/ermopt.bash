# Completion of erm_train, erm_predict and their kin in bash; in zsh after `autoload -U bashcompinit && bashcompinit`.
# The options are read from the program's own --help, and the names of losses and solvers from what it says to a wrong one, so
# that nothing stands here that could be out of date.

# What the program says is there: _ermopt_names PROGRAM OPTION
_ermopt_names() { "$1" "$2" '?' - 2>&1 | sed -n 's/.*; there are//p'; }

_ermopt() {
    local program=$1 word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    case $before in
    --loss | --solver)
        mapfile -t COMPREPLY < <(compgen -W "$(_ermopt_names "$program" "$before")" -- "$word")
        return
        ;;
    esac
    case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2>/dev/null | grep -Eo -e '--[a-z0-9][a-z0-9-]*' | sort -u)" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    esac
}
complete -o filenames -F _ermopt erm_train erm_predict erm_path erm_convert erm_inspect
