/* The only loop: time, budget, stopping, monitor and certificate, for every solver. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/detail.h"
#include "problem/quick_check.h"
#include "solver/choose.h"
#include "solver/job.h"
#include "solver/options.h"
#include "solver/suits.h"

enum { MOST_UNCHECKED = 32 /* epochs without a certificate, where the solver says that it would be in vain */ };

static erm_status open_job(erm__job *self, const double *w)
{
    for (int64_t j = 0; j < erm_problem_size(self->problem); j++)
        if (!isfinite(w[j]))
            return erm__fail(self->result->detail, ERM_EDATA, "the starting point's w[%lld] is not finite", (long long)j);
    erm_status status = erm__checkpoint_open(&self->checkpoint, &self->options, self->solver.ops, erm_problem_size(self->problem),
                                             w, self->result->detail);
    if (!status) status = erm__prepare(&self->prepared, self->problem, self->options.threads);
    if (!status) status = erm__workspace_open(&self->ws, &self->prepared.problem, self->options.threads);
    if (!status) status = erm__certifier_open(&self->certifier, &self->ws);
    if (!status && self->unchecked && !erm__certifier_is_finite(&self->certifier))
        status = erm_problem_check(self->problem, self->result->detail);
    if (!status) erm__certifier_aim(&self->certifier, self->options.tol, 0);
    if (!status) status = erm__run_open(&self->run, &self->certifier, self->solver, self->options.seed, self->result->detail);
    if (status) return status;
    self->run.tol = self->options.tol;
    self->best = erm__arena_doubles(&self->ws.arena, self->ws.size);
    self->now = erm__arena_doubles(&self->ws.arena, self->ws.size);
    self->inner = erm__arena_doubles(&self->ws.arena, self->ws.size);
    self->mark = self->ws.arena.last;
    self->state = erm__arena_take(&self->ws.arena, 1, self->solver.ops->state_size);
    if (self->ws.arena.failed) return ERM_ENOMEM;
    status = erm__checkpoint_match(&self->checkpoint, &self->certifier, &self->run, &self->options, self->solver.ops,
                                   self->result->detail);
    memcpy(self->now, self->checkpoint.begin, (size_t)self->ws.size * sizeof(double));
    erm__prepared_enter(&self->prepared, self->now, self->inner);
    erm__run_enter(&self->run, self->inner, self->run.w);
    return status;
}

/* The solver's present answer in the caller's coordinates, in memory that the next certificate overwrites. */
static double *present(const erm__job *self)
{
    double *const w = self->certifier.trial;
    erm__run_leave(&self->run, self->run.w, w);
    erm__prepared_leave(&self->prepared, w, w);
    return w;
}

/* Certifies the solver's present answer. */
static void check(erm__job *self)
{
    if (self->epoch > 0) {
        const double *const next = present(self);
        self->moved = memcmp(next, self->now, (size_t)self->ws.size * sizeof(double)) != 0;
        memcpy(self->now, next, (size_t)self->ws.size * sizeof(double));
        erm__prepared_enter(&self->prepared, self->now, self->inner);
    }
    self->certifier.passes = self->run.passes;
    self->certifier.product = self->run.dual_product;
    self->last = erm__certifier_run(&self->certifier, self->inner, self->run.dual);
    self->ws.known_margin = self->certifier.margin;
    self->ws.known_gradient = self->certifier.gradient;
    self->ws.known_taken = false;
    if (self->epoch == 0) self->first_primal = self->last.primal;
    erm__job_keep_best(self);
    self->run.gap = erm__job_relative_gap(self, &self->certificate);
    const int64_t patience = self->run.begins_with_gradient ? 1 : 1 + self->epoch / 8;
    const int64_t every = self->options.check_every > 0 ? self->options.check_every : patience;
    self->next_check = self->epoch + every;
}

/* After `start`: what a checkpoint holds is laid out, and takes the values of an earlier one where there is one. All that decides
 * how the run goes on after this point and is not here is made anew in each step or certificate. */
