/* The linear regression sets of the NIST Statistical Reference Datasets: how many digits of the certified coefficients each
 * solver reaches. */
#include "check.h"

#include <stdio.h>

#include "ermopt/solve.h"

enum { MOST_ROWS = 82, MOST_COLUMNS = 10, LINE = 512 };

typedef struct data_set {
    const char *name;
    int columns; /* without the intercept */
    bool powers; /* of one x: x, x^2, ... */
    bool intercept;
} data_set;

static const data_set sets[] = {
    {"norris", 1, false, true},  {"pontius", 2, true, true},  {"noint1", 1, false, false}, {"noint2", 1, false, false},
    {"filip", 10, true, true},   {"longley", 6, false, true}, {"wampler1", 5, true, true}, {"wampler2", 5, true, true},
    {"wampler3", 5, true, true}, {"wampler4", 5, true, true}, {"wampler5", 5, true, true},
};
enum { SETS = sizeof sets / sizeof *sets };

enum { NONE = -99 };

/* The digits that a solver owes on each set, in the order above. NONE: first-order methods do not get near the minimum of the
 * worst conditioned sets, and say so. `direct` owes what both R's lm and LAPACK's dgelsd reach (data/nist/README.md). */
static const struct {
    const char *solver;
    double digits[SETS];
} owed[] = {
    {"prox", {10, 5, 13, 13, NONE, 3, NONE, NONE, NONE, NONE, NONE}},
    {"gd", {10, 5, 13, 13, NONE, 3, NONE, NONE, NONE, NONE, NONE}},
    {"direct", {12, 9, 14, 14, 6.7, 10.9, 9, 10.2, 9, 7.85, 5.9}},
};

typedef struct observations {
    int64_t n;
    double X[MOST_ROWS * MOST_COLUMNS], y[MOST_ROWS];
} observations;

static FILE *open_data(const char *name)
{
    char path[LINE];
    snprintf(path, sizeof path, "%s/nist/%s.csv", TEST_DATA, name);
    FILE *const file = fopen(path, "r");
    if (!file) fail_case("cannot open %s", path);
    return file;
}

static void read_row(const data_set *set, char *line, observations *data)
{
    double *const x = data->X + data->n * set->columns;
    char *at = line;
    data->y[data->n] = strtod(at, &at);
    for (int j = 0; j < set->columns; j++) {
        /* rounded once: products of doubles would be off by several roundings in x^10 */
        if (set->powers && j > 0)
            x[j] = (double)powl(x[0], j + 1);
        else
            x[j] = strtod(at + 1, &at);
    }
    data->n++;
}

static void read_observations(const data_set *set, observations *data)
{
    char line[LINE];
    FILE *const file = open_data(set->name);
    data->n = 0;
    assert_non_null(fgets(line, sizeof line, file)); /* the header */
    while (data->n < MOST_ROWS && fgets(line, sizeof line, file)) read_row(set, line, data);
    fclose(file);
    assert_true(data->n >= 3);
}

/* certified[j] for column j, the intercept last, as in w. */
static void read_certified(const data_set *set, double *certified)
{
    char line[LINE], name[LINE];
    FILE *const file = open_data("certified");
    int found = 0;
    while (fgets(line, sizeof line, file)) {
        char *const comma = strchr(line, ',');
        assert_non_null(comma);
        snprintf(name, sizeof name, "%.*s", (int)(comma - line), line);
        if (strcmp(name, set->name) != 0 || comma[1] != 'B') continue;
        const long b = strtol(comma + 2, NULL, 10);
        certified[b == 0 ? set->columns : b - 1] = strtod(strchr(comma + 1, ',') + 1, NULL);
        found++;
    }
    fclose(file);
    assert_int_equal(found, set->columns + (set->intercept ? 1 : 0));
}

/* The fewest digits in which a coefficient agrees: -log10 of the relative error, 15 at most since no more are certified. */
static double digits_of(int count, const double *w, const double *certified)
{
    double fewest = 15;
    for (int j = 0; j < count; j++) {
        const double error = fabs(w[j] - certified[j]) / fabs(certified[j]);
        fewest = fmin(fewest, isfinite(error) ? -log10(fmax(error, 1e-15)) : -INFINITY);
    }
    return fewest;
}

/* The digits that `solver` reaches on the set within a bounded number of epochs. */
static double digits_reached(erm_solver solver, const data_set *set, erm_result *result)
{
    static observations data;
    double w[MOST_COLUMNS + 1] = {0}, certified[MOST_COLUMNS + 1];
    read_observations(set, &data);
    read_certified(set, certified);
    const erm_dense X = erm_dense_f64(data.n, set->columns, data.X, set->columns);
    const erm_problem problem = {
        .X = &X.base, .y = data.y, .loss = erm_loss_squared(), .regularizer = erm_none(), .intercept = set->intercept};
    const erm_options options = {.solver = solver, .tol = 1e-14, .max_epochs = 3000};
    if (erm_solve(&problem, &options, w, result)) fail_case("%s: %s", set->name, result->detail);
    return digits_of(set->columns + (set->intercept ? 1 : 0), w, certified);
}

static void each_solver_reaches_the_digits_that_it_owes(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof owed / sizeof *owed; s++) {
        erm_solver solver;
        if (!erm_solver_from_name(owed[s].solver, &solver)) continue;
        for (int i = 0; i < SETS; i++) {
            erm_result result;
            const double digits = digits_reached(solver, &sets[i], &result);
            print_message("%-8s %-8s %5.1f digits, %s after %lld epochs\n", sets[i].name, owed[s].solver, digits,
                          erm_stop_text(result.stop), (long long)result.epochs);
            if (digits < owed[s].digits[i])
                fail_case("%s reaches %.2f digits on %s, and owes %.1f", owed[s].solver, digits, sets[i].name, owed[s].digits[i]);
            if (result.stop == ERM_STOP_CONVERGED && digits < 3) /* F is within 1e-14 then, whatever the condition does to W */
                fail_case("%s on %s calls %.2f digits converged", owed[s].solver, sets[i].name, digits);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_solver_reaches_the_digits_that_it_owes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
