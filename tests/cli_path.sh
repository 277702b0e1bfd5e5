# erm_path from the outside: every option, every exit status, what is printed where, and what is left behind.
. "$(dirname "$0")/cli_support.sh"
path=$programs/erm_path

# The value of a member of a line of the CSV file: column LINE NAME
column() { awk -F, -v line="$1" -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i } NR == line { print $at }' table.csv; }

case_help_fits_a_terminal() {
    expect 0 "$path" --help
    says out "Usage:" "Example" "--json" "--version"
    silent err
    test "$(wc -l <out)" -le 40 || fail "more than 40 lines"
    test "$(awk '{ if (length($0) > longest) longest = length($0) } END { print longest }' out)" -le 80 || fail "wider than 80"
    expect 0 "$path" --version
    test "$(wc -l <out)" = 1 || fail "the version is one line"
}

case_table_says_which_lambda_was_chosen() {
    two_classes >data
    expect 0 "$path" --count 12 --folds 5 data model
    says out "200 rows, 5 features" "logistic loss" "12 lambdas" "5 folds" "std error" "best" "chosen" "model      model"
    silent err
    only data model
    expect 0 "$predict" model data
}

case_long_paths_are_printed_in_a_screen() {
    two_classes >data
    expect 0 "$path" --count 300 --folds 3 data
    test "$(wc -l <out)" -le 32 || fail "more than 32 lines"
}

case_json_has_every_member() {
    two_classes >data
    expect 0 "$path" --json --count 7 --folds 4 --alo --learning-curve --seed 18446744073709551615 data model
    valid_json
    silent err
    for key in n d k loss l1_ratio standardise seed stop seconds lambda_max folds metric lambda_min lambda_1se chosen lambda nonzeros \
        primal dual held_out held_out_error alo alo_error learning_curve model; do
        grep -q "^  \"$key\": " out || fail "no member $key"
    done
    is n 200 && is folds 4 && is seed 18446744073709551615 && is stop '"converged"'
    number "@lambda_min <= @lambda_1se && @lambda_1se <= @lambda_max && @chosen == @lambda_min"
}

case_csv_has_a_row_for_every_lambda() {
    two_classes >data
    expect 0 "$path" --quiet --count 9 --folds 3 --alo --csv table.csv data
    silent out err
    only data table.csv
    test "$(wc -l <table.csv)" = 10 || fail "expected 9 rows"
    test "$(head -n 1 table.csv)" = "lambda,nonzeros,primal,gap,held_out,held_out_error,fold_0,fold_1,fold_2,alo,alo_error" || fail "wrong header"
    awk -F, 'NR > 2 && $1 >= last { exit 1 } { last = $1 } NF != 11 { exit 1 }' table.csv || fail "wrong rows"
    expect 0 "$path" --quiet --path-only --count 4 --csv table.csv data
    test "$(head -n 1 table.csv)" = "lambda,nonzeros,primal,gap" || fail "wrong header"
}

case_chosen_model_is_the_fit_of_its_lambda() {
    two_classes >data
    expect 0 "$path" --json --count 20 --folds 5 --tol 1e-9 data model
    lambda=$(json chosen)
    expect 0 "$train" --json --l1 "$lambda" --tol 1e-9 data other
    one=$(sed -n 's/^primal //p' model) two=$(sed -n 's/^primal //p' other)
    awk "BEGIN { d = $one - $two; exit !(d * d < 1e-16) }" || fail "$one and $two"
    grep -q "^regularizer l1 $lambda$" model || fail "another regularizer"
}

case_one_standard_error_takes_a_larger_lambda() {
    two_classes >data
    expect 0 "$path" --json --folds 5 data
    best=$(json chosen)
    expect 0 "$path" --json --folds 5 --one-se data
    number "@chosen == @lambda_1se && @lambda_min == $best && @chosen > $best"
}

