# erm_predict from the outside: what it writes for classes and numbers, and what it says to wrong models and data.
. "$(dirname "$0")/cli_support.sh"

lines() { test "$(wc -l <"$1")" = "$2" || fail "$1 has $(wc -l <"$1") lines, expected $2"; }

case_labels_are_called_as_in_training() {
    three_classes | sed 's/^1/red/; s/^2/green/; s/^3/blue/' >data
    expect 0 "$train" --json data model
    accuracy=$(json train.accuracy)
    expect 0 "$predict" model data predicted
    silent out
    says err "accuracy"
    lines predicted 300
    cut -d' ' -f1 data | paste -d' ' - predicted | awk -v accuracy="$accuracy" \
        '$1 == $2 { right++ } END { exit !(right / NR - accuracy < 1e-12 && accuracy - right / NR < 1e-12) }' ||
        fail "the accuracy that training reported is not that of the labels"
    expect 0 "$predict" --quiet model data
    cmp out predicted || fail "standard output differs from OUTPUT"
    silent err
    only data model predicted
}

case_probabilities_sum_to_one() {
    three_classes >data
    expect 0 "$train" --quiet data model
    expect 0 "$predict" --quiet --probabilities model data
    lines out 301
    test "$(head -n 1 out)" = "# 1 2 3" || fail "wrong first line"
    tail -n +2 out | awk 'NF != 3 || $1 + $2 + $3 > 1 + 1e-12 || $1 + $2 + $3 < 1 - 1e-12 { exit 1 }' || fail "not probabilities"
    two_classes >data
    expect 0 "$train" --quiet --loss logistic data model
    expect 0 "$predict" --quiet --probabilities model data
    test "$(head -n 1 out)" = "# -1 1" || fail "wrong first line"
}

case_scores_are_margins() {
    two_classes >data
    expect 0 "$train" --quiet --loss squared-hinge data model
    expect 0 "$predict" --quiet model data labels
    expect 0 "$predict" --quiet --scores model data
    test "$(head -n 1 out)" = "# 1" || fail "wrong first line"
    tail -n +2 out | paste -d' ' - labels | awk 'NF != 2 || ($1 > 0) != ($2 == 1) { exit 1 }' || fail "signs and labels disagree"
    expect 2 "$predict" --probabilities model data output
    says err "squared-hinge loss has no probabilities"
    only data model labels
    three_classes >data
    expect 0 "$train" --quiet data model
    expect 0 "$predict" --quiet --scores model data
    test "$(head -n 1 out)" = "# 1 2 3" || fail "wrong first line"
}

case_regression_predicts_numbers() {
    numbers >data
    expect 0 "$train" --json --loss squared data model
    mse=$(json train.mse)
    expect 0 "$predict" model data predicted
    says err "mean squared error" "R2"
    cut -d' ' -f1 data | paste -d' ' - predicted | awk -v mse="$mse" \
        '{ sum += ($1 - $2)^2 } END { d = sum / NR - mse; exit !(d < 1e-9 && d > -1e-9) }' || fail "not the error that training reported"
    expect 0 "$predict" --quiet --scores model data
    cmp out predicted || fail "for squared loss the score is the prediction"
    expect 2 "$predict" --probabilities model data
}

case_json_is_one_object() {
    two_classes >data
    expect 0 "$train" --json --loss logistic data model
    scores=$(json train)
    expect 0 "$predict" --json model data predicted
    valid_json
    silent err
    lines predicted 200
    is n 200 && is d 5 && is loss '"logistic"' && is unknown_labels 0
    # training may have used a dense copy, whose sums run in another order
    log_loss=$(json log_loss | cut -c 1-14)
    echo "$scores" | grep -qF "\"accuracy\": $(json accuracy), \"log_loss\": $log_loss" && echo "$scores" | grep -qF "\"auc\": $(json auc)" ||
        fail "not the scores that training reported: $scores"
    expect 0 "$predict" --json model data
    valid_json
    numbers | sed 's/^[^ ]*/word/' >data
    expect 0 "$predict" --json model data
    is accuracy null && is unknown_labels 200
}

