/* Small random problems for the soak test: scales of 1e-8 to 1e8, equal and empty columns, weights of 0, targets far from 0. */
#include "soak.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog_regularizer.h"

/* true in `percent` of all cases */
static bool chance(erm_rng *rng, int percent) { return erm_rng_below(rng, 100) < (uint64_t)percent; }

/* 10^low .. 10^high, evenly in the exponent */
static double magnitude(erm_rng *rng, double low, double high) { return pow(10, low + (high - low) * erm_rng_uniform(rng)); }

static double *zeros(int64_t count)
{
    double *const memory = calloc((size_t)count + 1, sizeof *memory);
    if (!memory) abort();
    return memory;
}

/* snprintf at the end of the description */
static void describe(soak_problem *soak, const char *format, double value)
{
    const size_t used = strlen(soak->text);
    snprintf(soak->text + used, sizeof soak->text - used, format, value);
}

static void spoil_columns(soak_problem *soak, erm_rng *rng, int64_t n, int64_t d, double *full)
{
    const double value = chance(rng, 50) ? 3 : magnitude(rng, -4, 4);
    const bool scaled = chance(rng, 40), equal = d > 1 && chance(rng, 25), empty = chance(rng, 10), constant = chance(rng, 10);
    const double range = chance(rng, 50) ? 8 : 2;
    for (int64_t j = 0; j < d; j++) {
        const double scale = scaled ? magnitude(rng, -range, range) : 1;
        for (int64_t i = 0; i < n; i++) full[i * d + j] = (float)(full[i * d + j] * scale);
    }
    const int64_t from = (int64_t)erm_rng_below(rng, (uint64_t)d), to = (int64_t)erm_rng_below(rng, (uint64_t)d);
    for (int64_t i = 0; i < n; i++) {
        if (equal) full[i * d + to] = full[i * d + from];
        if (empty) full[i * d + (from + 1) % d] = 0;
        if (constant) full[i * d + (to + 1) % d] = (float)value;
    }
    if (scaled) describe(soak, ", columns 1e-%g to 1e+", range);
    if (scaled) describe(soak, "%g", range);
    if (equal) describe(soak, ", equal columns", 0);
    if (empty) describe(soak, ", an empty column", 0);
    if (constant) describe(soak, ", a column of %.3g", value);
}

static void draw_targets(soak_problem *soak, erm_rng *rng, int64_t n)
{
    const erm_loss_ops *const ops = soak->loss.loss.ops;
    const bool numbers = !ops->classifies && !ops->label_ok;
    const int64_t per_row = ops->target_per_output ? soak->loss.k : 1;
    const double shift = numbers && chance(rng, 15) ? 1e9 : 0, scale = numbers && chance(rng, 20) ? magnitude(rng, -4, 4) : 1;
    const bool all_equal = chance(rng, 5);
    double *const y = soak->owned->y;
    for (int64_t i = 0; i < n; i++) {
        catalog_draw_target(&soak->loss, rng, y + i * per_row);
        for (int64_t c = 0; c < per_row; c++) y[i * per_row + c] = all_equal ? y[c] : shift + scale * y[i * per_row + c];
    }
    if (shift > 0) describe(soak, ", y + %g", shift);
    if (scale != 1) describe(soak, ", y * %.3g", scale);
    if (all_equal) describe(soak, ", all y equal", 0);
}

static void draw_weights(soak_problem *soak, erm_rng *rng, int64_t n)
{
    const int64_t kind = (int64_t)erm_rng_below(rng, 6);
    double *const s = soak->owned->weight, size = chance(rng, 30) ? magnitude(rng, -6, 6) : 1;
    for (int64_t i = 0; i < n; i++) {
        const double u = erm_rng_uniform(rng);
        s[i] = size * (kind == 0 ? 1 : kind == 1 ? u + 0.1 : kind == 2 ? floor(3 * u) : u < 0.3 ? 0 : u);
    }
    s[erm_rng_below(rng, (uint64_t)n)] = size;
    soak->owned->problem.weight = kind < 4 ? s : NULL;
    if (kind < 4) describe(soak, ", weights of kind %g", (double)kind);
    if (kind < 4 && size != 1) describe(soak, " * %.3g", size);
}

static erm_regularizer draw_regularizer(soak_problem *soak, erm_rng *rng)
{
    int64_t count;
    const regularizer_case *const catalog = regularizer_catalog(&count);
    const regularizer_case *const entry = &catalog[erm_rng_below(rng, (uint64_t)count)];
    erm_regularizer chosen = entry->regularizer;
    soak->regularizer = entry->name;
    describe(soak, " x ", 0);
    strncat(soak->text, entry->name, sizeof soak->text - strlen(soak->text) - 1);
    const bool strength = !strncmp(entry->name, "l1", 2) || !strncmp(entry->name, "l2", 2) || !strncmp(entry->name, "elastic", 7);
    if (strength && chance(rng, 60)) {
        const double factor = magnitude(rng, -4, 2);
        for (int p = 0; p < 2; p++) chosen.param[p] *= factor;
        describe(soak, " * %.3g", factor);
    }
    return chosen;
}

