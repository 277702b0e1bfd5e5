/* Cholesky factors, column of blocks by column of blocks: the blocks to the left are taken off, then the block on the diagonal is
 * factored, then the rows below it are solved with (Golub and Van Loan 2013, "Matrix Computations", section 4.2.8). Rows are
 * split between threads and every entry is summed in one order, so that the bits depend neither on the
 * threads nor on anybody's BLAS. */
#include "base/chol.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/simd.h"

enum {
    WIDE = ERM_CHOLESKY_WIDE, /* columns of a block */
    DEEP = 64,                /* columns that are taken off at a time: 16 KiB of them are packed */
    TALL = 4,                 /* rows worked on at once */
    LANES = WIDE / ERM_LANES,
    HALF = LANES / 2, /* as many sums as fit the registers */
    EIGHTS = 3,       /* of right-hand sides at once */
    ALONE = 256       /* up to this order one thread is faster */
};

/* The columns from `begin` on, `width` of them, of the lower triangle A (m x m, row-major). */
typedef struct column {
    int64_t m, begin, width;
    double *A;
} column;

/* out[t][j] = A[begin + j][first + t], 0 beyond the width. */
static void pack(const column *self, int64_t first, int64_t depth, double *out)
{
    memset(out, 0, DEEP * WIDE * sizeof *out);
    for (int64_t j = 0; j < self->width; j++)
        for (int64_t t = 0; t < depth; t++) out[t * WIDE + j] = self->A[(self->begin + j) * self->m + first + t];
}

/* Row i, ... of the block column, up to the diagonal, -= sum over the packed columns. */
ERM_INLINE void take_off(int rows, const column *self, int64_t i, int64_t first, int64_t depth, const double *packed)
{
    for (int half = 0; half < LANES; half += HALF) {
        erm__lanes sum[TALL][HALF] = {{{0}}};
        const double *const a = self->A + i * self->m + first, *const b = packed + half * ERM_LANES;
        for (int64_t t = 0; t < depth; t++)
            for (int r = 0; r < rows; r++)
                for (int s = 0; s < HALF; s++)
                    sum[r][s] += a[r * self->m + t] * *(const erm__lanes *)(b + t * WIDE + s * ERM_LANES);
        for (int r = 0; r < rows; r++) {
            double *const out = self->A + (i + r) * self->m + self->begin;
            const int64_t last = i + r - self->begin + 1, end = last < self->width ? last : self->width;
            for (int64_t j = half * ERM_LANES; j < end && j < (half + HALF) * ERM_LANES; j++)
                out[j] -= ((const double *)sum[r])[j - half * ERM_LANES];
        }
    }
}

ERM_KERNEL static void take_off_rows(const column *self, int64_t i, int64_t end, int64_t first, int64_t depth,
                                     const double *packed)
{
    for (; i + TALL <= end; i += TALL) take_off(TALL, self, i, first, depth, packed);
    for (; i < end; i++) take_off(1, self, i, first, depth, packed);
}

/* Rows i, ..., end - 1 less what the columns before this one make of them. */
static void update(const column *self, int64_t i, int64_t end)
{
    double packed[DEEP * WIDE];
    for (int64_t first = 0; first < self->begin; first += DEEP) {
        const int64_t left = self->begin - first, depth = left < DEEP ? left : DEEP;
        pack(self, first, depth, packed);
        take_off_rows(self, i, end, first, depth, packed);
    }
}

static bool factor_diagonal(const column *self)
{
    const int64_t m = self->m;
    double *const A = self->A + self->begin * (m + 1);
    for (int64_t j = 0; j < self->width; j++) {
        const double pivot = A[j * (m + 1)];
        if (!(pivot > 0) || isinf(pivot)) return false; /* NaN too: from anywhere in a row it comes to that row's pivot */
        const double root = sqrt(pivot);
        A[j * (m + 1)] = root;
        for (int64_t i = j + 1; i < self->width; i++) {
            A[i * m + j] /= root;
            for (int64_t t = j + 1; t <= i; t++) A[i * m + t] -= A[i * m + j] * A[t * m + j];
        }
    }
    return true;
}

/* TALL rows x (WIDE each) with x U = the given rows: U is the transposed block on the diagonal, 0 below it and on it. */
ERM_INLINE void substitute(const double *U, const double *reciprocal, double *x)
{
    for (int64_t t = 0; t < WIDE; t++)
        for (int r = 0; r < TALL; r++) {
            double *const row = x + r * WIDE;
            const double value = row[t] * reciprocal[t];
            for (int64_t s = t / ERM_LANES; s < LANES; s++)
                *(erm__lanes *)(row + s * ERM_LANES) -= value * *(const erm__lanes *)(U + t * WIDE + s * ERM_LANES);
            row[t] = value;
        }
}

ERM_KERNEL static void solve_rows(const column *self, int64_t i, int64_t end)
{
    const int64_t m = self->m, width = self->width;
    const double *const L = self->A + self->begin * (m + 1);
    double U[WIDE * WIDE] = {0}, reciprocal[WIDE] = {0}, x[TALL * WIDE];
    for (int64_t t = 0; t < width; t++) {
        reciprocal[t] = 1 / L[t * (m + 1)];
        for (int64_t j = t + 1; j < width; j++) U[t * WIDE + j] = L[j * m + t];
    }
    for (; i < end; i += TALL) {
        const int64_t rows = end - i < TALL ? end - i : TALL;
        memset(x, 0, sizeof x);
        for (int64_t r = 0; r < rows; r++) memcpy(x + r * WIDE, self->A + (i + r) * m + self->begin, (size_t)width * sizeof *x);
        substitute(U, reciprocal, x);
        for (int64_t r = 0; r < rows; r++) memcpy(self->A + (i + r) * m + self->begin, x + r * WIDE, (size_t)width * sizeof *x);
    }
}

