/* Leave-one-out from one fit: each row is taken out by one step of Newton's method from the fit of all rows,
 *
 *     z_i without row i = z_i + (I - s_i H_i L_i)^-1 s_i H_i g_i,     H_i = J_i (A'DA + S lambda R'')^-1 J_i',
 *
 * g_i and L_i gradient and Hessian of l at z_i, J_i the row's derivative in the directions in which the fit can move. One output:
 * z_i + s_i l' h_i / (1 - s_i l'' h_i). Exact for the squared loss with ridge, where it is the identity of the hat matrix (Allen
 * 1974, PRESS); approximate leave-one-out (ALO) for other smooth losses and on the active set of L1: Rad and Maleki (2020),
 * Wang, Zhou, Lu, Maleki, Mirrokni (2018). */
#include <math.h>
#include <string.h>

#include "base/chol.h"
#include "base/detail.h"
#include "ermopt/selection.h"
#include "problem/local.h"
#include "problem/sweep.h"

typedef struct leaving {
    const erm__local *local;
    int64_t rank;
    double *root;   /* m */
    int64_t *pivot; /* m */
    double *L;      /* rank x rank */
    double *B, *V;  /* rank x samples k: rows in the factor's coordinates, and the same solved for */
    double *g;      /* k */
    double *H, *A;  /* k x k each */
    double *Z;      /* n k: margins, which become those without the row */
} leaving;

static erm_status take_memory(leaving *self, erm__workspace *ws)
{
    const int64_t m = self->local->smoother.m, k = ws->k, wide = erm__smoother_samples(ws) * k;
    erm__arena *const arena = &ws->arena;
    self->root = erm__arena_doubles(arena, m);
    self->pivot = erm__arena_take(arena, m, sizeof *self->pivot);
    self->L = erm__arena_doubles(arena, m * m);
    self->B = erm__arena_doubles(arena, m * wide);
    self->V = erm__arena_doubles(arena, m * wide);
    self->g = erm__arena_doubles(arena, k);
    self->H = erm__arena_doubles(arena, 3 * k * k);
    self->A = self->H + k * k;
    return arena->failed ? ERM_ENOMEM : ERM_OK;
}

static void factor(leaving *self)
{
    const erm__smoother *const smoother = &self->local->smoother;
    self->rank = erm__smoother_factor(smoother, self->root, self->pivot);
    for (int64_t i = 0; i < self->rank; i++)
        memcpy(self->L + i * self->rank, smoother->M + i * smoother->m, (size_t)(i + 1) * sizeof(double));
}

/* x = inverse(A) x by elimination with pivots; A is overwritten. */
static void eliminate(int64_t k, double *A, double *x)
{
    for (int64_t c = 0; c < k; c++) {
        int64_t best = c;
        for (int64_t i = c + 1; i < k; i++)
            if (fabs(A[i * k + c]) > fabs(A[best * k + c])) best = i;
        for (int64_t j = 0; j < k; j++) {
            const double kept = A[c * k + j];
            A[c * k + j] = A[best * k + j];
            A[best * k + j] = kept;
        }
        const double kept = x[c];
        x[c] = x[best];
        x[best] = kept;
        for (int64_t i = c + 1; i < k; i++) {
            const double share = A[i * k + c] / A[c * k + c];
            for (int64_t j = c; j < k; j++) A[i * k + j] -= share * A[c * k + j];
            x[i] -= share * x[c];
        }
    }
    for (int64_t c = k - 1; c >= 0; c--) {
        for (int64_t j = c + 1; j < k; j++) x[c] -= A[c * k + j] * x[j];
        x[c] /= A[c * k + c];
    }
}

/* g = gradient, self->A = Hessian of the loss of sample i, whose weight is not counted. */
static void derive(leaving *self, int64_t i)
{
    const erm_problem *const problem = self->local->ws.problem;
    const erm_loss *const loss = &problem->loss;
    const int64_t k = self->local->ws.k;
    const double *const z = self->Z + i * k, *const y = problem->y + i * self->local->ws.targets;
    double *const diagonal = self->A + k * k;
    memset(self->A, 0, (size_t)(k * k) * sizeof(double));
    loss->ops->eval(loss, 1, k, z, y, NULL, self->g, diagonal);
    if (k > 1 && loss->ops->hessian)
        loss->ops->hessian(loss, 1, k, z, y, NULL, self->A);
    else
        for (int64_t c = 0; c < k; c++) self->A[c * k + c] = diagonal[c];
}

/* The t-th of the samples at hand, sample i of all. H: s_i H_i. */
static void leave_out(leaving *self, int64_t i, int64_t t, int64_t columns)
{
    const erm__workspace *const ws = &self->local->ws;
    const int64_t k = ws->k;
    const double s = (ws->problem->weight ? ws->problem->weight[i] : 1) / ws->total_weight;
    double *const H = self->H, *const A = self->A, *const product = A + k * k;
    for (int64_t c = 0; c < k; c++)
        for (int64_t e = 0; e < k; e++) {
            double sum = 0;
            for (int64_t p = 0; p < self->rank; p++) sum += self->B[p * columns + t * k + c] * self->V[p * columns + t * k + e];
            H[c * k + e] = s * sum;
        }
    derive(self, i);
    memset(product, 0, (size_t)(k * k) * sizeof(double));
    for (int64_t c = 0; c < k; c++)
        for (int64_t e = 0; e < k; e++) {
            for (int64_t f = 0; f < k; f++) product[c * k + e] -= H[c * k + f] * A[f * k + e];
            product[c * k + e] += c == e;
        }
    double *const move = A; /* k values: the Hessian is used up */
    for (int64_t c = 0; c < k; c++) {
        move[c] = 0;
        for (int64_t e = 0; e < k; e++) move[c] += H[c * k + e] * self->g[e];
    }
    eliminate(k, product, move);
    for (int64_t c = 0; c < k; c++) self->Z[i * k + c] += move[c];
}

static void leave_samples(int64_t begin, int64_t samples, double *rows, void *context)
{
    leaving *const self = context;
    const int64_t k = self->local->ws.k, m = self->local->smoother.m, columns = samples * k;
    for (int64_t p = 0; p < self->rank; p++) {
        const int64_t from = self->pivot[p];
        for (int64_t r = 0; r < columns; r++) self->B[p * columns + r] = rows[r * m + from] / self->root[from];
    }
    memcpy(self->V, self->B, (size_t)(self->rank * columns) * sizeof(double));
    erm__cholesky_solve(self->rank, columns, self->L, self->V);
    for (int64_t t = 0; t < samples; t++) leave_out(self, begin + t, t, columns);
}

erm_status erm_alo_margins(const erm_problem *problem, const double *w, double *Z, char *detail)
{
    if (!Z) return erm__fail(detail, ERM_EINVAL, "erm_alo_margins needs room for its margins");
    erm__local local;
    leaving self = {.local = &local, .Z = Z};
    erm_status status = erm__local_open(problem, w, &local, detail);
    if (!status) {
        status = take_memory(&self, &local.ws);
        if (!status) {
            erm__sweep_margins(&local.ws, NULL, local.w, true, Z);
            factor(&self);
            status = erm__smoother_rows(&local.smoother, &local.ws, leave_samples, &self);
        }
        if (status) erm__fail(detail, status, "%s", erm_status_text(status));
    }
    erm__local_close(&local);
    return status;
}