case_metrics() {
    two_classes >data
    for metric in loss error auc; do
        expect 0 "$path" --json --count 8 --folds 4 --metric $metric --csv table.csv data
        is metric "\"$metric\""
    done
    awk "BEGIN { exit !($(column 9 held_out) > 0.9) }" || fail "the AUC is $(column 9 held_out)"
    expect 2 "$path" --metric mse data && says err "mse" "classes"
    expect 2 "$path" --metric f1 data && says err "f1" "auc"
    numbers >data
    expect 0 "$path" --json --count 8 --metric mse --csv table.csv data
    mse=$(column 9 held_out)
    expect 0 "$path" --json --count 8 --csv table.csv data
    awk "BEGIN { d = 2 * $(column 9 held_out) - $mse; exit !(d * d < 1e-20) }" || fail "the squared loss is half the error"
    expect 2 "$path" --metric auc data
}

case_folds_of_a_file() {
    two_classes >data
    awk 'BEGIN { for (i = 0; i < 200; i++) print i % 4 }' >folds
    expect 0 "$path" --json --count 5 --fold-file folds --csv table.csv data
    is folds 4
    awk 'BEGIN { for (i = 0; i < 200; i++) print 3 - i % 4 }' >folds
    first=$(column 3 fold_0)
    expect 0 "$path" --json --count 5 --fold-file folds --csv table.csv data
    test "$(column 3 fold_3)" = "$first" || fail "fold 0 was to be called 3"
    echo 0 >folds && expect 3 "$path" --fold-file folds data && says err "1 numbers" "200 rows"
    echo x >folds && expect 3 "$path" --fold-file folds data && says err "'x'"
    expect 3 "$path" --fold-file none data && says err "none"
    awk 'BEGIN { for (i = 0; i < 200; i++) print -1 }' >folds && expect 3 "$path" --fold-file folds data
    awk 'BEGIN { for (i = 0; i < 200; i++) print 2 * (i % 2) }' >folds && expect 2 "$path" --fold-file folds data && says err "fold 1"
    silent out
}

case_groups_stay_together() {
    two_classes >data
    awk 'BEGIN { for (i = 0; i < 200; i++) print int(i / 50) }' >groups
    expect 0 "$path" --json --count 4 --folds 4 --group groups data
    expect 2 "$path" --folds 5 --group groups data && says err "4 groups"
}

case_leave_one_out_and_its_approximation() {
    two_classes | head -n 60 >data
    expect 0 "$path" --json --leave-one-out --alo --count 10 --ratio 0.05 --tol 1e-10 --csv table.csv data
    is folds 60
    for line in 3 6 10; do
        awk "BEGIN { exit !(($(column $line alo) / $(column $line held_out) - 1) ^ 2 < 0.03 ^ 2) }" || fail "line $line: $(column $line alo), $(column $line held_out)"
    done
}

case_path_alone() {
    two_classes >data
    expect 0 "$path" --path-only --count 10 data && says out "10 lambdas"
    expect 0 "$path" --json --path-only data && is folds 0 && is chosen null
    expect 2 "$path" --path-only data model && says err "--alo"
    expect 0 "$path" --path-only --alo data model && says out "by approximate leave-one-out"
    exists model
    expect 2 "$path" --path-only --folds 3 data
}

case_penalties() {
    two_classes >data
    for share in 1 0.5 0; do
        expect 0 "$path" --json --count 8 --folds 3 --l1-ratio $share data model
        is l1_ratio $share
    done
    grep -q '^regularizer l2 ' model || fail "ridge is l2"
    expect 2 "$path" --l1-ratio 1.5 data && says err "0 to 1"
    expect 2 "$path" --ratio 1 data
}

case_losses_by_name_and_by_labels() {
    three_classes >data
    expect 0 "$path" --json --count 5 --folds 3 --stratified --metric error data model
    is loss '"cross-entropy"' && is k 3
    numbers >data
    expect 0 "$path" --json --count 5 --folds 3 data model
    is loss '"squared"'
    expect 2 "$path" --stratified data && says err "classes"
    two_classes >data
    expect 2 "$path" --loss hinge data
    expect 3 "$path" nothing
}