case_labels_that_the_model_does_not_know() {
    two_classes >data
    expect 0 "$train" --quiet data model
    sed '1s/^[^ ]*/maybe/' data >other
    expect 0 "$predict" model other
    lines out 200
    says err "1 of 200 rows have a label unknown in training and count as wrong"
    sed 's/^[^ ]*/0/' data >other
    expect 0 "$predict" model other
    says err "no row has a label that the model knows"
}

case_fewer_features_are_fine_and_more_are_not() {
    two_classes >data
    expect 0 "$train" --quiet data model
    printf '+1 1:0.5\n-1\n' >few
    expect 0 "$predict" --quiet model few
    lines out 2
    printf '+1 1:0.5\n-1 6:1\n' >many
    expect 3 "$predict" model many output
    says err "erm_predict: many:2: " "6"
    silent out
    only data model few many
}

rounded() { awk '{ printf "%.10g\n", $1 }' "$1"; }

case_data_are_read_with_the_index_base_of_training() {
    two_classes | sed 's/ 1:/ 0:/' >zero
    sed 's/ 0:[^ ]*//' zero >without
    expect 0 "$train" --quiet zero model
    expect 0 "$predict" --quiet --scores model without with_zero_based_model
    printf '+1 6:1\n' >beyond
    expect 3 "$predict" --quiet model beyond
    sed 's/$/ # no index 0/; s/^[^ ]*/& 0:0/' without >told
    expect 0 "$predict" --quiet --scores model told
    rounded out >out_rounded # zeros that are stored change the order of the sums
    rounded with_zero_based_model | cmp out_rounded - || fail "a file without index 0 was read as 1-based"
}

case_bad_models_are_refused() {
    two_classes >data
    expect 0 "$train" --quiet data good
    size=$(wc -c <good)
    for kept in 0 1 20 $((size / 2)) $((size - 1)); do
        head -c "$kept" good >model
        expect 3 "$predict" model data output
        says err "erm_predict: " "model"
        silent out
    done
    number_at=$(grep -n '0\.' good | tail -n 1 | cut -d: -f1)
    for line in 1 "${number_at:-2}" '$'; do
        sed "${line}s/[0-9]/7x/" good >model
        expect 3 "$predict" model data output
        says err "model"
    done
    cp data model
    expect 3 "$predict" model data output
    mkdir folder
    expect 3 "$predict" folder data output
    expect 3 "$predict" missing data output
    says err "missing"
    expect 3 "$predict" good missing output
    says err "missing"
    only data good model folder
}

case_standard_input() {
    two_classes >data
    expect 0 "$train" --quiet data model
    "$predict" --quiet model - <data >first || fail "cannot read standard input"
    expect 0 "$predict" --quiet model data
    cmp out first || fail "standard input gives other predictions"
}

# 320 MB of rows through a pipe, more than twice of what the program may use of addresses; the area under the curve is of more rows than are kept.
case_rows_that_do_not_fit_in_memory() {
    two_classes >data
    expect 0 "$train" --quiet --loss logistic data model
    # OpenBLAS waits for ever where there is no memory for its buffers
    (ulimit -v 250000 && timeout 20 "$predict" --version) >out 2>&1 || { echo "SKIPPED: no limit of memory here, or sanitizers need more" && return; }
    head -n 2 data >two && expect 0 "$predict" --quiet --probabilities model two
    cp out expected
    blanks=$(printf '%160s' '')
    yes "$(sed "s/\$/ $blanks/" two)" | head -n 1600000 | (ulimit -v 250000 && "$predict" --json --probabilities model - predicted >out) ||
        fail "does not predict in constant memory"
    is n 1600000 && is auc 1
    lines predicted 1600001
    head -n 3 predicted | cmp - expected || fail "the first rows differ"
    tail -n +2 predicted | sort -u >kinds
    lines kinds 2
    only data model two predicted expected kinds
}

