# Preparation from the outside: erm_train --prepare, and erm_predict that repeats it.
. "$(dirname "$0")/cli_support.sh"

# Two rings, the inner one labelled 1.
rings() {
    awk -v n="$1" -v seed="$2" 'BEGIN { srand(seed); for (i = 0; i < n; i++) { a = 6.2831853 * rand(); r = (i % 2 ? 1 : 2) + 0.2 * (rand() - 0.5)
        printf "%d 1:%.6f 2:%.6f\n", i % 2 ? 1 : -1, r * cos(a), r * sin(a) } }'
}

table() {
    printf 'age,bmi,colour,y\n1,2,red,no\n2,,blue,yes\n3,1,red,no\n4,7,blue,yes\n,3,red,no\n6,NA,,yes\n'
}

case_prepared_features_separate_rings_and_are_repeated() {
    rings 200 1 >data
    rings 100 2 >new
    expect 0 "$train" --json --l2 1e-3 --test new data plain
    number "@test.accuracy < 0.7"
    for steps in fourier=200:0.5 standardise,polynomial=2; do
        expect 0 "$train" --json --l2 1e-3 --prepare $steps --test new data model
        valid_json
        is prepare "\"$steps\""
        number "@test.accuracy > 0.95 && @d == 2 && @prepared_d > 2"
        accuracy=$(json test.accuracy)
        expect 0 "$predict" --json model new
        is accuracy "$accuracy"
    done
}

case_missing_cells_are_imputed() {
    table >data.csv
    expect 3 "$train" data.csv
    says err "bmi" "missing"
    expect 0 "$train" --prepare impute=median,drop-constant,standardise data.csv model
    says out "prepared   impute=median,drop-constant,standardise: 4 columns became 4"
    says model "step impute-median" "feature age" "feature colour=blue" "1 3"
    expect 0 "$predict" --scores model data.csv scores
    test "$(grep -vc '#' scores)" = 6 || fail "not a prediction for each row"
    expect 3 "$predict" --missing refuse model data.csv scores
    expect 3 "$train" --missing nan --prepare standardise data.csv
    says err "impute"
    expect 3 "$train" --missing nan data.csv
    says err "impute"
}

case_the_seed_makes_the_features() {
    rings 60 3 >data
    expect 0 "$train" --quiet --prepare fourier=20:1 --seed 1 data a
    expect 0 "$train" --quiet --prepare fourier=20:1 --seed 1 data b
    expect 0 "$train" --quiet --prepare fourier=20:1 --seed 2 data c
    cmp -s a b || fail "the same seed gives another model"
    cmp -s a c && fail "another seed gives the same model"
    expect 0 "$predict" a data one
    expect 0 "$predict" b data two
    cmp -s one two || fail "the same model predicts otherwise"
}

case_wrong_steps_are_refused_in_one_sentence() {
    rings 20 1 >data
    for steps in standardize impute=mode polynomial=two standardise,; do
        expect 2 "$train" --prepare "$steps" data model
        says err "--prepare: "
        test "$(wc -l <err)" = 1 || fail "not one sentence"
        silent out
        only data
    done
    for steps in polynomial=9 fourier=0:1 hash=1e12; do
        expect 2 "$train" --prepare "$steps" data model
        says err "--prepare: "
        only data
    done
}

run_cases ${2:-}