static void draw_options(soak_problem *soak, erm_rng *rng)
{
    erm_problem *const problem = &soak->owned->problem;
    problem->standardise = chance(rng, 25);
    if (problem->standardise) describe(soak, ", standardised", 0);
    if (!problem->loss.ops->classifies || !chance(rng, 30)) return;
    soak->class_weight = zeros(problem->k > 1 ? problem->k : 2);
    for (int64_t c = 0; c < (problem->k > 1 ? problem->k : 2); c++) soak->class_weight[c] = magnitude(rng, -2, 2);
    problem->class_weight = soak->class_weight;
    describe(soak, ", class weights", 0);
}

/* Of the row and its class. */
static long double weight_of(const soak_problem *soak, int64_t i)
{
    const erm_problem *const problem = &soak->owned->problem;
    const long double s = problem->weight ? problem->weight[i] : 1;
    if (!problem->class_weight) return s;
    return s * problem->class_weight[problem->k > 1 ? (int64_t)problem->y[i] : problem->y[i] > 0];
}

static soak_problem draw_problem(uint64_t seed, bool tall)
{
    erm_rng rng = erm_rng_seed(seed);
    soak_problem soak = {.loss = catalog_loss_at((int)erm_rng_below(&rng, (uint64_t)catalog_loss_count()))};
    const int64_t n = (tall ? 4500 : 1) + (int64_t)erm_rng_below(&rng, tall ? 2000 : 40);
    const int64_t d = 1 + (int64_t)erm_rng_below(&rng, tall ? 4 : 12), k = soak.loss.k;
    const matrix_kind *const kind = &matrix_kinds[erm_rng_below(&rng, (uint64_t)matrix_kinds_count)];
    snprintf(soak.text, sizeof soak.text, "seed %llu: %lld x %lld %s, %s", (unsigned long long)seed, (long long)n, (long long)d,
             kind->name, soak.loss.name);
    const erm_regularizer regularizer = draw_regularizer(&soak, &rng);
    owned_problem *const owned = soak.owned = calloc(1, sizeof *owned);
    if (!owned) abort();
    double *const full = random_numbers(&rng, n, d, chance(&rng, 50) ? 1 : 0.4);
    spoil_columns(&soak, &rng, n, d, full);
    owned->matrix = owned_matrix_new(kind, n, d, full);
    free(full);
    owned->y = zeros(n * k);
    owned->weight = zeros(n);
    owned->offset = zeros(n * k);
    draw_targets(&soak, &rng, n);
    draw_weights(&soak, &rng, n);
    for (int64_t i = 0; i < n * k; i++) owned->offset[i] = 0.5 * erm_rng_normal(&rng);
    const bool offset = chance(&rng, 30), intercept = chance(&rng, 60);
    if (offset) describe(&soak, ", offset", 0);
    if (intercept) describe(&soak, ", intercept", 0);
    owned->problem = (erm_problem){.X = owned->matrix->X,
                                   .y = owned->y,
                                   .weight = owned->problem.weight,
                                   .offset = offset ? owned->offset : NULL,
                                   .loss = soak.loss.loss,
                                   .regularizer = regularizer,
                                   .k = k,
                                   .intercept = intercept};
    owned->size = erm_problem_size(&owned->problem);
    draw_options(&soak, &rng);
    return soak;
}

soak_problem soak_problem_new(uint64_t seed) { return draw_problem(seed, false); }

soak_problem soak_problem_new_tall(uint64_t seed) { return draw_problem(seed, true); }

void soak_problem_free(soak_problem *soak)
{
    free(soak->class_weight);
    owned_problem_free(soak->owned);
}

/* The standard deviation of column j, 1 where it does not vary; 1 for all where the problem is not standardised. */
static double deviation_of(const soak_problem *soak, int64_t j)
{
    const erm_problem *const problem = &soak->owned->problem;
    const int64_t n = problem->X->rows, d = problem->X->cols;
    long double total = 0, mean = 0, squares = 0;
    if (!problem->standardise) return 1;
    for (int64_t i = 0; i < n; i++) total += weight_of(soak, i);
    for (int64_t i = 0; i < n; i++) mean += weight_of(soak, i) * soak->owned->matrix->full[i * d + j] / total;
    for (int64_t i = 0; i < n; i++) squares += weight_of(soak, i) * powl(soak->owned->matrix->full[i * d + j] - mean, 2) / total;
    const double deviation = (double)sqrtl(squares);
    return deviation > 1e-12 * fabsl(mean) ? deviation : 1;
}

/* One sample: its margins in z, and the sum of the sizes of what they are made of. */
static double margins(const owned_problem *owned, int64_t i, const double *w, double *z)
{
    const erm_problem *const problem = &owned->problem;
    const int64_t d = problem->X->cols, k = problem->k;
    double terms = 0;
    for (int64_t c = 0; c < k; c++) {
        long double margin = problem->offset ? problem->offset[i * k + c] : 0;
        terms += (double)fabsl(margin);
        for (int64_t j = 0; j < d; j++) {
            const long double part = (long double)owned->matrix->full[i * d + j] * w[j * k + c];
            margin += part;
            terms += (double)fabsl(part);
        }
        const double b = problem->intercept ? w[d * k + c] : 0;
        z[c] = (double)(margin + b);
        terms += fabs(b);
    }
    return terms;
}

