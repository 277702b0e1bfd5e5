/* Which rows SVRG draws, and how often.
 *
 * Xiao and Zhang (2014), section 3: drawing row i with probability p_i in proportion to its curvature L_i replaces the
 * largest L_i in the step by the mean. Half of the probability follows s_i alone here, so that no row is starved: p_i = (s_i
 * / S) (1 + r_i / mean r) / 2, and L_i / (n p_i) is at most twice the mean. A row of weight 2 is then the same as the row
 * twice. A pass is drawn by systematic sampling, n equidistant points on the line of the n p_i, and shuffled: each row comes
 * n p_i times, rounded up or down, so that rows of one size and weight come exactly once, as in the random reshuffling that
 * is better than independent draws in practice. */
#include "solver/stochastic/svrg.h"

double erm__svrg_shares(erm__svrg *self, erm_run *run)
{
    const erm_problem *problem = run->problem;
    const int64_t n = problem->X->rows;
    double *const r = self->share;
    const erm__row_sizes sizes = erm__measure_rows(run, self->reader, r);
    const double mean = sizes.mean, largest = sizes.largest;
    const double relative = mean > 0 ? 0.5 / mean : 0, base = mean > 0 ? 0.5 : 1;
    for (int64_t i = 0; i < n; i++) {
        const double s = problem->weight ? problem->weight[i] * (double)n / run->workspace->total_weight : 1;
        r[i] = s * (base + relative * r[i]);
    }
    return largest > 0 ? largest / (base + relative * largest) : 0;
}

void erm__svrg_draw(erm__svrg *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows;
    const double first = erm_rng_uniform(&run->rng);
    double end = 0; /* of row i's stretch on the line */
    int64_t count = 0, last = 0;
    for (int64_t i = 0; i < n; i++) {
        if (self->share[i] > 0) last = i;
        end += self->share[i];
        while (count < n && (double)count + first < end) self->drawn[count++] = i;
    }
    while (count < n) self->drawn[count++] = last; /* the line ended early by rounding */
    erm_rng_shuffle(&run->rng, n, self->drawn);
}
