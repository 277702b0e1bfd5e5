# erm_train is killed and started again by the same command: sh tests/cli_resume.sh PROGRAM_DIRECTORY [CASE]
. "$(dirname "$0")/cli_support.sh"

# What is killed: slow solvers that are asked for more digits than they can reach.
often='--threads 1 --checkpoint run --checkpoint-seconds 1e-9'

data() { rows 3000 's + u - 0.5 > 0 ? "+1" : "-1"' >data; }

# kill_after SECONDS OPTIONS: starts the fit and kills it so many seconds after a checkpoint is there. False if it was over by then.
kill_after() {
    seconds=$1
    shift
    "$train" "$@" $often data killed >out 2>err </dev/null &
    process=$!
    while test ! -e run && kill -0 $process 2>/dev/null; do sleep 0.01; done
    sleep "$seconds"
    kill -9 $process 2>/dev/null
    wait $process 2>/dev/null
    test ! -e killed || return 1
    exists run
}

# Kills a fit again and again, each time further on, and compares the model with that of a fit that was left alone.
same_model() {
    data
    rm -f run killed
    expect 4 "$train" "$@" data whole
    kill_after 0 "$@" || fail 'the fit was over before it could be killed'
    for seconds in 0.1 0.2 0; do kill_after $seconds "$@" || break; done
    rm -f killed
    expect 4 "$train" "$@" $often data killed
    says out 'resumed    at epoch' ', from run'
    cmp whole killed || fail 'the models differ'
    rm -f .ermopt-*.tmp # what a writer leaves that is killed
    only data whole killed run
}

case_killed_anywhere_sgd_ends_with_the_same_model() { same_model --solver sgd --tol 1e-15 --max-epochs 150 --seed 5; }

case_killed_anywhere_dual_ends_with_the_same_model() {
    same_model --solver dual --loss hinge --l2 1e-6 --tol 1e-15 --max-epochs 120
}

case_a_finished_fit_removes_its_checkpoint_and_a_stopped_one_goes_on() {
    data
    plain='--solver gd --l2 1e-3 --tol 1e-9 --checkpoint run'
    expect 0 "$train" $plain data whole
    only data whole
    expect 4 "$train" $plain --max-epochs 3 data part
    exists run part
    expect 0 "$train" $plain --json data part
    is resumed 3
    cmp whole part || fail 'the models differ'
    only data whole part
}

case_a_checkpoint_of_another_fit_is_refused() {
    data
    three_classes >other
    plain='--solver gd --tol 1e-9 --max-epochs 3 --checkpoint run'
    expect 4 "$train" $plain --l2 1e-3 data model
    cp run kept
    expect 2 "$train" $plain --l2 1e-2 data model
    says err 'run was written with another penalty'
    expect 2 "$train" $plain --l2 1e-3 other model
    says err 'run was written with another shape of the problem'
    expect 2 "$train" --solver prox --tol 1e-9 --checkpoint run --l2 1e-3 data model
    says err 'run was written with another solver'
    cmp run kept || fail 'the checkpoint was changed'
    head -c 1000 kept >run
    expect 3 "$train" $plain --l2 1e-3 data model
    says err 'run is a damaged checkpoint'
    cp data run
    expect 3 "$train" $plain --l2 1e-3 data model
    says err 'run is not a checkpoint'
    cmp run data || fail 'a file that is no checkpoint was changed'
}

case_wrong_uses_of_checkpoints() {
    data
    expect 2 "$train" --solver hogwild --checkpoint run data
    says err 'hogwild cannot go on from a checkpoint'
    expect 2 "$train" --checkpoint data data
    says err 'would overwrite the data'
    expect 2 "$train" --checkpoint model data model
    says err 'the model and the checkpoint cannot both be model'
    expect 2 "$train" --checkpoint-seconds 3 data
    says err 'needs --checkpoint'
    expect 3 "$train" --checkpoint nowhere/run data
    says err 'nowhere/run: cannot be written'
    only data
}

run_cases "${2:-}"
