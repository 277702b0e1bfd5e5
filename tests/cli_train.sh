# erm_train from the outside: every option, every exit status, what is printed where, and what is left behind.
. "$(dirname "$0")/cli_support.sh"

case_help_fits_a_terminal() {
    for program in "$train" "$predict"; do
        expect 0 "$program" --help
        says out "Usage:" "Example" "--json" "--version"
        silent err
        test "$(wc -l <out)" -le 24 || fail "more than 24 lines"
        test "$(awk '{ if (length($0) > longest) longest = length($0) } END { print longest }' out)" -le 80 || fail "wider than 80"
        expect 0 "$program" --version
        test "$(wc -l <out)" = 1 || fail "the version is one line"
    done
}

case_summary_says_what_was_done() {
    two_classes >data
    expect 0 "$train" data model
    says out "data: 200 rows, 5 features" "logistic loss (-1 and 1)" "l2 0.005" "with intercept" "the loss was chosen from the labels" \
        "the default penalty is" "converged to 1e-06" "primal" "dual" "gap" "accuracy" "AUC" "model      model"
    silent err
    only data model
}

case_every_loss_by_name() {
    two_classes >data
    for loss in squared logistic hinge squared-hinge huber cross-entropy; do
        expect 0 "$train" --json --loss $loss --l2 0.01 data
        valid_json
        is loss "\"$loss\""
        number "@gap >= 0 && @gap <= 1e-6 * @primal && @primal - @dual <= 1.0001 * @gap + 1e-15"
    done
}

case_every_solver_by_name() {
    two_classes >data
    for solver in gd svrg prox newton; do
        expect 0 "$train" --json --solver $solver --l2 0.01 data
        is solver "\"$solver\""
        number "@gap <= 1e-6 * @primal"
    done
    expect 0 "$train" --json --solver auto --l2 0.01 data
    expect 0 "$train" --json --solver interior --loss hinge --l2 0.01 data
    expect 0 "$train" --json --solver direct --loss squared --l2 0.01 data
    expect 2 "$train" --solver direct --loss logistic data
    expect 0 "$train" --json --solver sgd --l2 0.01 --tol 0.01 data
    is solver '"sgd"'
    expect 2 "$train" --solver gd --l1 0.01 data
    says err "gd"
    silent out
}

case_penalties() {
    two_classes >data
    expect 0 "$train" --json --l1 0.01 data
    is regularizer '"l1 0.01"'
    expect 0 "$train" --json --l2 0.01 data
    is regularizer '"l2 0.01"'
    expect 0 "$train" --json --l1 0.01 --l2 0.02 data
    is regularizer '"elastic-net 0.01 0.02"'
    expect 0 "$train" --json --l2 0 data
    is regularizer '"none"'
    expect 0 "$train" --json --l1 100 data
    is nonzeros 0
}

case_loss_follows_the_labels() {
    two_classes >data && expect 0 "$train" --json data && is loss '"logistic"'
    two_classes | sed 's/^+1/yes/; s/^-1/no/' >data && expect 0 "$train" --json data && is loss '"logistic"'
    three_classes >data && expect 0 "$train" --json data && is loss '"cross-entropy"' && is k 3
    three_classes | sed 's/^3/5/' >data && expect 0 "$train" --json data && is loss '"squared"'
    three_classes | sed 's/^3/red/' >data && expect 0 "$train" --json data && is loss '"cross-entropy"'
    numbers >data && expect 0 "$train" --json data && is loss '"squared"'
}

case_json_has_every_member() {
    two_classes >data
    expect 0 "$train" --json --l2 0.01 --threads 2 --seed 18446744073709551615 --test data data model
    valid_json
    silent err
    for key in n d nnz k loss regularizer solver threads seed stop detail epochs passes seconds read_seconds primal dual gap tol \
        nonzeros resumed train test; do
        test -n "$(json $key)" || fail "no member $key"
    done
    is n 200 && is d 5 && is k 1 && is seed 18446744073709551615 && is stop '"converged"' && is tol 1e-06
    is nnz "$(grep -o : data | wc -l)"
    number "@train.accuracy > 0.8 && @train.auc > 0.9 && @train.log_loss < 0.5 && @seconds >= 0 && @read_seconds >= 0"
    # training may use a dense copy, whose sums run in another order
    number "@train.accuracy == @test.accuracy && (@train.log_loss - @test.log_loss) ^ 2 < 1e-24"
    numbers >data
    expect 0 "$train" --json --loss squared data
    number "@train.mse < 0.2 && @train.r2 > 0.9"
    is test null
}