static erm_status open_checkpoint(erm__job *self)
{
    const struct {
        void *at;
        size_t bytes;
    } loop[] = {
        {&self->certificate, sizeof self->certificate},
        {&self->best_kkt, sizeof self->best_kkt},
        {&self->epoch, sizeof self->epoch},
        {&self->next_check, sizeof self->next_check},
        {&self->idle_checks, sizeof self->idle_checks},
        {self->best, (size_t)self->ws.size * sizeof(double)},
        {self->now, (size_t)self->ws.size * sizeof(double)},
        {&self->certifier.mend_below, sizeof self->certifier.mend_below},
        {&self->certifier.mend.work, sizeof self->certifier.mend.work},
    };
    erm__image *const image = &self->checkpoint.image;
    if (!self->checkpoint.path) return ERM_OK;
    for (size_t i = 0; i < sizeof loop / sizeof *loop; i++)
        erm__image_keep(image, loop[i].at, (int64_t)loop[i].bytes, ERM_PIECE_LOOP);
    erm__image_keep(image, self->run.w, self->run.size * (int64_t)sizeof(double), ERM_PIECE_NUMBERS);
    erm__image_keep(image, &self->run, sizeof self->run, ERM_PIECE_WORDS);
    erm__image_keep_taken(image, &self->ws.arena, self->mark);
    const erm_status status = erm__checkpoint_settle(&self->checkpoint, &self->run, self->result->detail);
    if (status || !self->checkpoint.file) return status;
    self->run.gap = erm__job_relative_gap(self, &self->certificate); /* not that of a certificate that a budget made */
    self->result->resumed = self->epoch;
    return ERM_OK;
}

static bool is_finite(const erm__job *self)
{
    for (int64_t j = 0; j < self->run.size; j++)
        if (!isfinite(self->run.w[j])) return false;
    return true;
}

static bool tell_monitor(erm__job *self, bool fresh)
{
    if (!self->options.monitor) return true;
    const erm_progress now = {.epoch = self->epoch,
                              .passes = self->run.passes + self->run.handed,
                              .seconds = erm__seconds() - self->start,
                              .certificate = self->certificate,
                              .fresh = fresh,
                              .relative_gap = erm__job_relative_gap(self, &self->certificate),
                              .tol = self->options.tol,
                              .max_epochs = self->options.max_epochs,
                              .w = fresh ? self->now : present(self)};
    return self->options.monitor(&now, self->options.monitor_data);
}

/* Why to stop after this epoch, if at all. */
static erm_stop after_epoch(erm__job *self)
{
    if (!is_finite(self))
        return erm__job_stop(self, ERM_STOP_DIVERGED,
                             isfinite(self->certificate.primal)
                                 ? "an iterate is not finite; use a smaller step, or gd or prox, which choose their own"
                                 : ERM_NO_START);
    erm__image_freeze(&self->checkpoint.image); /* before a certificate that only a budget makes: it is not to change the run */
    const bool out_of_epochs = self->epoch >= self->options.max_epochs;
    const bool out_of_time = self->options.max_seconds > 0 && erm__seconds() - self->start >= self->options.max_seconds;
    const int64_t wait = self->run.unfinished && !self->options.check_every ? MOST_UNCHECKED : 0;
    const bool due = self->epoch >= self->next_check + wait || out_of_epochs || out_of_time;
    erm_stop stop = ERM_STOP_NONE;
    if (due) {
        check(self);
        stop = erm__job_judge(self);
    }
    if (!tell_monitor(self, due) && !stop) {
        if (!due) check(self);
        return erm__job_stop(self, ERM_STOP_CANCELLED, "the monitor asked to stop");
    }
    if (stop) return stop;
    if (out_of_epochs || out_of_time) {
        erm__fail(self->result->detail, ERM_OK, "%s reached before tol = %g: relative gap %.3g after %lld epochs",
                  out_of_epochs ? "max_epochs" : "max_seconds", self->options.tol,
                  erm__job_relative_gap(self, &self->certificate), (long long)self->epoch);
        return out_of_epochs ? ERM_STOP_MAX_EPOCHS : ERM_STOP_TIME;
    }
    return ERM_STOP_NONE;
}