static double *scratch_of(const erm_problem *problem)
{
    const erm_regularizer *const R = &problem->regularizer;
    return zeros(R->ops->scratch ? R->ops->scratch(R, problem->X->cols, problem->k) : 0);
}

/* The penalty, and the sum of the sizes of what it is made of: differences of entries cancel no longer where signs alternate. */
static double penalty_of(const soak_problem *soak, const double *w, double *terms)
{
    const erm_problem *const problem = &soak->owned->problem;
    const erm_regularizer *const R = &problem->regularizer;
    const int64_t d = problem->X->cols, k = problem->k;
    double *const scratch = scratch_of(problem), *const v = zeros(d * k);
    for (int64_t j = 0; j < d; j++) {
        const double deviation = deviation_of(soak, j);
        for (int64_t c = j * k; c < (j + 1) * k; c++) v[c] = w[c] * deviation;
    }
    const erm_shape shape = {.d = d, .k = k, .scratch = scratch};
    const double value = R->ops->value(R, shape, v);
    for (int64_t j = 0; j < d; j++)
        for (int64_t c = j * k; c < (j + 1) * k; c++) v[c] = j % 2 ? fabs(v[c]) : -fabs(v[c]);
    const double apart = R->ops->value(R, shape, v);
    *terms = fabs(isfinite(apart) ? fmax(apart, value) : value); /* a constraint may hold for one of them alone */
    free(scratch);
    free(v);
    return value;
}

/* The largest derivative of the loss of a row whose margins are off by so much: it jumps at a kink. */
static double slope_around(const soak_problem *soak, const double *z, const double *y, double off)
{
    const erm_loss *const loss = &soak->owned->problem.loss;
    const int64_t k = soak->owned->problem.k;
    double *const near = zeros(k), *const D = zeros(k), slope = 0;
    for (int side = -1; side <= 1; side++) {
        for (int64_t c = 0; c < k; c++) near[c] = z[c] + (c % 2 ? -side : side) * off;
        loss->ops->eval(loss, 1, k, near, y, NULL, D, NULL);
        for (int64_t c = 0; c < k; c++) slope = fmax(slope, fabs(D[c]));
    }
    free(near);
    free(D);
    return slope;
}

soak_value soak_objective(const soak_problem *soak, const double *w)
{
    const owned_problem *const owned = soak->owned;
    const erm_problem *const problem = &owned->problem;
    const int64_t n = problem->X->rows, k = problem->k, per_row = problem->loss.ops->target_per_output ? k : 1;
    double *const z = zeros(k);
    long double sum = 0, terms = 0, total = 0;
    for (int64_t i = 0; i < n; i++) {
        const long double s = weight_of(soak, i);
        if (s == 0) continue; /* also where the loss overflows */
        double parts = margins(owned, i, w, z);
        const double *const y = owned->y + i * per_row;
        const long double loss = soak->loss.exact(problem->loss.param, k, z, y);
        for (int64_t c = 0; c < per_row; c++) parts += fabs(y[c]);
        const double slope = slope_around(soak, z, y, 4 * DBL_EPSILON * parts);
        sum += s * loss;
        /* z is off by the rounding of its parts, and the loss by its slope times that, or its curvature times the square */
        terms += s * (fabsl(loss) + (long double)slope * parts + DBL_EPSILON * (long double)parts * parts);
        total += s;
    }
    free(z);
    double parts_of_penalty;
    const double penalty = penalty_of(soak, w, &parts_of_penalty);
    return (soak_value){.F = (double)(sum / total) + penalty, .terms = (double)(terms / total) + parts_of_penalty};
}

void soak_random_point(const soak_problem *soak, erm_rng *rng, double spread, double *w)
{
    const erm_problem *const problem = &soak->owned->problem;
    const erm_regularizer *const R = &problem->regularizer;
    const int64_t n = problem->X->rows, d = problem->X->cols, k = problem->k;
    for (int64_t j = 0; j < soak->owned->size; j++) {
        double squares = 0;
        for (int64_t i = 0; i < n && j < d * k; i++) squares += pow(soak->owned->matrix->full[i * d + j / k], 2);
        w[j] = spread * erm_rng_normal(rng) / (squares > 0 ? sqrt(squares / (double)n) : 1);
    }
    double *const scratch = scratch_of(problem);
    for (int64_t j = 0; j < d * k; j++) w[j] *= deviation_of(soak, j / k);
    R->ops->prox(R, (erm_shape){.d = d, .k = k, .scratch = scratch}, 1e-300, NULL, w, w);
    for (int64_t j = 0; j < d * k; j++) w[j] /= deviation_of(soak, j / k);
    free(scratch);
}
