# What the programs say to wrong command lines, files and labels: the exit status, the file, line and field, and nothing left behind.
. "$(dirname "$0")/cli_support.sh"

# wrong TEXT ARGUMENTS...: erm_train refuses them as wrong usage and says TEXT.
wrong() {
    text=$1
    shift
    expect 2 "$train" "$@"
    says err "erm_train: " "$text"
    silent out
    test "$(wc -l <err)" = 1 || fail "more than one line on standard error"
}

case_wrong_usage_exits_2() {
    two_classes >data
    wrong "which data?"
    wrong "one argument too many: 'three'" data two three
    wrong "there is no option --los; did you mean --loss?" --los logistic data
    wrong "there is no option --max-epoch; did you mean --max-epochs?" --max-epoch=3 data
    wrong "there is no option --frobnicate (see --help)" --frobnicate data
    wrong "there is no option -x" -x data
    wrong "--json takes no value" --json=1 data
    wrong "--l2 needs a number of at least 0 after it" data --l2
    wrong "--test needs a value after it" --test --json data
    for value in -1 x 1x nan inf 1e999 ""; do wrong "--l1 needs a number of at least 0, not '$value'" --l1 "$value" data; done
    for value in 0 -1 nan; do wrong "--tol needs a number above 0, not '$value'" --tol "$value" data; done
    for value in 0 -3 1.5 x 99999999999999999999; do wrong "--max-epochs needs a whole number of at least 1, not '$value'" --max-epochs $value data; done
    wrong "--max-seconds needs a number above 0" --max-seconds 0 data
    wrong "--threads needs a whole number of at least 1" --threads 0 data
    wrong "--threads 99999999999 is too many" --threads 99999999999 data
    wrong "--seed needs a whole number" --seed 18446744073709551616 data
    wrong "--class-weight 1: expected balanced, or 2 numbers that are not negative" --class-weight 1 data
    for value in 1,2,3 1,-1 1,x 1,inf equal; do wrong "--class-weight $value: expected" --class-weight "$value" data; done
    wrong "--class-weight: squared loss has no classes" --loss squared --class-weight balanced data
    wrong "there is no loss 'logistik'; did you mean logistic?" --loss logistik data
    wrong "there is no loss 'poetry'; there are squared logistic" --loss poetry data
    wrong "there is no solver 'xyz'; there are auto gd" --solver xyz data
    expect 2 "$predict"
    says err "erm_predict: which model and data?"
    expect 2 "$predict" model
    expect 2 "$predict" --labels --scores model data
    expect 2 "$predict" --score model data
    says err "did you mean --scores?"
    only data
}

case_nothing_is_overwritten_by_mistake() {
    two_classes >data
    cp data copy
    ln -s data link
    wrong "would overwrite the data" data data
    wrong "would overwrite the data" data link
    wrong "would overwrite the data" --test data copy data
    wrong "would overwrite the data" --trace data data
    cmp data copy || fail "the data were overwritten"
    wrong "the model and the trace cannot both be new" --trace new data new
    expect 0 "$train" --quiet data model
    cp model model.copy
    expect 2 "$predict" model data data
    expect 2 "$predict" model data model
    says err "would overwrite an input"
    cmp data copy && cmp model model.copy || fail "an input was overwritten"
}

case_outputs_that_cannot_be_written() {
    two_classes >data
    mkdir folder
    for model in missing/model folder; do
        expect 1 "$train" --quiet data $model
        says err "cannot write $model: "
        expect 1 "$train" --quiet --trace $model data
        says err "cannot write $model: "
    done
    expect 0 "$train" --quiet data model
    expect 1 "$predict" model data missing/output
    says err "cannot write missing/output: "
    only data folder model
    test -e /dev/full || exit 0
    for option in --json --tol=1e-5; do
        status=0
        "$train" $option data >/dev/full 2>err || status=$?
        test $status = 1 || fail "exit status $status with a full disk"
        says err "cannot write standard output"
    done
    status=0
    "$predict" --quiet model data >/dev/full 2>err || status=$?
    test $status = 1 || fail "exit status $status with a full disk"
}

# refused ARGUMENTS...: erm_train refuses the file `bad` as bad data, names it, and writes nothing.
refused() {
    expect 3 "$train" --json "$@" bad model
    says err "erm_train: " "bad"
    silent out
    only bad
}