/* Thread `rank` of `count` takes its share of rows from `begin` on. */
static int64_t share(int64_t begin, int64_t m, int rank, int count) { return begin + (m - begin) * rank / count; }

/* Without a parallel region: one of a single thread would end the others that OpenMP keeps waiting, and starting them anew takes
 * longer than such a matrix. */
static bool factor_alone(int64_t m, int64_t known, double *A)
{
    for (int64_t begin = 0; begin < m; begin += WIDE) {
        const int64_t width = m - begin < WIDE ? m - begin : WIDE;
        const column self = {.m = m, .begin = begin, .width = width, .A = A};
        update(&self, begin < known ? known : begin, m);
        if (begin >= known && !factor_diagonal(&self)) return false;
        solve_rows(&self, begin < known ? known : begin + width, m);
    }
    return true;
}

bool erm__cholesky(int64_t m, double *A, int threads) { return erm__cholesky_go_on(m, 0, A, threads); }

bool erm__cholesky_go_on(int64_t m, int64_t known, double *A, int threads)
{
    if (m <= ALONE || threads == 1) return factor_alone(m, known, A);
    bool good = true;
#pragma omp parallel num_threads(threads)
    for (int64_t begin = 0; begin < m; begin += WIDE) {
        const int rank = omp_get_thread_num(), count = omp_get_num_threads();
        const int64_t width = m - begin < WIDE ? m - begin : WIDE;
        const int64_t first = begin < known ? known : begin, below = begin < known ? known : begin + width;
        const column self = {.m = m, .begin = begin, .width = width, .A = A};
        update(&self, share(first, m, rank, count), share(first, m, rank + 1, count));
#pragma omp barrier
#pragma omp single
        good = good && (begin < known || factor_diagonal(&self));
        if (!good) break; /* every thread: `single` ended with a barrier */
        solve_rows(&self, share(below, m, rank, count), share(below, m, rank + 1, count));
#pragma omp barrier
    }
    return good;
}

/* So many times eight right-hand sides, `columns` apart: L is read once for all, and the sums stay in registers. */
ERM_INLINE void solve_eights(int eights, int64_t m, int64_t columns, const double *L, double *B)
{
    enum { APART = 2 }; /* sums that do not wait for one another */
    for (int64_t i = 0; i < m; i++) {
        const double *const row = L + i * m;
        erm__lanes sum[EIGHTS][APART] = {{{0}}};
        int64_t t = 0;
        for (; t + APART <= i; t += APART)
            for (int s = 0; s < APART; s++)
                for (int e = 0; e < eights; e++)
                    sum[e][s] += row[t + s] * *(const erm__lanes *)(B + (t + s) * columns + e * ERM_LANES);
        for (; t < i; t++)
            for (int e = 0; e < eights; e++) sum[e][0] += row[t] * *(const erm__lanes *)(B + t * columns + e * ERM_LANES);
        for (int e = 0; e < eights; e++) {
            erm__lanes *const b = (erm__lanes *)(B + i * columns + e * ERM_LANES);
            *b = (*b - (sum[e][0] + sum[e][1])) / row[i];
        }
    }
    for (int64_t i = m - 1; i >= 0; i--) {
        const double *const row = L + i * m;
        erm__lanes x[EIGHTS];
        for (int e = 0; e < eights; e++) {
            erm__lanes *const b = (erm__lanes *)(B + i * columns + e * ERM_LANES);
            x[e] = *b /= row[i];
        }
        for (int64_t t = 0; t < i; t++)
            for (int e = 0; e < eights; e++) *(erm__lanes *)(B + t * columns + e * ERM_LANES) -= row[t] * x[e];
    }
}

/* One of them. */
ERM_INLINE void solve_one(int64_t m, int64_t columns, const double *L, double *B)
{
    for (int64_t i = 0; i < m; i++) {
        double sum = 0;
        if (columns == 1) {
            ERM_SIMD_SUM(sum)
            for (int64_t t = 0; t < i; t++) sum += L[i * m + t] * B[t];
        } else {
            for (int64_t t = 0; t < i; t++) sum += L[i * m + t] * B[t * columns];
        }
        B[i * columns] = (B[i * columns] - sum) / L[i * m + i];
    }
    for (int64_t i = m - 1; i >= 0; i--) {
        const double x = B[i * columns] /= L[i * m + i];
        if (columns == 1) {
            ERM_SIMD
            for (int64_t t = 0; t < i; t++) B[t] -= L[i * m + t] * x;
        } else {
            for (int64_t t = 0; t < i; t++) B[t * columns] -= L[i * m + t] * x;
        }
    }
}

ERM_KERNEL void erm__cholesky_solve(int64_t m, int64_t columns, const double *L, double *B)
{
    int64_t c = 0;
    for (; c + EIGHTS * ERM_LANES <= columns; c += EIGHTS * ERM_LANES) solve_eights(EIGHTS, m, columns, L, B + c);
    for (; c + 2 * ERM_LANES <= columns; c += 2 * ERM_LANES) solve_eights(2, m, columns, L, B + c);
    for (; c + ERM_LANES <= columns; c += ERM_LANES) solve_eights(1, m, columns, L, B + c);
    for (; c < columns; c++) solve_one(m, columns, L, B + c);
}
