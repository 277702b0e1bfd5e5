/* The learning curve: what fits of more and more rows do on these rows and on rows held out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/detail.h"
#include "selection/cross_validate.h"
#include "selection/deal.h"
#include "selection/parts.h"

enum { DEFAULT_COUNT = 8, DEFAULT_FOLDS = 5, SMALLEST_SHARE = 32 };

typedef struct curving {
    const erm_problem *problem;
    const erm_problem *whole; /* of all rows, prepared */
    erm_curve_options options;
    erm_curve *curve;
    erm__cross tally; /* counts the fits */
    erm__arena arena;
    int64_t n;
    int32_t *fold;            /* repeats x n */
    double *train, *held_out; /* runs x count */
} curving;

typedef struct place {
    double at; /* 0 to 1 in its stratum */
    int64_t group, row;
} place;

static int by_place(const void *left, const void *right)
{
    const place *const a = left, *const b = right;
    if (a->at < b->at || a->at > b->at) return a->at < b->at ? -1 : 1;
    if (a->group != b->group) return a->group < b->group ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* All rows so that every beginning has about its share of each stratum: the rows of a stratum at even distances. A group is where
 * its first row is. order: n rows. */
static erm_status spread_rows(const curving *self, uint64_t seed, int64_t *order)
{
    erm_deal deal = self->options.deal;
    deal.seed = seed;
    const int64_t n = self->n;
    place *const places = malloc((size_t)n * sizeof *places);
    erm_status status = places ? erm__deal_order(n, &deal, order) : ERM_ENOMEM;
    for (int64_t begin = 0, end; !status && begin < n; begin = end) {
        for (end = begin + 1; end < n && deal.stratum && !(deal.stratum[order[end]] > deal.stratum[order[begin]]);) end++;
        if (!deal.stratum) end = n;
        for (int64_t p = begin; p < end; p++)
            places[p] =
                (place){((double)(p - begin) + 0.5) / (double)(end - begin), deal.group ? deal.group[order[p]] : 0, order[p]};
    }
    if (!status && deal.group) {
        erm_rng rng = erm_rng_seed(seed);
        const uint64_t salt = erm_rng_next(&rng);
        for (int64_t p = 0; p < n; p++) { /* one place for a group, by its number */
            erm_rng own = erm_rng_seed(salt ^ (uint64_t)places[p].group);
            places[p].at = erm_rng_uniform(&own);
        }
    }
    if (!status) qsort(places, (size_t)n, sizeof *places, by_place);
    for (int64_t p = 0; !status && p < n; p++) order[p] = places[p].row;
    free(places);
    return status;
}

static erm_status risk_of(const curving *self, const erm_problem *part, const double *w, double *margin, double *out)
{
    erm_problem_margins(part, w, margin);
    return erm_problem_risk(part, self->options.metric, margin, out, NULL);
}

/* Fits the first rows of `list` for each number of them, from the fit before. held: the rows held
 * out. memory: w, then margins. */
static erm_status fit_all(curving *self, int64_t run, const int64_t *list, int64_t held_count, const int64_t *held,
                          double *memory, erm__fold_end *end)
{
    const int64_t count = self->curve->count, size = erm_problem_size(self->whole);
    erm_options options = self->options.solve;
    options.threads = self->tally.threads;
    options.monitor = NULL;
    erm_status status = ERM_OK;
    for (int64_t i = 0; !status && i < count; i++) {
        erm__parts parts;
        erm_result result;
        status = erm__parts_open(self->problem, &self->options.recipe, self->curve->rows[i], list, held_count, held, &parts,
                                 end->detail);
        const erm_problem *const training = &parts.training.problem;
        if (!status) status = erm__parts_fit(&parts, self->whole, end->detail);
        if (!status && training->X->cols < self->whole->X->cols)
            memset(memory, 0, (size_t)size * sizeof *memory); /* other columns */
        if (!status) {
            status = erm_solve(training, &options, memory, &result);
            if (status) memcpy(end->detail, result.detail, sizeof end->detail);
            if (!status && end->stop == ERM_STOP_CONVERGED) end->stop = result.stop;
        }
        if (!status) status = risk_of(self, training, memory, memory + size, &self->train[run * count + i]);
        if (!status) status = risk_of(self, &parts.held_out.problem, memory, memory + size, &self->held_out[run * count + i]);
        erm__parts_close(&parts);
        if (!erm__cross_tell(&self->tally)) break;
    }
    return status;
}

/* order: room for twice all rows; they become those of the training part, and those held out. */
static erm_status run_with(curving *self, int64_t run, int64_t *order, double *memory, erm__fold_end *end)
{
    const int64_t n = self->n, repeat = run / self->options.folds;
    const int32_t f = (int32_t)(run % self->options.folds), *const fold = self->fold + repeat * n;
    int64_t *const held = order + n, count = 0;
    const erm_status status = spread_rows(self, self->options.deal.seed + (uint64_t)run * 7919 + 1, order);
    if (status) return status;
    for (int64_t p = 0; p < n; p++)
        if (fold[order[p]] != f) order[count++] = order[p];
    return fit_all(self, run, order, erm_fold_rows(n, fold, f, false, held), held, memory, end);
}

static void run_one(curving *self, int64_t run, erm__fold_end *end)
{
    const int64_t k = self->problem->k ? self->problem->k : 1, n = self->n;
    int64_t *const order = malloc((size_t)(2 * n) * sizeof *order);
    double *const memory = calloc((size_t)(erm_problem_size(self->whole) + n * k), sizeof *memory);
    end->stop = ERM_STOP_CONVERGED;
    end->status = order && memory ? run_with(self, run, order, memory, end) : ERM_ENOMEM;
    if (end->status && !end->detail[0]) erm__fail(end->detail, end->status, "%s", erm_status_text(end->status));
    free(order);
    free(memory);
}

/* Mean over the runs that have a number, and its standard error. */
static void average(const curving *self, const double *of_runs, int64_t i, double *mean, double *error)
{
    double sum = 0, squares = 0, used = 0;
    for (int64_t run = 0; run < self->curve->runs; run++) {
        const double value = of_runs[run * self->curve->count + i];
        if (isnan(value)) continue;
        sum += value;
        used++;
    }
    *mean = sum / used;
    for (int64_t run = 0; run < self->curve->runs; run++) {
        const double from_mean = of_runs[run * self->curve->count + i] - *mean;
        if (!isnan(from_mean)) squares += from_mean * from_mean;
    }
    *error = used > 1 ? sqrt(squares / (used - 1) / used) : NAN;
}

static erm_status run_all(curving *self, char *detail)
{
    erm_curve *const curve = self->curve;
    const int team = erm__team(self->options.solve.threads, curve->runs, &self->tally.threads);
    erm__fold_end *const end = erm__arena_take(&self->arena, curve->runs, sizeof *end);
    if (!end) return ERM_ENOMEM;
#pragma omp parallel for num_threads(team) schedule(dynamic, 1) if (team > 1)
    for (int64_t run = 0; run < curve->runs; run++) {
        int cancelled;
#pragma omp atomic read
        cancelled = self->tally.cancelled;
        if (!cancelled) run_one(self, run, &end[run]);
    }
    curve->stop = self->tally.cancelled ? ERM_STOP_CANCELLED : ERM_STOP_CONVERGED;
    if (self->tally.cancelled) curve->count = 0;
    for (int64_t run = 0; run < curve->runs; run++) {
        if (end[run].status) return erm__fail(detail, end[run].status, "%s", end[run].detail);
        if (curve->stop == ERM_STOP_CONVERGED) curve->stop = end[run].stop;
    }
    for (int64_t i = 0; i < curve->count; i++) {
        average(self, self->train, i, &curve->train[i], &curve->train_error[i]);
        average(self, self->held_out, i, &curve->held_out[i], &curve->held_out_error[i]);
    }
    return ERM_OK;
}

static erm_status deal_all(curving *self, char *detail)
{
    erm_curve_options *const options = &self->options;
    if (options->folds == 0) options->folds = self->n < DEFAULT_FOLDS ? self->n : DEFAULT_FOLDS;
    if (options->repeats == 0) options->repeats = 1;
    if (options->repeats < 0 || options->count < 0 || options->repeats > INT32_MAX)
        return erm__fail(detail, ERM_EINVAL, "repeats and count must not be negative");
    self->fold = erm__arena_take(&self->arena, options->repeats * self->n, sizeof *self->fold);
    if (!self->fold) return ERM_ENOMEM;
    for (int64_t repeat = 0; repeat < options->repeats; repeat++) {
        erm_deal deal = options->deal;
        deal.seed += (uint64_t)repeat;
        const erm_status status = erm_deal_folds(self->n, options->folds, &deal, self->fold + repeat * self->n, detail);
        if (status) return status;
    }
    self->curve->runs = options->folds * options->repeats;
    return ERM_OK;
}

/* Rows of the smallest training part. */
static int64_t most_rows(const curving *self)
{
    int64_t most = self->n;
    for (int64_t run = 0; run < self->curve->runs; run++) {
        int64_t others = 0;
        for (int64_t i = 0; i < self->n; i++)
            others += self->fold[run / self->options.folds * self->n + i] != run % self->options.folds;
        most = others < most ? others : most;
    }
    return most;
}

/* Number i of `count`, even in the logarithm. */
static int64_t even_size(int64_t most, int64_t count, int64_t i)
{
    const double share = count > 1 ? (double)(count - 1 - i) / (double)(count - 1) : 0;
    const double even = floor((double)most * pow(1.0 / SMALLEST_SHARE, share) + 0.5);
    return even < 1 ? 1 : (int64_t)even;
}

static erm_status choose_sizes(curving *self, char *detail)
{
    erm_curve *const curve = self->curve;
    const int64_t most = most_rows(self), count = self->options.count ? self->options.count : DEFAULT_COUNT;
    double *const numbers = calloc((size_t)count * 4, sizeof *numbers);
    curve->train = numbers;
    curve->rows = calloc((size_t)count, sizeof *curve->rows);
    self->train = erm__arena_doubles(&self->arena, curve->runs * count);
    self->held_out = erm__arena_doubles(&self->arena, curve->runs * count);
    if (!numbers || !curve->rows || self->arena.failed) return ERM_ENOMEM;
    curve->held_out = numbers + count;
    curve->train_error = numbers + 2 * count;
    curve->held_out_error = numbers + 3 * count;
    for (int64_t i = 0; i < count; i++) {
        const int64_t rows = self->options.rows ? self->options.rows[i] : even_size(most, count, i);
        const int64_t before = curve->count > 0 ? curve->rows[curve->count - 1] : 0;
        if (!self->options.rows && rows == before) continue;
        if (rows < 1 || rows > most)
            return erm__fail(detail, ERM_EINVAL, "%lld training rows; 1 to %lld are possible", (long long)rows, (long long)most);
        if (rows <= before)
            return erm__fail(detail, ERM_EINVAL, "%lld training rows after %lld; the numbers must rise", (long long)rows,
                             (long long)before);
        curve->rows[curve->count++] = rows;
    }
    self->tally.total = curve->runs * curve->count;
    return ERM_OK;
}

erm_status erm_learning_curve(const erm_problem *problem, const erm_curve_options *options, erm_curve *curve, char *detail)
{
    char sentence[ERM_DETAIL_SIZE] = "";
    const double began = erm__seconds();
    if (detail) *detail = 0;
    if (!curve) return erm__fail(detail, ERM_EINVAL, "erm_learning_curve needs a place for its answer");
    *curve = (erm_curve){0};
    curving self = {.problem = problem, .curve = curve};
    if (options) self.options = *options;
    self.tally.options.monitor = self.options.monitor;
    self.tally.options.monitor_data = self.options.monitor_data;
    erm_problem whole;
    erm_preparation preparation = {0};
    erm_prepared prepared;
    erm_status status = erm__prepare_whole(problem, &self.options.recipe, &whole, &preparation, &prepared, sentence);
    self.whole = &whole;
    if (!status) status = erm_metric_check(problem, self.options.metric, sentence);
    if (!status && self.options.solve.checkpoint)
        status = erm__fail(sentence, ERM_EUNSUPPORTED, "a learning curve keeps no checkpoint: it makes many fits");
    if (!status) {
        self.n = problem->X->rows;
        status = deal_all(&self, sentence);
    }
    if (!status) status = choose_sizes(&self, sentence);
    if (!status) status = run_all(&self, sentence);
    erm__arena_free(&self.arena);
    erm_prepared_free(&prepared);
    erm_preparation_free(&preparation);
    curve->seconds = erm__seconds() - began;
    if (!status) return ERM_OK;
    erm_curve_free(curve);
    return erm__fail(detail, status, "%s", sentence[0] ? sentence : erm_status_text(status));
}

void erm_curve_free(erm_curve *curve)
{
    if (!curve) return;
    free(curve->rows);
    free(curve->train);
    *curve = (erm_curve){0};
}
