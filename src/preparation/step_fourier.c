/* Random Fourier features, sqrt(2 / D) cos(omega_f'x + phase_f), whose products have the mean exp(-gamma |x - x'|^2): omega_f
 * normal with variance 2 gamma, the phases uniform on [0, 2 pi). Rahimi and Recht (2007), "Random features for large-scale kernel
 * machines", algorithm 1. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/number.h"
#include "base/threads.h"
#include "ermopt/rng.h"
#include "preparation/new_matrix.h"
#include "preparation/steps.h"

enum { BLOCK = 128, WORTH_A_THREAD = 100000 /* cosines */ };

/* omega (d_in x D, row-major), then the phases. */
static erm_status derive(erm_fitted_step *fitted)
{
    const int64_t d = fitted->d_in, D = fitted->d_out;
    if (d > PTRDIFF_MAX / 8 / D - 1) return ERM_ENOMEM;
    fitted->derived = malloc((size_t)((d + 1) * D) * sizeof *fitted->derived);
    if (!fitted->derived) return ERM_ENOMEM;
    const double deviation = sqrt(2 * fitted->step.param[1]), circle = 6.283185307179586477;
    erm_rng rng = erm_rng_seed(fitted->step.seed);
    for (int64_t f = 0; f < D; f++) fitted->derived[d * D + f] = circle * erm_rng_uniform(&rng);
    for (int64_t t = 0; t < d * D; t++) fitted->derived[t] = deviation * erm_rng_normal(&rng);
    return ERM_OK;
}

static double derived_count(int64_t d_in, int64_t d_out) { return ((double)d_in + 1) * (double)d_out; }

static void fill_rows(const erm_fitted_step *fitted, const erm_matrix *X, erm_rows rows, double *out)
{
    const int64_t D = fitted->d_out;
    const double *const phase = fitted->derived + fitted->d_in * D, amplitude = sqrt(2 / (double)D);
    X->ops->mul(X, rows, D, fitted->derived, out);
    for (int64_t t = 0; t < rows.count; t++)
        for (int64_t f = 0; f < D; f++) out[t * D + f] = amplitude * cos(out[t * D + f] + phase[f]);
}

static erm_status apply(const erm_fitted_step *fitted, const erm_matrix *X, erm__prepared_part *part, const erm_matrix **out,
                        char *detail)
{
    const int64_t D = fitted->d_out, blocks = X->rows / BLOCK + (X->rows % BLOCK > 0);
    erm_status status = erm__check_whole(X, detail);
    if (status == ERM_OK) status = erm__dense_open(X->rows, D, &part->copy, detail);
    if (status != ERM_OK) return status;
    double *const values = part->copy.values;
    const int threads = (double)X->rows * (double)D > WORTH_A_THREAD ? erm__threads_available() : 1;
#pragma omp parallel for schedule(static) num_threads(threads)
    for (int64_t block = 0; block < blocks; block++) {
        const int64_t begin = block * BLOCK, count = X->rows - begin < BLOCK ? X->rows - begin : BLOCK;
        fill_rows(fitted, X, (erm_rows){.begin = begin, .count = count}, values + begin * D);
    }
    *out = &part->copy.matrix.base;
    return ERM_OK;
}

/* ---- as text -------------------------------------------------------------------------------------------------------- */

static bool parse(const char *text, erm_prepare *self)
{
    const char *const colon = strchr(text, ':');
    return colon && erm__number_parse(text, (size_t)(colon - text), &self->param[0]) &&
           erm__number_parse(colon + 1, strlen(colon + 1), &self->param[1]);
}

static void describe(const erm_prepare *self, char *text, size_t size)
{
    char gamma[ERM_NUMBER_SIZE];
    erm__number_format_shortest(self->param[1], gamma);
    snprintf(text, size, "fourier=%.0f:%s", self->param[0], gamma);
}

static erm_status check(const erm_prepare *self, int64_t d, int64_t *columns, char *detail)
{
    (void)d;
    const double D = self->param[0], gamma = self->param[1];
    if (!(D >= 1 && D <= (double)ERM_PREPARED_COLUMNS_MAX && D == (double)(int64_t)D))
        return erm__fail(detail, ERM_EINVAL, "fourier with %g features; expected a whole number from 1 to %" PRId64, D,
                         ERM_PREPARED_COLUMNS_MAX);
    if (!(gamma > 0 && isfinite(gamma)))
        return erm__fail(detail, ERM_EINVAL, "fourier with gamma = %g; expected a number above 0", gamma);
    *columns = (int64_t)D;
    return ERM_OK;
}

static void name_column(const erm_fitted_step *fitted, const erm__namer *in, int64_t j, char *text, size_t size)
{
    (void)fitted, (void)in;
    snprintf(text, size, "fourier %" PRId64, j + 1);
}

static const erm_prepare_ops ops = {.name = "fourier",
                                    .list_name = "fourier",
                                    .takes = "=FEATURES:GAMMA",
                                    .params = 2,
                                    .seeded = true,
                                    .copies = true,
                                    .multiplies = true,
                                    .parse = parse,
                                    .describe = describe,
                                    .check = check,
                                    .derive = derive,
                                    .derived_count = derived_count,
                                    .apply = apply,
                                    .name_column = name_column};

const erm_prepare_ops *erm__fourier_ops(void) { return &ops; }

erm_prepare erm_prepare_fourier(int64_t features, double gamma, uint64_t seed)
{
    return (erm_prepare){.ops = &ops, .param = {(double)features, gamma}, .seed = seed};
}