case_a_table_is_predicted_by_the_names_of_its_columns() {
    two_classes | awk 'BEGIN { print "a,b,c,d,e,word,y" }
        { split("", v); for (t = 2; t <= NF; t++) { split($t, pair, ":"); v[pair[1]] = pair[2] }
          print v[1] + 0 "," v[2] + 0 "," v[3] + 0 "," v[4] + 0 "," v[5] + 0 "," (NR % 3 ? "x" : "z") "," $1 }' >table.csv
    expect 0 "$train" --json --loss logistic table.csv model
    accuracy=$(json train.accuracy)
    expect 0 "$predict" --json --scores model table.csv one
    is accuracy "$accuracy"
    lines one 201
    # other order, one column more, tabs, no labels, from a pipe
    awk -F, '{ print $6 "\t" $3 "\tmore" (NR > 1 ? NR : "") "\t" $2 "\t" $1 "\t" $5 "\t" $4 }' table.csv >other
    cat other | "$predict" --quiet --scores --label none model - two || fail "cannot read a table from a pipe"
    rounded one >one_rounded
    rounded two | cmp one_rounded - || fail "the order of columns changes the predictions"
    sed 's/^[^\t]*\t//' other >without
    expect 3 "$predict" --label none model without output
    says err "word"
    expect 2 "$predict" --separator ab model table.csv output
    only table.csv model one two other without one_rounded
}

case_binary_data() {
    two_classes | awk 'BEGIN { print "a,b,c,d,e,y" }
        { split("", v); for (t = 2; t <= NF; t++) { split($t, pair, ":"); v[pair[1]] = pair[2] }
          print v[1] + 0 "," v[2] + 0 "," v[3] + 0 "," v[4] + 0 "," v[5] + 0 "," $1 }' >table.csv
    awk -F, '{ print $2 "," $1 "," $3 "," $4 "," $5 "," $6 }' table.csv >other.csv
    expect 0 "$train" --quiet --loss logistic table.csv model
    expect 0 "$predict" --quiet --scores model table.csv scores
    rounded scores >expected
    expect 0 "$(dirname "$predict")/erm_convert" --quiet table.csv table.ermdata
    expect 0 "$(dirname "$predict")/erm_convert" --quiet other.csv other.ermdata
    for how in "" "--format binary" "--memory 0.01" "--format binary --memory 0.01"; do
        expect 0 "$predict" --quiet --scores $how model table.ermdata scores
        rounded scores | cmp - expected || fail "other scores from binary data, $how"
    done
    cat table.ermdata | "$predict" --quiet --scores --format binary model - >scores || fail "cannot read binary data from a pipe"
    rounded scores | cmp - expected || fail "other scores from a pipe"
    mkfifo pipe
    cat table.ermdata >pipe &
    expect 2 "$predict" --quiet model pipe scores
    says err "pipe: binary is not read by blocks"
    wait
    expect 3 "$predict" --quiet model other.ermdata scores # columns in another order
    says err "its column 1 is 'b', where 'a' is expected"
    two_classes | sed 's/ 1:/ 0:/' >zero
    sed 's/ 0:[^ ]*//' zero >without
    expect 0 "$train" --quiet zero of_zero
    expect 0 "$(dirname "$predict")/erm_convert" --quiet --to binary without without.ermdata
    expect 3 "$predict" --quiet of_zero without.ermdata scores # without index 0 it was written as 1-based
    says err "indices that start at 1, where 0 is expected"
    only zero without of_zero without.ermdata table.csv other.csv table.ermdata other.ermdata model scores expected pipe
}

case_threads_change_nothing() {
    two_classes >some
    for copy in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do cat some some some some some; done >data # three blocks
    expect 0 "$train" --quiet --loss logistic some model
    expect 0 "$predict" --json --scores --threads 1 model data one
    grep -v seconds out >one_out
    expect 0 "$predict" --json --scores --threads 2 model data two
    grep -v seconds out | cmp - one_out || fail "the scores differ"
    cmp one two || fail "the predictions differ"
    tail -n +2 one | head -n 200 >first
    expect 0 "$predict" --quiet --scores model some
    tail -n +2 out | cmp - first || fail "the predictions depend on the blocks"
}

run_cases ${2:-}
