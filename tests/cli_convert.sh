# erm_convert from the outside: every format to every other and back, and what it says to wrong files and options.
. "$(dirname "$0")/cli_support.sh"
convert=$programs/erm_convert

case_every_format_comes_back_with_the_same_bits() {
    two_classes >data.libsvm
    expect 0 "$convert" --quiet data.libsvm plain.libsvm
    silent out err
    for middle in a.ermdata a.csv a.tsv a.svm; do
        expect 0 "$convert" --quiet data.libsvm $middle
        expect 0 "$convert" --quiet $middle back.libsvm
        cmp plain.libsvm back.libsvm || fail "$middle loses something"
    done
    expect 0 "$convert" --quiet --labels-out y.npy data.libsvm X.npy
    expect 0 "$convert" --quiet --labels y.npy X.npy back.libsvm
    cmp plain.libsvm back.libsvm || fail "X.npy loses something"
    expect 0 "$convert" --quiet --dense data.libsvm dense.ermdata
    expect 0 "$convert" --quiet --memory 1 dense.ermdata again.ermdata
    cmp dense.ermdata again.ermdata || fail "a binary file differs from its copy"
}

case_words_and_names_survive() {
    printf '"a,b",c,class\n1,0,"x ""y"""\n0.1,-2,no\n' >data.csv
    expect 0 "$convert" --quiet data.csv a.ermdata
    expect 0 "$convert" --quiet a.ermdata back.csv
    printf '"a,b",c,label\n1,0,"x ""y"""\n0.1,-2,no\n' | cmp - back.csv || fail "back.csv differs"
    expect 3 "$convert" --labels-out y.npy data.csv X.npy
    says err "its labels are words"
    only data.csv a.ermdata back.csv
}

case_what_was_done_is_told() {
    two_classes >data
    expect 0 "$convert" data data.ermdata
    says out "data: libsvm, 200 rows, 5 columns" "data.ermdata: binary"
    expect 0 "$convert" --json data data.ermdata
    valid_json
    is n 200
    is d 5
    is to '"binary"'
    digest=$(json digest)
    expect 0 "$convert" --json data.ermdata data.csv
    is digest "$digest"
    expect 3 "$convert" --json - empty.svm
    says err "standard input: is empty"
    only data data.ermdata data.csv
}

case_floats_are_half_the_size() {
    two_classes >data
    expect 0 "$convert" --quiet --dense data double.ermdata
    expect 0 "$convert" --quiet --dense --float data single.ermdata
    test "$(wc -c <double.ermdata)" -gt "$(($(wc -c <single.ermdata) + 3900))" || fail "not half the size"
    expect 0 "$train" --quiet --tol 1e-3 single.ermdata
    expect 0 "$train" --quiet --tol 1e-3 --memory 1 single.ermdata
}

case_compressed_files_and_pipes() {
    two_classes >data
    expect 0 "$convert" --quiet data a.ermdata
    gzip -c a.ermdata >b.gz
    expect 0 "$convert" --quiet b.gz c.ermdata
    cmp a.ermdata c.ermdata || fail "decompressed data differ"
    "$convert" --quiet - d.ermdata <a.ermdata || fail "standard input is not read"
    cmp a.ermdata d.ermdata || fail "data from standard input differ"
    expect 2 "$convert" --memory 1 b.gz e.ermdata
    says err "b.gz: is compressed or no plain file, and cannot be read through windows"
    head -c 400 b.gz >f.gz
    expect 3 "$convert" f.gz e.ermdata
    says err "f.gz"
    only data a.ermdata b.gz c.ermdata d.ermdata f.gz
}

case_damage_is_told() {
    two_classes >data
    expect 0 "$convert" --quiet data a.ermdata
    size=$(wc -c <a.ermdata)
    for length in 0 7 8 100 511 512 513 2000 $((size - 1)); do
        head -c "$length" a.ermdata >cut.ermdata
        expect 3 "$convert" --format binary cut.ermdata b.csv
        says err "cut.ermdata"
        test "$(wc -l <err)" = 1 || fail "more than a sentence"
    done
    for at in 3 9 20 40 300 505 600 3000 $((size - 1)); do
        { head -c "$at" a.ermdata && printf '\377\001' && tail -c +$((at + 3)) a.ermdata; } | head -c "$size" >bad.ermdata
        cmp -s a.ermdata bad.ermdata && continue
        expect 3 "$convert" --format binary bad.ermdata b.csv
        says err "bad.ermdata"
    done
    only data a.ermdata cut.ermdata bad.ermdata
}

case_wrong_usage() {
    two_classes >data
    expect 2 "$convert" data
    says err "which data, and where to?"
    expect 2 "$convert" data data.xyz
    says err "which format is data.xyz to have?"
    expect 2 "$convert" --to xml data b
    says err "--to xml: expected libsvm csv tsv npy or binary"
    expect 2 "$convert" --to csv data data
    says err "would overwrite the data"
    expect 2 "$convert" --float data b.csv
    says err "--float is for binary"
    expect 2 "$convert" --dense --sparse data b.ermdata
    expect 2 "$convert" --dense data b.csv
    expect 2 "$convert" --labels-out y.npy data b.csv
    says err "--labels-out is for .npy files alone"
    expect 2 "$convert" --format cvs data b.csv
    says err "expected csv"
    expect 3 "$convert" missing b.csv
    says err "missing: cannot be opened"
    expect 1 "$convert" data no/such/place.csv
    expect 0 "$convert" --help
    expect 0 "$convert" --version
    only data
}

run_cases ${2:-}
