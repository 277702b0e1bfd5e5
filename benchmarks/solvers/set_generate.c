/* Problems with known structure: rows N(0, Sigma) with Sigma_jk = rho^|j-k|, and sparse rows with power-law columns as in text.
 * Besides the names below, ar-N-D-RHO and zipf-N-D-Z (Z values in a row) are drawn on request. */
#include "set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ermopt/rng.h"

typedef struct recipe {
    const char *name;
    int64_t rows, cols;
    double correlation; /* rho; of a sparse set: stored values in a row */
    int64_t support;    /* nonzeros of the true W; 0: all */
    bool sparse;
} recipe;

static const recipe recipes[] = {
    {"dense200k", 200000, 200, 0.9, 0, false},   /* n >> d */
    {"dense20k", 20000, 100, 0.9, 0, false},     /* smaller */
    {"dense8k", 8000, 50, 0.9, 0, false},        /* the same, for a quick run */
    {"square2k", 2000, 2000, 0.5, 50, false},    /* n = d */
    {"lasso1k20k", 1000, 20000, 0.5, 50, false}, /* d >> n, known support */
    {"lasso500", 500, 5000, 0.5, 25, false},     /* smaller */
    {"lasso200", 200, 2000, 0.5, 20, false},     /* the same, for a quick run */
    {"ridge2k5k", 2000, 5000, 0.5, 0, false},    /* n < d */
    {"illcond50k", 50000, 100, 0.999, 0, false}, /* condition number some 2000 times that of rho = 0 */
    {"zipf200k", 200000, 50000, 72, 0, true},    /* like a corpus of short texts */
    {"zipf20k", 20000, 20000, 50, 0, true},      /* smaller */
    {"zipf8k", 8000, 8000, 40, 0, true},         /* the same, for a quick run */
};

static void draw_rows(const recipe *self, erm_rng *rng, double *X)
{
    const double rho = self->correlation, fresh = sqrt(1 - rho * rho);
    for (int64_t i = 0; i < self->rows; i++) {
        double *const x = X + i * self->cols;
        for (int64_t j = 0; j < self->cols; j++) {
            const double e = erm_rng_normal(rng);
            x[j] = j ? rho * x[j - 1] + fresh * e : e;
        }
    }
}

static int by_column(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Column number floor(d^u) - 1: the density of column j falls as 1 / (j + 1), Zipf's law. */
static int64_t draw_columns(const recipe *self, erm_rng *rng, int32_t *index)
{
    const int64_t wanted = (int64_t)self->correlation;
    for (int64_t p = 0; p < wanted; p++)
        index[p] = (int32_t)fmin(pow((double)self->cols, erm_rng_uniform(rng)) - 1, (double)self->cols - 1);
    qsort(index, (size_t)wanted, sizeof *index, by_column);
    int64_t kept = 0;
    for (int64_t p = 0; p < wanted; p++)
        if (p == 0 || index[p] != index[kept - 1]) index[kept++] = index[p];
    return kept;
}

/* Rarer columns weigh more, as with tf-idf, and every row has norm 1. */
static void draw_text(const recipe *self, erm_rng *rng, bench_set *set)
{
    const int64_t most = self->rows * (int64_t)self->correlation;
    set->index = bench_memory(most, sizeof *set->index);
    set->values = bench_memory(most, sizeof *set->values);
    set->start = bench_memory(self->rows + 1, sizeof *set->start);
    set->start[0] = 0;
    for (int64_t i = 0; i < self->rows; i++) {
        const int64_t begin = set->start[i], count = draw_columns(self, rng, set->index + begin);
        double square = 0;
        for (int64_t p = begin; p < begin + count; p++) {
            set->values[p] = (1 + erm_rng_uniform(rng)) * log(2 + set->index[p]);
            square += set->values[p] * set->values[p];
        }
        for (int64_t p = begin; p < begin + count; p++) set->values[p] /= sqrt(square);
        set->start[i + 1] = begin + count;
    }
}

static double deviation(int64_t n, const double *z)
{
    double mean = 0, square = 0;
    for (int64_t i = 0; i < n; i++) mean += z[i] / (double)n;
    for (int64_t i = 0; i < n; i++) square += (z[i] - mean) * (z[i] - mean) / (double)n;
    return sqrt(square);
}

/* Labels from a logistic model whose margins have deviation 2; targets with signal to noise ratio 3, centred, deviation 1. */
static void draw_answers(const recipe *self, erm_rng *rng, bench_set *set)
{
    const int64_t n = self->rows, d = self->cols;
    double *const w = bench_memory(d, sizeof *w), *const z = bench_memory(n, sizeof *z);
    memset(w, 0, (size_t)d * sizeof *w);
    if (self->support)
        for (int64_t s = 0; s < self->support; s++) w[erm_rng_below(rng, (uint64_t)d)] = erm_rng_uniform(rng) < 0.5 ? -1 : 1;
    else
        for (int64_t j = 0; j < d; j++) w[j] = erm_rng_normal(rng);
    set->X.base.ops->mul(&set->X.base, (erm_rows){.count = n}, 1, w, z);
    const double scale = 2 / deviation(n, z);
    set->label = bench_memory(n, sizeof *set->label);
    set->target = bench_memory(n, sizeof *set->target);
    double mean = 0;
    for (int64_t i = 0; i < n; i++) {
        set->label[i] = erm_rng_uniform(rng) < 1 / (1 + exp(-scale * z[i])) ? 1 : -1;
        set->target[i] = scale * z[i] + 2 / sqrt(3) * erm_rng_normal(rng);
        mean += set->target[i] / (double)n;
    }
    const double spread = deviation(n, set->target);
    for (int64_t i = 0; i < n; i++) set->target[i] = (set->target[i] - mean) / spread;
    set->classes = 2;
    free(w);
    free(z);
}

static bool find_recipe(const char *name, recipe *self)
{
    for (size_t r = 0; r < sizeof recipes / sizeof *recipes; r++)
        if (!strcmp(recipes[r].name, name)) {
            *self = recipes[r];
            return true;
        }
    long long n, d;
    double number;
    char rest;
    *self = (recipe){.name = name};
    self->sparse = sscanf(name, "zipf-%lld-%lld-%lf%c", &n, &d, &number, &rest) == 3;
    if (!self->sparse && sscanf(name, "ar-%lld-%lld-%lf%c", &n, &d, &number, &rest) != 3) return false;
    if (n < 2 || d < 1 || !(number >= 0) || (self->sparse ? number < 1 : number >= 1))
        bench_die("%s: numbers out of range", name);
    self->rows = n;
    self->cols = d;
    self->correlation = number;
    return true;
}

bool bench_set_generate(const char *name, bench_set *set)
{
    recipe self;
    if (!find_recipe(name, &self)) return false;
    erm_rng rng = erm_rng_seed((uint64_t)self.rows * 1000003 + (uint64_t)self.cols);
    *set = (bench_set){.sparse = self.sparse};
    if (self.sparse) {
        draw_text(&self, &rng, set);
        set->X.csr = erm_csr_f64(self.rows, self.cols, set->start, set->index, set->values);
    } else {
        set->values = bench_memory(self.rows * self.cols, sizeof *set->values);
        draw_rows(&self, &rng, set->values);
        set->X.dense = erm_dense_f64(self.rows, self.cols, set->values, self.cols);
    }
    draw_answers(&self, &rng, set);
    return true;
}