case_quiet_prints_nothing() {
    two_classes >data
    expect 0 "$train" --quiet data model
    silent out err
    expect 4 "$train" --quiet --solver sgd --tol 1e-14 --max-epochs 2 data model
    silent out err
    exists model
}

case_progress_line_is_for_terminals_alone() {
    two_classes >data
    expect 0 "$train" data
    silent err
    command -v script >/dev/null || exit 0
    expect 0 script -qec "'$train' --l2 0.01 data" /dev/null
    says out "epoch" "objective" "gap" "converged"
    expect 0 script -qec "'$train' --quiet --l2 0.01 data" /dev/null
    silent out
}

case_trace_has_a_row_for_every_certificate() {
    two_classes >data
    expect 0 "$train" --json --l2 0.01 --trace trace.csv data
    only data trace.csv
    test "$(head -n 1 trace.csv)" = "epoch,passes,seconds,primal,dual,gap,kkt" || fail "wrong header"
    awk -F, 'NF != 7 || (NR > 2 && $1 <= last) || (NR > 1 && $4 < $5) { exit 1 } { last = $1 }' trace.csv || fail "wrong rows"
    test "$(tail -n 1 trace.csv | cut -d, -f 1,4,5)" = "$(json epochs),$(json primal),$(json dual)" || fail "the last row is not the end"
}

case_outputs_keep_links_and_devices() {
    two_classes >data
    mkdir elsewhere
    echo old >elsewhere/trace
    ln -s elsewhere/trace trace
    expect 0 "$train" --quiet --trace trace data
    test -L trace || fail "the link was replaced"
    says elsewhere/trace "epoch,passes"
    expect 0 "$train" --quiet --trace /dev/null data
    expect 0 "$train" --quiet data /dev/null
    test -c /dev/null || fail "the device was replaced"
}

case_stopped_early_exits_4_and_keeps_the_model() {
    two_classes >data
    expect 4 "$train" --solver sgd --tol 1e-14 --max-epochs 3 data model
    says out "max-epochs, before its tolerance of 1e-14" "not the optimum"
    exists model
    expect 0 "$predict" model data
    expect 4 "$train" --json --solver sgd --tol 1e-14 --max-epochs 3 data model
    is stop '"max-epochs"' && is epochs 3
    expect 4 "$train" --json --solver sgd --tol 1e-14 --max-seconds 0.2 data model
    is stop '"max-seconds"'
    printf '%s\n' '-1 1:-2' '-1 1:-1' '+1 1:1' '+1 1:2' >separable
    expect 4 "$train" --json --loss logistic --l2 0 separable model
    is stop '"unattained"'
}

# The signal may come before the fit has begun; then the program just ends, and is asked again with more time.
case_interrupted_keeps_the_model() {
    two_classes >data
    for delay in 0.5 2 8; do
        rm -f model
        "$train" --json --solver sgd --tol 1e-15 --max-seconds 100 --trace trace.csv data model >out 2>err &
        sleep $delay
        kill -TERM $!
        status=0
        wait $! || status=$?
        test $status = 143 || break
    done
    test $status = 4 || fail "exit status $status, expected 4"
    is stop '"cancelled"'
    exists model trace.csv
    only data model trace.csv
}

case_threads_do_not_change_the_answer() {
    three_classes >data
    for threads in 1 2 3; do
        expect 0 "$train" --json --threads $threads --seed 5 data model.$threads
        is threads $threads
    done
    cmp model.1 model.2 && cmp model.1 model.3 || fail "models differ"
}

