/* Preparation: every step against its formula, in every format. */
#include "check.h"

#include <stdio.h>

#include "matrices.h"
#include "preparations.h"

/* ---- the formulas, on dense numbers --------------------------------------------------------------------------------- */

/* A table of numbers that is prepared in place: the first n rows are those of training. */
typedef struct table {
    int64_t rows, d, n;
    double *x;
} table;

static double *column(const table *t, int64_t j, int64_t *count)
{
    double *values = calloc((size_t)t->n + 1, sizeof *values);
    assert_non_null(values);
    *count = 0;
    for (int64_t i = 0; i < t->n; i++)
        if (!isnan(t->x[i * t->d + j])) values[(*count)++] = t->x[i * t->d + j];
    return values;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double mean_of(int64_t n, const double *x)
{
    long double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += (long double)x[i];
    return n > 0 ? (double)(sum / (long double)n) : 0;
}

static double median_of(int64_t n, double *x)
{
    qsort(x, (size_t)n, sizeof *x, compare);
    return n == 0 ? 0 : n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static void scale_column(table *t, int64_t j, double centre, double size)
{
    for (int64_t i = 0; i < t->rows; i++) t->x[i * t->d + j] = (t->x[i * t->d + j] - centre) / (size > 0 ? size : 1);
}

/* Whether the step was done. */
static bool change_column(table *t, int64_t j, const char *step)
{
    int64_t n;
    double *x = column(t, j, &n), low = INFINITY, high = -INFINITY, square = 0, fill = NAN;
    const double mean = mean_of(n, x);
    for (int64_t i = 0; i < n; i++) {
        low = fmin(low, x[i]);
        high = fmax(high, x[i]);
        square += (x[i] - mean) * (x[i] - mean) / (double)n;
    }
    bool done = true;
    if (strcmp(step, "standardise") == 0)
        scale_column(t, j, low == high ? low : mean, low == high ? 0 : sqrt(square));
    else if (strcmp(step, "min-max") == 0)
        scale_column(t, j, low, high - low);
    else if (strcmp(step, "max-abs") == 0)
        scale_column(t, j, 0, fmax(-low, high));
    else if (strcmp(step, "impute=mean") == 0)
        fill = mean;
    else if (strcmp(step, "impute=median") == 0)
        fill = median_of(n, x);
    else
        done = sscanf(step, "impute=%lf", &fill) == 1;
    for (int64_t i = 0; done && !isnan(fill) && i < t->rows; i++)
        if (isnan(t->x[i * t->d + j])) t->x[i * t->d + j] = fill;
    free(x);
    return done;
}

static void replace(table *t, int64_t d, double *x)
{
    free(t->x);
    t->x = x;
    t->d = d;
}

static void drop_constant(table *t)
{
    double *kept = calloc((size_t)(t->rows * t->d + 1), sizeof *kept);
    bool *varies = calloc((size_t)t->d + 1, sizeof *varies);
    assert_non_null(kept);
    assert_non_null(varies);
    int64_t d = 0, at = 0;
    for (int64_t j = 0; j < t->d; j++) {
        for (int64_t i = 1; i < t->n; i++) varies[j] = varies[j] || t->x[i * t->d + j] != t->x[j];
        d += varies[j];
    }
    for (int64_t i = 0; i < t->rows; i++)
        for (int64_t j = 0; j < t->d; j++)
            if (varies[j]) kept[at++] = t->x[i * t->d + j];
    free(varies);
    replace(t, d, kept);
}

/* Products in the order of nested loops over their factors. */
static int64_t expand(const double *x, int64_t d, int degree, bool distinct, int64_t from, double product, double *out)
{
    if (degree == 0) {
        *out = product;
        return 1;
    }
    int64_t count = 0;
    for (int64_t j = from; j < d; j++)
        count += expand(x, d, degree - 1, distinct, distinct ? j + 1 : j, product * x[j], out + count);
    return count;
}

static void polynomial(table *t, int degree, bool distinct)
{
    double *out = calloc((size_t)(t->rows * 4000 + 4000), sizeof *out);
    assert_non_null(out);
    int64_t at = 0;
    for (int64_t i = 0; i < t->rows; i++)
        for (int g = 1; g <= degree; g++) at += expand(t->x + i * t->d, t->d, g, distinct, 0, 1, out + at);
    replace(t, t->rows > 0 ? at / t->rows : 0, out);
}

/* False if the recipe has a step that is checked elsewhere. */
static bool prepare(table *t, const char *recipe)
{
    char text[200], *step = text;
    snprintf(text, sizeof text, "%s", recipe);
    for (char *end; step; step = end) {
        int degree;
        end = strchr(step, ',');
        if (end) *end++ = '\0';
        if (strcmp(step, "drop-constant") == 0) {
            drop_constant(t);
        } else if (sscanf(step, "polynomial=%d", &degree) == 1) {
            polynomial(t, degree, false);
        } else if (sscanf(step, "interactions=%d", &degree) == 1) {
            polynomial(t, degree, true);
        } else {
            for (int64_t j = 0; j < t->d; j++)
                if (!change_column(t, j, step)) return false;
        }
    }
    return true;
}

/* ---- tests ---------------------------------------------------------------------------------------------------------- */

enum { TRAINING = 29 };

/* One recipe on one kind of matrix: learnt from the first rows, applied to all. */
static bool follows_its_formula(const matrix_kind *kind, const char *recipe, bool missing, uint64_t seed)
{
    erm_rng rng = erm_rng_seed(seed);
    double *x = preparations_numbers(&rng, PREPARATIONS_ROWS, missing);
    owned_matrix *all = owned_matrix_new(kind, PREPARATIONS_ROWS, PREPARATIONS_COLS, x);
    int64_t list[TRAINING];
    for (int64_t i = 0; i < TRAINING; i++) list[i] = i;
    const erm_rows_view training = erm_rows_view_of(all->X, TRAINING, list);
    table t = {.rows = PREPARATIONS_ROWS,
               .n = TRAINING,
               .d = all->cols,
               .x = calloc(PREPARATIONS_ROWS * PREPARATIONS_COLS * 3, sizeof *t.x)};
    assert_non_null(t.x);
    memcpy(t.x, all->full, (size_t)(all->rows * all->cols) * sizeof *t.x);
    t.rows = all->rows;
    const bool known = all->rows >= TRAINING && prepare(&t, recipe);
    if (known) {
        erm_preparation fitted = preparations_fit(recipe, &training.base, NULL);
        double *made = preparations_apply(&fitted, all->X);
        if (fitted.d != t.d) fail_case("%s of %s: %d columns, not %d", recipe, kind->name, (int)fitted.d, (int)t.d);
        for (int64_t p = 0; p < t.rows * t.d; p++)
            if (!(fabs(made[p] - t.x[p]) <= 1e-9 * fmax(1, fabs(t.x[p]))))
                fail_case("%s of %s: row %d, column %d: %.17g, not %.17g", recipe, kind->name, (int)(p / t.d), (int)(p % t.d),
                          made[p], t.x[p]);
        free(made);
        erm_preparation_free(&fitted);
    }
    free(t.x);
    free(x);
    owned_matrix_free(all);
    return known;
}

static void every_step_follows_its_formula_in_every_format(void **state)
{
    (void)state;
    int done = 0;
    for (int r = 0; preparations_recipes[r]; r++) {
        const matrix_kind *kind;
        for (int number = 0; (kind = matrix_kind_at(number)) != NULL; number++) {
            const bool missing = r < preparations_missing && !kind->centred && !kind->part[0];
            done += follows_its_formula(kind, preparations_recipes[r], missing, (uint64_t)(100 * r + number));
        }
    }
    assert_true(done > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_follows_its_formula_in_every_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
