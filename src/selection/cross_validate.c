/* k-fold cross-validation over a path of lambdas: the path of all rows, those of the training parts side by side, the mean of
 * the held-out metric, and the lambdas that it chooses (Hastie, Tibshirani, Friedman 2009, section 7.10; the rule of one
 * standard error: Breiman, Friedman, Olshen, Stone 1984). */
#include "selection/cross_validate.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/detail.h"
#include "base/threads.h"
#include "selection/parts.h"

enum { DEFAULT_FOLDS = 10 };

/* The caller's folds: 0, 1, ... without a gap. */
static erm_status take_folds(erm_cv *cv, const int32_t *given, char *detail)
{
    int32_t last = 0;
    for (int64_t i = 0; i < cv->rows; i++) {
        if (given[i] < 0 || given[i] >= cv->rows)
            return erm__fail(detail, ERM_EINVAL, "fold[%lld] = %d; folds are numbered 0, 1, ...", (long long)i, (int)given[i]);
        last = given[i] > last ? given[i] : last;
    }
    memcpy(cv->fold, given, (size_t)cv->rows * sizeof *cv->fold);
    cv->folds = last + 1;
    if (last < 1) return erm__fail(detail, ERM_EINVAL, "all rows are in fold 0; at least 2 folds are needed");
    bool *const seen = calloc((size_t)cv->folds, sizeof *seen);
    if (!seen) return ERM_ENOMEM;
    for (int64_t i = 0; i < cv->rows; i++) seen[given[i]] = true;
    int32_t missing = 0;
    while (missing <= last && seen[missing]) missing++;
    free(seen);
    if (missing <= last)
        return erm__fail(detail, ERM_EINVAL, "no row is in fold %d, but one is in fold %d", (int)missing, (int)last);
    return ERM_OK;
}

static erm_status make_folds(const erm_problem *problem, const erm_cv_options *options, erm_cv *cv, char *detail)
{
    cv->rows = problem->X->rows;
    cv->fold = malloc((size_t)cv->rows * sizeof *cv->fold);
    if (!cv->fold) return ERM_ENOMEM;
    if (options->fold) return take_folds(cv, options->fold, detail);
    const int64_t usual = cv->rows < DEFAULT_FOLDS ? cv->rows : DEFAULT_FOLDS;
    cv->folds = options->folds ? options->folds : usual;
    return erm_deal_folds(cv->rows, cv->folds, &options->deal, cv->fold, detail);
}

static erm_status take_memory(erm_cv *cv, bool keep_paths)
{
    const int64_t count = cv->path.count;
    if (cv->folds > INT64_MAX / 8 / (count + 1)) return ERM_ENOMEM;
    cv->lambda = calloc((size_t)count, sizeof *cv->lambda);
    cv->mean = calloc((size_t)count, sizeof *cv->mean);
    cv->error = calloc((size_t)count, sizeof *cv->error);
    cv->weight = calloc((size_t)cv->folds, sizeof *cv->weight);
    cv->held_out = calloc((size_t)(cv->folds * count), sizeof *cv->held_out);
    if (keep_paths && !(cv->fold_path = calloc((size_t)cv->folds, sizeof *cv->fold_path))) return ERM_ENOMEM;
    if (!cv->lambda || !cv->mean || !cv->error || !cv->weight || !cv->held_out) return ERM_ENOMEM;
    for (int64_t i = 0; i < count; i++) cv->lambda[i] = cv->path.point[i].lambda;
    for (int64_t i = 0; i < cv->folds * count; i++) cv->held_out[i] = NAN;
    return ERM_OK;
}

int erm__team(int wanted, int64_t jobs, int *threads_each)
{
    const int threads = wanted > 0 ? wanted : erm__threads_available();
    const bool abreast = 2 * jobs > threads;
    *threads_each = abreast ? 1 : threads;
    return !abreast ? 1 : threads < jobs ? threads : (int)jobs;
}