case_seed_decides_what_is_random() {
    two_classes >data
    for seed in 1 1 2; do
        mv model.b model.a 2>/dev/null
        mv model.c model.b 2>/dev/null
        expect 4 "$train" --quiet --solver sgd --max-epochs 3 --tol 1e-14 --seed $seed data model.c
    done
    cmp -s model.a model.b || fail "the same seed gave two models"
    grep -v seed model.b >b && grep -v seed model.c >c
    ! cmp -s b c || fail "another seed gave the same model"
}

case_no_intercept() {
    rows 200 '10 + 3 * s + u' >data
    expect 0 "$train" --json --loss squared --no-intercept --l2 0.01 data
    without=$(json primal)
    expect 0 "$train" --json --loss squared --l2 0.01 data
    number "@primal < $without"
    expect 0 "$train" --no-intercept data
    says out "without intercept"
}

case_standardised_features() {
    two_classes >data
    expect 0 "$train" --standardise --l2 0.1 data model
    says out "regularizer l2 0.1 on standardised features"
    expect 0 "$predict" model data
    awk '{ for (i = 2; i <= NF; i++) { split($i, pair, ":"); $i = pair[1] ":" 8 * pair[2] }; print }' data >eight
    expect 0 "$train" --json --standardise --l1 0.02 --tol 1e-10 data
    primal=$(json primal)
    expect 0 "$train" --json --standardise --l1 0.02 --tol 1e-10 eight
    is primal "$primal" # times 8 rounds nothing
    is standardise true
    is class_weight null
}

case_class_weights() {
    { two_classes | grep '^+1' && two_classes | grep '^-1' | head -n 10; } >data
    expect 0 "$train" --json --l2 0.01 --class-weight balanced data
    few=$(wc -l <data)
    is class_weight.-1 "$(awk "BEGIN { print $few / 20 }")"
    balanced=$(json primal)
    expect 0 "$train" --json --l2 0.01 data
    is class_weight null
    test "$(json primal)" != "$balanced" || fail "class weights changed nothing"
    expect 0 "$train" --json --l2 0.01 --class-weight 1,1 data
    is class_weight.-1 1
    expect 0 "$train" --class-weight 2,0.5 data
    says out "class weights -1 2, 1 0.5"
    three_classes >three
    expect 0 "$train" --json --l2 0.01 --class-weight 1,2,3 three
    is class_weight.3 3
}

case_test_file_with_unknown_labels() {
    two_classes >data
    { head -n 10 data && printf '7 1:1\nseven 1:1\n'; } >test
    expect 0 "$train" --test test data
    says out "2 of 12 rows have a label unknown in training and count as wrong"
    expect 0 "$train" --json --test test data
    is test.unknown_labels 2 && is test.n 12
    number "@test.accuracy <= 10 / 12"
}

case_test_file_is_read_with_the_index_base_of_the_training_file() {
    two_classes | sed 's/5:/0:/; s/^\([^ ]*\)\(.*\) \(0:[^ ]*\)/\1 \3\2/' >zero
    sed 's/ 0:[^ ]*//' zero >without
    expect 0 "$train" --json --test without zero
    is d 5
    expect 0 "$train" --json --test without without
}

case_standard_input_and_compressed_files() {
    two_classes >data
    "$train" --json --l2 0.01 - <data >out || fail "cannot read standard input"
    is n 200
    primal=$(json primal)
    for tool in gzip xz; do
        command -v $tool >/dev/null || continue
        $tool -k data
    done
    for file in data.gz data.xz; do
        test ! -f $file || { expect 0 "$train" --json --l2 0.01 $file && is primal "$primal"; }
    done
}

case_options_anywhere_and_in_both_forms() {
    two_classes >data
    cp data ./--odd
    expect 0 "$train" data --l2=0.01 --json
    first=$(json primal)
    expect 0 "$train" --json --l2 0.5 --l2 0.01 -- --odd
    is primal "$first"
    expect 0 "$train" --loss=logistic --test=--odd --json data
}

run_cases ${2:-}
