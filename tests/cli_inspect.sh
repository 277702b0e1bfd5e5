# erm_inspect from the outside: what it tells of data files, whole and damaged.
. "$(dirname "$0")/cli_support.sh"
inspect=$programs/erm_inspect
convert=$programs/erm_convert

case_it_tells_of_sizes_labels_and_columns() {
    printf 'a,b,c,d,class\n1,7,0,2,yes\n3,7,0,0,no\n5,7,0,1,yes\n' >data.csv
    expect 0 "$inspect" data.csv
    says out "data.csv: csv data" "3 rows, 4 columns with names, 8 values" "no (1 rows), yes (2 rows)" "2 columns, 1 of them 0: b (7), c (0)" "digest"
    silent err
    expect 0 "$inspect" --json data.csv
    valid_json
    is n 3
    is d 4
    is nnz 8
    is constant_columns 2
    is zero_columns 1
    is not_finite_values 0
    number '@labels.yes == 2'
}

case_labels_that_are_numbers_have_a_range() {
    numbers >data
    expect 0 "$inspect" data
    says out "different numbers from"
    expect 0 "$inspect" --json data
    is label_count 200
    number '@label_least < @label_most'
}

case_the_digest_is_that_of_the_content() {
    two_classes >data
    expect 0 "$inspect" --json data
    digest=$(json digest)
    for file in data.ermdata data.csv; do
        expect 0 "$convert" --quiet data $file
        expect 0 "$inspect" --json $file
        is digest "$digest"
    done
    expect 0 "$inspect" --json --memory 1 data.ermdata
    is digest "$digest"
    is storage '"mapped dense rows"'
}

case_values_that_are_not_finite_are_found() {
    { printf '\223NUMPY\001\000\166\000' && printf "%-117s\n" "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }" &&
        printf '\0\0\0\0\0\0\370\177\0\0\0\0\0\0\360\077\0\0\0\0\0\0\360\177\0\0\0\0\0\0\360\077'; } >X.npy
    expect 0 "$inspect" X.npy
    says out "not finite 2 values in 1 columns: 1 (2 values)" "constant   1 columns, 0 of them 0: 2 (1)"
}

case_damage_is_told_by_section() {
    two_classes >data
    expect 0 "$convert" --quiet data a.ermdata
    expect 0 "$inspect" a.ermdata
    says out "section    start" "section    feature names"
    size=$(wc -c <a.ermdata)
    { head -c $((size - 100)) a.ermdata && printf '\377\001\002' && tail -c 97 a.ermdata; } >bad.ermdata
    expect 3 "$inspect" bad.ermdata
    says err "bad.ermdata: is damaged: its labels"
    silent out
    head -c 3000 a.ermdata >cut.ermdata
    expect 3 "$inspect" cut.ermdata
    says err "is cut off"
    test "$(wc -l <err)" = 1 || fail "more than a sentence"
}

case_models_are_told_of_too() {
    two_classes >data
    expect 0 "$train" --quiet data model
    expect 0 "$inspect" model
    says out "logistic"
    expect 0 "$inspect" --json --test data model
    valid_json
    expect 2 "$inspect" --largest 3 data
    says err "data is no model"
}

case_wrong_usage() {
    expect 2 "$inspect"
    says err "which file?"
    expect 2 "$inspect" a b
    expect 2 "$inspect" --nonsense a
    expect 3 "$inspect" missing
    says err "missing: cannot be opened"
    expect 0 "$inspect" --help
    expect 0 "$inspect" --version
    only
}

case_a_model_is_told_measured_and_exported() {
    printf 'a,b,y\n1,2,no\n2,,yes\n3,1,no\n4,7,yes\n5,0,no\n6,9,yes\n' >data.csv
    expect 0 "$train" --prepare impute=median,standardise data.csv model
    expect 0 "$inspect" model --test data.csv --export-c model.c --weights int8 --prefix tiny
    says out "logistic loss of no, yes" "prepared   impute=median,standardise: 2 columns become 2" "the largest:" "intercept" "test       accuracy" \
        "exported   model.c"
    test "$(grep -c accuracy out)" = 2 || fail "not measured before and after"
    says model.c "void tiny_margins" "tiny_missing"
    expect 0 "$inspect" --json model
    valid_json
    is prepared_d 2
    is prepare '"impute=median,standardise"'
    expect 2 "$inspect" data.csv --export-c other.c --missing zero
    only data.csv model model.c
}

case_outliers_are_listed() {
    printf 'a,b,y\n1,2,0\n2,,1\n3,1,0\n4,7,1\n500,0,0\n6,9,1\n' >data.csv
    expect 0 "$inspect" --outliers data.csv
    says out "outliers   1 values in 1 of 2 columns; 1 values are missing" "500 (row 5"
}

run_cases ${2:-}