static erm_status run_folds(erm__cross *self, char *detail)
{
    erm_cv *const cv = self->cv;
    const int team = erm__team(self->options.path.solve.threads, cv->folds, &self->threads);
    erm__fold_end *const end = calloc((size_t)cv->folds, sizeof *end);
    if (!end) return ERM_ENOMEM;
#pragma omp parallel for num_threads(team) schedule(dynamic, 1) if (team > 1)
    for (int64_t f = 0; f < cv->folds; f++) erm__cross_fold(self, f, &end[f]);
    erm_status status = ERM_OK;
    cv->count = cv->path.count;
    for (int64_t f = 0; !status && f < cv->folds; f++) {
        status = end[f].status;
        if (status) erm__fail(detail, status, "without fold %lld: %s", (long long)f, end[f].detail);
        if (end[f].count < cv->count) cv->count = end[f].count;
        if (cv->stop == ERM_STOP_CONVERGED) cv->stop = end[f].stop;
    }
    free(end);
    return status;
}

/* Mean and standard error over the folds that have a number. */
static void average(erm_cv *cv, int64_t i)
{
    double total = 0, sum = 0, squares = 0;
    int64_t used = 0;
    for (int64_t f = 0; f < cv->folds; f++) {
        const double value = cv->held_out[f * cv->path.count + i];
        if (isnan(value) || !(cv->weight[f] > 0)) continue;
        total += cv->weight[f];
        sum += cv->weight[f] * value;
        used++;
    }
    cv->mean[i] = used ? sum / total : NAN;
    for (int64_t f = 0; f < cv->folds; f++) {
        const double from_mean = cv->held_out[f * cv->path.count + i] - cv->mean[i];
        if (!isnan(from_mean) && cv->weight[f] > 0) squares += cv->weight[f] * from_mean * from_mean;
    }
    cv->error[i] = used > 1 ? sqrt(squares / total / (double)(used - 1)) : NAN;
}

void erm__cv_choose(erm_cv *cv)
{
    const double sign = cv->metric == ERM_METRIC_AUC ? -1 : 1;
    cv->best = cv->one_se = -1;
    for (int64_t i = 0; i < cv->count; i++) {
        if (isnan(cv->mean[i])) continue;
        const double rise = cv->best < 0 ? -1 : sign * (cv->mean[i] - cv->mean[cv->best]);
        if (rise < 0 || (!(rise > 0) && cv->lambda[i] > cv->lambda[cv->best])) cv->best = i;
    }
    if (cv->best < 0) return;
    const double error = cv->error[cv->best], most = sign * cv->mean[cv->best] + (isnan(error) ? 0 : error);
    cv->one_se = cv->best;
    for (int64_t i = 0; i < cv->count; i++)
        if (sign * cv->mean[i] <= most && cv->lambda[i] > cv->lambda[cv->one_se]) cv->one_se = i;
}

/* Where X is by columns, a copy of it with the rows of each fold together, whose training parts are two ranges. */
typedef struct sorted_rows {
    erm_subset subset;
    erm_matrix_copy copy;
    int64_t *list;
    int32_t *fold;
} sorted_rows;

static erm_status sort_rows(erm__cross *self, sorted_rows *sorted, char *detail)
{
    const erm_cv *const cv = self->cv;
    const erm_matrix_ops *const ops = self->problem->X->ops;
    if (!ops->by_columns || self->options.recipe.count > 0) return ERM_OK;
    sorted->list = malloc((size_t)cv->rows * sizeof *sorted->list);
    sorted->fold = malloc((size_t)cv->rows * sizeof *sorted->fold);
    if (!sorted->list || !sorted->fold) return ERM_ENOMEM;
    int64_t count = 0;
    for (int64_t f = 0; f < cv->folds; f++) count += erm_fold_rows(cv->rows, cv->fold, (int32_t)f, false, sorted->list + count);
    for (int64_t i = 0; i < cv->rows; i++) sorted->fold[i] = cv->fold[sorted->list[i]];
    erm_status status = erm_subset_open(self->problem, cv->rows, sorted->list, &sorted->subset);
    const erm_copy_options options = {.threads = self->options.path.solve.threads};
    if (!status)
        status = (ops->sparse ? erm_csc_from : erm_dense_col_from)(sorted->subset.problem.X, &options, &sorted->copy, detail);
    if (status) return status;
    sorted->subset.problem.X = &sorted->copy.matrix.base;
    self->problem = &sorted->subset.problem;
    self->fold = sorted->fold;
    return ERM_OK;
}

