/* One fold of a cross-validation: a path on the other rows, and what its fits do on the fold's. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/detail.h"
#include "selection/cross_validate.h"
#include "selection/parts.h"

bool erm__cross_tell(erm__cross *self)
{
    int64_t done;
    int cancelled;
#pragma omp atomic capture
    done = ++self->done;
#pragma omp atomic read
    cancelled = self->cancelled;
    if (cancelled) return false;
    if (!self->options.monitor || omp_get_thread_num() != 0) return true;
    if (self->options.monitor(done, self->total, self->options.monitor_data)) return true;
#pragma omp atomic write
    self->cancelled = 1;
    return false;
}

static bool on_point(const erm_path_point *point, void *data)
{
    (void)point;
    return erm__cross_tell(data);
}

/* The path of the training rows, at the lambdas of the path of all rows. */
static erm_status fit(erm__cross *self, const erm_problem *training, erm_path *path, char *detail)
{
    erm_path_options options = self->options.path;
    options.lambda = self->cv->lambda;
    options.count = self->cv->path.count;
    options.solve.threads = self->threads;
    options.monitor = on_point;
    options.monitor_data = self;
    options.solve.monitor = NULL;
    if (options.solve.max_seconds > 0) /* what is left, for this fit; a path makes at least one point */
        options.solve.max_seconds = fmax(options.solve.max_seconds - (erm__seconds() - self->began), 1e-9);
    return erm_path_solve(training, &options, path, detail);
}

/* The metric of each point of the path on the held-out rows. */
static erm_status measure(const erm__cross *self, const erm_problem *held_out, const erm_path *path, double *out)
{
    const int64_t k = path->k;
    double *const w = malloc((size_t)(erm_problem_size(held_out) + held_out->X->rows * k + 1) * sizeof *w);
    if (!w) return ERM_ENOMEM;
    double *const Z = w + erm_problem_size(held_out);
    erm_status status = ERM_OK;
    for (int64_t i = 0; !status && i < path->count; i++) {
        erm_path_w(path, i, w);
        erm_problem_margins(held_out, w, Z);
        status = erm_problem_risk(held_out, self->options.metric, Z, &out[i], NULL);
    }
    free(w);
    return status;
}

static erm_status fit_and_measure(erm__cross *self, int64_t f, const erm_problem *training, const erm_problem *held_out,
                                  erm__fold_end *end)
{
    erm_path path = {0};
    erm_status status = fit(self, training, &path, end->detail);
    end->count = path.count;
    end->stop = path.stop;
    if (!status) status = measure(self, held_out, &path, self->cv->held_out + f * self->cv->path.count);
    if (!status && self->cv->fold_path)
        self->cv->fold_path[f] = path;
    else
        erm_path_free(&path);
    const double *const weight = held_out->weight;
    for (int64_t t = 0; t < held_out->X->rows; t++) self->cv->weight[f] += weight ? weight[t] : 1;
    return status;
}

void erm__cross_fold(erm__cross *self, int64_t f, erm__fold_end *end)
{
    const int64_t n = self->problem->X->rows;
    erm__parts parts = {0};
    int64_t *const list = malloc((size_t)n * sizeof *list);
    end->status = list ? ERM_OK : ERM_ENOMEM;
    if (list) {
        const int64_t in = erm_fold_rows(n, self->fold, (int32_t)f, false, list);
        const int64_t out = erm_fold_rows(n, self->fold, (int32_t)f, true, list + in);
        end->status = erm__parts_open(self->problem, &self->options.recipe, out, list + in, in, list, &parts, end->detail);
    }
    if (!end->status) end->status = erm__parts_fit(&parts, self->whole, end->detail);
    if (!end->status) end->status = fit_and_measure(self, f, &parts.training.problem, &parts.held_out.problem, end);
    if (end->status && !end->detail[0]) erm__fail(end->detail, end->status, "%s", erm_status_text(end->status));
    erm__parts_close(&parts);
    free(list);
}