case_files_that_are_no_data() {
    refused && says err "bad: cannot be opened: No such file"
    mkdir bad && refused && says err "bad: is a directory" && rmdir bad
    : >bad && refused && says err "bad: is empty"
    printf '# only a comment\n\n' >bad && refused && says err "bad: has no rows"
    head -c 3000 "$train" >bad && refused && says err "bad:1: does not look like LIBSVM"
    printf '1\n2\n3\n' >bad && refused && says err "bad: no row has a feature"
}

# field LINE WHAT TEXT: a file whose line LINE is TEXT is refused, and the line and what is wrong there are named.
field() {
    awk -v line="$1" -v text="$3" 'BEGIN { for (i = 1; i <= 5; i++) print i == line ? text : (i % 2 ? "+1" : "-1") " 1:0.5 2:" i }' >bad
    refused
    says err "erm_train: bad:$1: $2"
}

case_bad_fields_are_named_with_file_and_line() {
    field 1 "value of feature 1 is 'nan'" "+1 1:nan"
    field 2 "value of feature 1 is 'inf'" "-1 1:inf"
    field 3 "value of feature 2 is '-inf'" "+1 1:1 2:-inf"
    field 4 "value of feature 1 is '1e999'" "-1 1:1e999"
    field 5 "value of feature 1 is 'x'" "+1 1:x"
    field 3 "value of feature 1 is ''" "+1 1: 2:3"
    field 3 "value of feature 1 is '1.5.5'" "+1 1:1.5.5"
    field 3 "field is '-1:2'" "+1 -1:2"
    field 3 "field is 'x:2'" "+1 x:2"
    field 3 "field is '1.5:2'" "+1 1.5:2"
    field 3 "field is '17'" "+1 17"
    field 3 "field is '2147483648:1'; an index is at most 2147483647" "+1 1:1 2147483648:1"
    field 3 "field is '99999999999999999999:1'; an index is at most" "+1 99999999999999999999:1"
    field 3 "field is '2:1'" "+1 3:1 2:1"
    field 3 "field is '3:2'" "+1 3:1 3:2"
    field 3 "label is 'nan'" "nan 1:1"
    field 3 "label is 'inf'" "inf 1:1"
    field 3 "label is '1e999'" "1e999 1:1"
}

# bad_test WHAT TEXT: a test file with TEXT as its line 2 is refused by a model of 5 features from index 1 on.
bad_test() {
    printf '+1 1:1\n%s\n' "$2" >bad
    expect 3 "$train" --json --test bad good model
    says err "erm_train: bad:2: $1"
    silent out
    only bad good
}

case_bad_lines_of_the_test_file_are_named() {
    two_classes >good
    bad_test "value of feature 2 is 'oops'" "-1 1:2 2:oops"
    bad_test "index 77 is beyond" "-1 1:2 77:1"
    bad_test "field is '0:2'" "-1 0:2"
    expect 3 "$train" --json --test missing good model
    says err "erm_train: missing: "
    only bad good
}

case_labels_that_the_loss_refuses() {
    three_classes >bad
    for loss in logistic hinge squared-hinge; do
        refused --loss $loss
        says err "3 classes" "--loss cross-entropy"
    done
    sed '7s/^[0-9]*/red/' bad >other && mv other bad
    for loss in squared huber; do
        refused --loss $loss
        says err "row 7" "'red'" "needs numbers"
    done
}

case_labels_that_are_all_equal() {
    two_classes | sed 's/^[^ ]*/4/' >bad
    for loss in hinge logistic cross-entropy; do
        refused --loss $loss
        says err "the label of every row is 4"
    done
    expect 0 "$train" --quiet --loss squared bad # a constant is a fit
    printf '+1 1:2\n' >bad
    refused
    says err "the label of every row is 1"
}

case_odd_data_that_are_fine() {
    printf '+1 1:1\n-1 1:-2\n+1 1:3\n-1 1:1.5\n' >one_feature
    printf '+1 1:1 2:7\n-1 1:-2 2:7\n+1 1:3 2:7\n-1 1:1.5 2:7\n' >constant_column
    printf '+1\n-1 1:-2\n+1 1:3 # comment\n\n# comment\n-1 qid:3 1:1.5\n' >empty_row
    printf '+1 1:1\r\n-1 1:-2\r\n+1 1:3\r\n-1 1:1.5' >windows
    for file in one_feature constant_column empty_row windows; do
        for loss in logistic squared cross-entropy; do
            expect 0 "$train" --json --loss $loss --l2 0.1 $file
            is n 4
            number "@gap <= 1e-6 * @primal"
        done
    done
}

run_cases ${2:-}