static bool on_whole(const erm_path_point *point, void *data)
{
    erm__cross *const self = data;
    const erm_path_options *const path = &self->options.path;
    if (path->monitor && !path->monitor(point, path->monitor_data)) self->cancelled = 1;
    return erm__cross_tell(self);
}

static erm_status fit_whole(erm__cross *self, char *detail)
{
    erm_path_options options = self->options.path;
    options.monitor = on_whole;
    options.monitor_data = self;
    self->total = (self->cv->folds + 1) * (options.count > 0 ? options.count : 100);
    const erm_status status = erm_path_solve(self->whole, &options, &self->cv->path, detail);
    self->cv->stop = self->cv->path.stop;
    self->total = (self->cv->folds + 1) * self->cv->path.count;
    return status;
}

static erm_status validate(erm__cross *self, char *detail)
{
    erm_cv *const cv = self->cv;
    sorted_rows sorted = {0};
    erm_status status = make_folds(self->whole, &self->options, cv, detail);
    if (!status) status = fit_whole(self, detail);
    if (!status) status = take_memory(cv, self->options.keep_paths);
    self->fold = cv->fold;
    if (!status && !self->cancelled) status = sort_rows(self, &sorted, detail);
    if (!status && !self->cancelled) status = run_folds(self, detail);
    if (self->cancelled) cv->stop = ERM_STOP_CANCELLED;
    erm_matrix_copy_free(&sorted.copy);
    erm_subset_close(&sorted.subset);
    free(sorted.list);
    free(sorted.fold);
    for (int64_t i = 0; !status && i < cv->count; i++) average(cv, i);
    if (!status) erm__cv_choose(cv);
    return status;
}

erm_status erm_cross_validate(const erm_problem *problem, const erm_cv_options *options, erm_cv *cv, char *detail)
{
    char sentence[ERM_DETAIL_SIZE] = "";
    if (detail) *detail = 0;
    if (!cv) return erm__fail(detail, ERM_EINVAL, "erm_cross_validate needs a place for its answer");
    *cv = (erm_cv){.best = -1, .one_se = -1};
    erm__cross self = {.problem = problem, .cv = cv, .began = erm__seconds()};
    if (options) self.options = *options;
    cv->metric = self.options.metric;
    erm_problem whole;
    erm_prepared prepared;
    erm_status status = erm__prepare_whole(problem, &self.options.recipe, &whole, &cv->preparation, &prepared, sentence);
    self.whole = &whole;
    if (!status) status = erm_metric_check(problem, cv->metric, sentence);
    if (!status) status = validate(&self, sentence);
    erm_prepared_free(&prepared);
    cv->seconds = erm__seconds() - self.began;
    if (!status) return ERM_OK;
    erm_cv_free(cv);
    return erm__fail(detail, status, "%s", sentence[0] ? sentence : erm_status_text(status));
}

void erm_cv_free(erm_cv *cv)
{
    if (!cv) return;
    erm_path_free(&cv->path);
    erm_preparation_free(&cv->preparation);
    for (int64_t f = 0; cv->fold_path && f < cv->folds; f++) erm_path_free(&cv->fold_path[f]);
    free(cv->fold_path);
    free(cv->fold);
    free(cv->weight);
    free(cv->lambda);
    free(cv->held_out);
    free(cv->mean);
    free(cv->error);
    *cv = (erm_cv){0};
}