case_learning_curve() {
    two_classes >data
    expect 0 "$path" --count 8 --folds 4 --learning-curve data
    says out "rows" "train" "held out" "gap"
    expect 2 "$path" --path-only --learning-curve data
}

case_prepared_data() {
    awk 'BEGIN { s = 7; print "size,age,same,cost"; for (i = 0; i < 120; i++) { s = (s * 16807) % 2147483647; a = s / 2147483647
        s = (s * 16807) % 2147483647; b = s / 2147483647
        print (i % 9 ? a : "") "," b ",1," 3 * a * b + a } }' >data.csv
    expect 3 "$path" --label cost --loss squared data.csv
    expect 0 "$path" --json --label cost --loss squared --folds 4 --prepare impute=median,drop-constant,polynomial=2,standardise --alo \
        --learning-curve --csv table.csv data.csv model
    is d 5
    grep -q "^step impute-median" model || fail "the model does not say how its data were prepared"
    prepared=$(column 101 held_out)
    expect 0 "$path" --quiet --label cost --loss squared --folds 4 --prepare impute=median,drop-constant --csv table.csv data.csv
    awk "BEGIN { exit !($prepared < $(column 101 held_out)) }" || fail "products do not help"
    expect 2 "$path" --prepare nonsense data.csv && says err "nonsense"
}

case_threads_and_seed() {
    two_classes >data
    for threads in 1 2 3; do
        expect 0 "$path" --quiet --count 6 --threads $threads --seed 5 --csv $threads.csv data model.$threads
    done
    cmp 1.csv 2.csv && cmp 1.csv 3.csv && cmp model.1 model.3 || fail "threads change the answer"
    expect 0 "$path" --quiet --count 6 --seed 6 --csv 4.csv data
    ! cmp -s 1.csv 4.csv || fail "the seed changes nothing"
}

case_standardised_and_weighted() {
    two_classes >data
    awk '{ for (i = 2; i <= NF; i++) { split($i, pair, ":"); $i = pair[1] ":" 8 * pair[2] }; print }' data >eight
    expect 0 "$path" --quiet --count 6 --standardise --csv table.csv data
    one=$(column 5 held_out)
    expect 0 "$path" --quiet --count 6 --standardise --csv table.csv eight
    test "$(column 5 held_out)" = "$one" || fail "scales matter" # times 8 rounds nothing
    expect 0 "$path" --json --count 4 --class-weight balanced --no-intercept data && says out '"standardise": false'
}

case_plots_where_gnuplot_is() {
    two_classes >data
    expect 2 "$path" --plot picture.pdf data && says err ".svg or .png"
    mkdir empty
    expect 0 env PATH="$PWD/empty" "$path" --count 5 --folds 3 --plot picture.svg data
    says err "gnuplot is not installed" "--csv"
    only data empty
    command -v gnuplot >/dev/null || exit 0
    expect 0 "$path" --quiet --count 5 --folds 3 --alo --learning-curve --plot picture.svg data
    silent out err
    says picture.svg "<svg" "cross-validation" "coefficient"
    expect 0 "$path" --quiet --count 5 --path-only --plot picture.svg data
    only data empty picture.svg
}

case_stopped_early_exits_4() {
    two_classes >data
    expect 4 "$path" --folds 3 --max-seconds 1e-9 data
    says out "max-seconds"
}

case_nothing_is_overwritten() {
    two_classes >data
    cp data before
    expect 2 "$path" --csv data data && says err "overwrite"
    expect 2 "$path" --csv same data same && says err "same"
    expect 1 "$path" --csv none/table.csv data
    cmp data before || fail "the data changed"
    only data before
}

case_progress_is_for_terminals_alone() {
    two_classes >data
    expect 0 "$path" data
    silent err
}

run_cases ${2:-}