/* The first certificate, and whether that is the end already: not where a checkpoint says that the run went on. */
static erm_stop before_start(erm__job *self)
{
    check(self);
    if (self->checkpoint.file) return ERM_STOP_NONE;
    const erm_stop stop = erm__job_judge(self);
    if (!tell_monitor(self, true) && !stop) return erm__job_stop(self, ERM_STOP_CANCELLED, "the monitor asked to stop");
    return stop;
}

static erm_status start(erm__job *self)
{
    if (!self->run.centre) self->run.gradient = self->certifier.gradient;
    const erm_status status = self->solver.ops->start(self->state, &self->run);
    self->run.gradient = NULL;
    return status ? status : open_checkpoint(self);
}

/* One epoch; of a run that is resumed first what was left of the last one. */
static erm_status advance(erm__job *self, bool resumed, erm_stop *stop)
{
    erm_status status = ERM_OK;
    if (!resumed) {
        status = self->solver.ops->step(self->state, &self->run);
        self->epoch++;
    }
    self->ws.known_margin = self->ws.known_gradient = NULL;
    if (!status) *stop = after_epoch(self);
    return status;
}

/* ERM_EIO: a checkpoint could not be written, and the best point so far is the answer. */
static erm_status loop(erm__job *self)
{
    erm_stop stop = before_start(self);
    erm_status status = stop ? ERM_OK : start(self);
    bool resumed = self->result->resumed > 0;
    while (!status && !stop) {
        status = advance(self, resumed, &stop);
        resumed = false;
        if (status || stop == ERM_STOP_DIVERGED) break;
        status = erm__checkpoint_write(&self->checkpoint, stop != ERM_STOP_NONE, self->result->detail);
        if (status && !stop) stop = ERM_STOP_CANCELLED;
    }
    self->result->stop = stop;
    return status;
}

static void fill_result(erm__job *self, double *w)
{
    erm_result *result = self->result;
    memcpy(w, self->best, (size_t)self->ws.size * sizeof(double));
    result->certificate = self->certificate;
    result->epochs = self->epoch;
    result->passes = self->run.passes + self->run.handed;
    result->threads = self->ws.threads;
    result->copied_bytes = erm__run_copied_bytes(&self->run);
    result->workspace_bytes = self->ws.arena.bytes + self->prepared.arena.bytes + erm__run_reserved_bytes(&self->run);
    for (int64_t j = 0; j < self->ws.d * self->ws.k; j++) result->nonzeros += w[j] != 0;
}

static erm_status solve(erm__job *self, double *w)
{
    erm_result *result = self->result;
    erm_status status = erm__options_check(&self->options, result->detail);
    if (!status) status = erm__problem_check_quickly(self->problem, &self->unchecked, result->detail);
    if (status) return status;
    self->solver = self->options.solver.ops ? self->options.solver : erm__choose_solver(self->problem, &result->why);
    result->solver = self->solver.ops->name;
    result->tol = self->options.tol;
    status = erm__suits(self->problem, self->solver, result->detail);
    if (status) return status;
    status = open_job(self, w);
    if (!status) status = loop(self);
    if (!status || result->stop) fill_result(self, w);
    erm__checkpoint_close(&self->checkpoint);
    erm__run_close(&self->run);
    erm__workspace_close(&self->ws);
    erm__prepared_close(&self->prepared);
    return status;
}

erm_status erm_solve(const erm_problem *problem, const erm_options *options, double *w, erm_result *result)
{
    erm_result unwanted;
    if (!result) result = &unwanted;
    *result = (erm_result){0};
    if (!problem || !w) return erm__fail(result->detail, ERM_EINVAL, "erm_solve needs a problem and a starting point w");
    erm__job self = {.problem = problem,
                     .options = erm__options_with_defaults(options),
                     .start = erm__seconds(),
                     .best_kkt = INFINITY,
                     .result = result};
    const erm_status status = solve(&self, w);
    result->seconds = erm__seconds() - self.start;
    if (status && !result->detail[0]) erm__fail(result->detail, status, "%s", erm_status_text(status));
    return status;
}
