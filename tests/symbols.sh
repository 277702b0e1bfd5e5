# The archive has no variables, calls nothing that a library must not, and defines no name that could clash: sh symbols.sh ARCHIVE
set -eu
archive=$1
symbols=$(nm -A -f sysv "$archive" | grep '|' | tr -d ' ' | sed 's/^.*:\([^:|]*:[^:|]*|\)/\1/')

# Each line of $symbols is object:name|value|class|type|size|line|section. Constant tables of pointers are in .data.rel.ro, which is
# read-only once the program runs. clang gives each file with an OpenMP reduction a lock that the archive's users share.
variables() {
    echo "$symbols" | awk -F'|' '
        $1 ~ /:\.gomp_critical_user_\.reduction\.var$/ { next }
        $3 == "C" || $7 ~ /^\.(data|bss|tdata|tbss)/ && $7 !~ /^\.data\.rel\.ro/ || $7 == "*COM*" { print $1 ": a writable variable" }'
}

# Ends the process, writes where nobody asked, keeps state for the whole process, or changes what belongs to the program.
forbidden='exit|_exit|_Exit|quick_exit|abort|atexit|raise|kill|signal|sigaction
printf|vprintf|puts|putchar|putchar_unlocked|perror|stdout|stderr|__printf_chk|__vprintf_chk
rand|srand|random|srandom|drand48|lrand48|srand48|strtok|gmtime|localtime
setlocale|getenv|secure_getenv|setenv|putenv|system|popen|fork
openblas_set_num_threads|goto_set_num_threads|omp_set_num_threads|omp_set_dynamic|omp_set_nested'

calls() {
    echo "$symbols" | awk -F'|' -v list="$(echo "$forbidden" | tr '\n' '|')" '
        BEGIN { n = split(list, names, "|"); for (i = 1; i <= n; i++) bad[names[i]] = 1 }
        $7 == "*UND*" { name = $1; sub(/.*:/, "", name); if (name in bad) print $1 ": a library must not use this" }'
}

names() {
    echo "$symbols" | awk -F'|' '$3 ~ /^[A-TV-Z]$/ && $1 !~ /:erm_/ && $1 !~ /:\.gomp_/ && $7 != "*UND*" { print $1 ": a global name without erm_" }'
}

[ -n "$symbols" ] || { echo "$archive: no symbols, so nothing was checked" && exit 1; }
found=$(variables; calls; names)
[ -z "$found" ] || { echo "$found" && exit 1; }
