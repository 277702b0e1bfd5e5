/* Hogwild: stochastic gradient descent by several threads on one W without locks, for sparse rows.
 *
 * Niu, Recht, Re and Wright (2011), "Hogwild!: a lock-free approach to parallelizing stochastic gradient descent", NIPS. Each
 * thread takes its share of the shuffled rows, and for a row reads, moves and writes back the entries of W at the row's
 * columns. Two threads at one entry may overwrite one another's step; where rows are sparse that is rare, and then costs
 * little. Entries are C11 atomics, read and written with relaxed order: no lock and no fence, and no undefined behaviour.
 *
 * The regularizer is shared out over the rows as in their section 2: column j undergoes a prox with step t n / n_j, n_j the
 * rows that have it, whenever one of those rows is drawn, so that its mean over an epoch is that of a prox at each step.
 *
 * Step: t = t0 / sqrt(1 + epochs), t0 = reach / (2 mean of ||x_i||^2), with reach and metric as SGD has
 * them (sgd.c), and for a single row no more than reach / (n s_i / S ||x_i||^2), as far as it may go on its own.
 * The answer is the mean of W after parts of epochs, over the last half to three quarters of them all.
 *
 * With one thread the seed fixes every bit. With more, the order in which they meet at an entry is chance, and so are the
 * last digits: the only solver here of which that is true.
 *
 * Memory: n indices and (7 + 2 threads) (d k + d) doubles at most. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <string.h>

#include "problem/workspace.h"
#include "solver/stochastic/stochastic.h"

enum {
    SAMPLE = 1024,   /* rows that tell the scale of the loss */
    LEAST_PARTS = 8, /* of an epoch: after each W enters the average */
    PART_ROWS = 512, /* at least, for more parts than that: far more work than to start the threads */
    PART_WORK = 4    /* and at least so many values for each entry of W */
};

/* What a thread has for itself. */
typedef struct worker {
    erm__reader reader;
    double *w;     /* size: the entries of W at the columns of its row; the others are unused */
    double *z, *d; /* k: margins and derivatives */
} worker;

typedef struct hogwild {
    double step, reach;
    _Atomic double *shared; /* size: W and b */
    int64_t *list;          /* n: the rows in the order of this epoch */
    double *range_metric;   /* d + 1: run->metric */
    double *often;          /* d: run->metric n / n_j, for the prox */
    int32_t *rare;          /* columns that no row has */
    int64_t rares;
    int64_t epochs, parts;
    worker *workers; /* one a thread */
    erm__tail tail;
} hogwild;

static double load(const _Atomic double *x) { return atomic_load_explicit(x, memory_order_relaxed); }

static void store(_Atomic double *x, double value) { atomic_store_explicit(x, value, memory_order_relaxed); }

static void take(hogwild *self, erm_run *run)
{
    const int64_t threads = run->workspace->threads;
    self->shared = erm_run_take_bytes(run, run->size, sizeof *self->shared);
    self->list = erm_run_take_bytes(run, run->problem->X->rows, sizeof *self->list);
    self->range_metric = erm_run_take(run, run->d + 1);
    self->often = erm_run_take(run, run->d);
    self->rare = erm_run_take_bytes(run, run->d, sizeof *self->rare);
    self->tail = erm__tail_take(run);
    self->workers = erm_run_take_bytes(run, threads, sizeof *self->workers);
    for (int64_t t = 0; self->workers && t < threads; t++)
        self->workers[t] = (worker){.reader = erm__reader_take(run),
                                    .w = erm_run_take(run, run->size),
                                    .z = erm_run_take(run, run->k),
                                    .d = erm_run_take(run, run->k)};
}

/* Fills `often` and the list of columns that no row has. */
static void count_columns(hogwild *self, erm_run *run)
{
    const int64_t n = run->problem->X->rows;
    for (int64_t i = 0; i < n; i++) {
        const erm_row row = erm__read_row(run, self->workers->reader, i);
        for (int64_t p = 0; p < row.count; p++) self->often[row.index ? row.index[p] : p] += 1;
    }
    run->passes += 1;
    for (int64_t j = 0; j < run->d; j++) {
        if (self->often[j] == 0) self->rare[self->rares++] = (int32_t)j;
        self->often[j] = (run->metric ? run->metric[j] : 1) * (self->often[j] > 0 ? (double)n / self->often[j] : 1);
    }
}

static erm_status start(void *state, erm_run *run)
{
    static_assert(sizeof(_Atomic double) == sizeof(double), "W is copied by its entries");
    hogwild *self = state;
    const erm_hogwild_params params = run->params ? *(const erm_hogwild_params *)run->params : (erm_hogwild_params){0};
    if (!(params.step >= 0) || !isfinite(params.step)) return ERM_EINVAL;
    take(self, run);
    const int64_t n = run->problem->X->rows;
    const erm_rows sample = {.count = n < SAMPLE ? n : SAMPLE, .list = self->list};
    double *const derivative = erm_run_take(run, sample.count * run->k);
    if (!erm_run_ok(run)) return ERM_ENOMEM;
    for (int64_t i = 0; i < n; i++) self->list[i] = i;
    erm_rng_shuffle(&run->rng, n, self->list);
    erm__use_range_metric(run, self->workers->reader, self->range_metric);
    count_columns(self, run);
    const int64_t affordable = run->problem->X->nnz / (PART_WORK * (run->d + 1)), most = n / PART_ROWS;
    self->parts = affordable < most ? affordable : most;
    if (self->parts < LEAST_PARTS) self->parts = LEAST_PARTS;
    erm_run_prox(run, DBL_MIN, NULL, run->w, run->w); /* into the set, where there is one */
    const double row = erm__measure_rows(run, self->workers->reader, NULL).mean;
    self->reach = erm__look_at_start(run, sample, run->w, derivative).reach;
    self->step = params.step > 0 ? params.step : row > 0 ? 0.5 * self->reach / row : 1;
    for (int64_t e = 0; e < run->size; e++) atomic_init(&self->shared[e], run->w[e]);
    return ERM_OK;
}

/* own = W at the columns of the row; z = the margins there. */
static void read_entries(const hogwild *self, const erm_run *run, const worker *own, int64_t i, erm_row row)
{
    const erm_problem *problem = run->problem;
    const int64_t k = run->k;
    for (int64_t c = 0; c < k; c++) {
        own->z[c] = problem->offset ? problem->offset[i * k + c] : 0;
        if (problem->intercept) own->z[c] += own->w[run->d * k + c] = load(&self->shared[run->d * k + c]);
    }
    for (int64_t p = 0; p < row.count; p++)
        for (int64_t c = 0, e = (row.index ? row.index[p] : p) * k; c < k; c++, e++) {
            own->w[e] = load(&self->shared[e]);
            own->z[c] += row.value[p] * own->w[e];
        }
}

/* The longest step that does not move the row's own margin too far. */
static double longest(const hogwild *self, const erm_run *run, int64_t i, erm_row row)
{
    const erm_problem *problem = run->problem;
    double square = problem->intercept ? 1 : 0;
    for (int64_t p = 0; p < row.count; p++)
        square += (run->metric ? run->metric[row.index ? row.index[p] : p] : 1) * row.value[p] * row.value[p];
    square *= (problem->weight ? problem->weight[i] : 1) * (double)run->workspace->n / run->workspace->total_weight;
    return square > 0 ? self->reach / square : INFINITY;
}

/* own moves along the row's gradient, and W gets it. */
static void write_entries(hogwild *self, const erm_run *run, const worker *own, erm_row row, double t)
{
    const erm_regularizer *R = &run->problem->regularizer;
    const int64_t k = run->k;
    for (int64_t p = 0; p < row.count; p++) {
        const int64_t j = row.index ? row.index[p] : p;
        const double x = t * (run->metric ? run->metric[j] : 1) * row.value[p];
        for (int64_t c = 0; c < k; c++) own->w[j * k + c] -= x * own->d[c];
    }
    R->ops->advance(R, run->shape, row.count, row.index, NULL, t, 0, self->often, NULL, own->w);
    for (int64_t p = 0; p < row.count; p++)
        for (int64_t c = 0, e = (row.index ? row.index[p] : p) * k; c < k; c++, e++) store(&self->shared[e], own->w[e]);
    for (int64_t c = 0, e = run->d * k; run->problem->intercept && c < k; c++, e++)
        store(&self->shared[e], own->w[e] - t * own->d[c]);
}

static void take_row(hogwild *self, const erm_run *run, const worker *own, int64_t i, double t)
{
    const erm_problem *problem = run->problem;
    const int64_t targets = run->workspace->targets;
    const double scale = (double)run->workspace->n / run->workspace->total_weight;
    const erm_row row = erm__read_row(run, own->reader, i);
    read_entries(self, run, own, i, row);
    problem->loss.ops->eval(&problem->loss, 1, run->k, own->z, problem->y + i * targets,
                            problem->weight ? problem->weight + i : NULL, own->d, NULL);
    for (int64_t c = 0; c < run->k; c++) own->d[c] *= scale;
    write_entries(self, run, own, row, fmin(t, longest(self, run, i, row)));
}

/* The threads' steps along list[begin .. end - 1]; then run->w is W, and enters the average. */
static void run_part(hogwild *self, erm_run *run, int64_t begin, int64_t end, double t)
{
    const int threads = run->workspace->threads;
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        const int64_t me = omp_get_thread_num(), team = omp_get_num_threads(), count = end - begin;
        for (int64_t p = begin + me * count / team; p < begin + (me + 1) * count / team; p++)
            take_row(self, run, &self->workers[me], self->list[p], t);
    }
    const erm_regularizer *R = &run->problem->regularizer;
    for (int64_t e = 0; e < run->size; e++) run->w[e] = load(&self->shared[e]);
    R->ops->advance(R, run->shape, self->rares, self->rare, NULL, t * (double)(end - begin), 0, self->often, NULL, run->w);
    for (int64_t r = 0; r < self->rares; r++)
        for (int64_t c = 0, e = self->rare[r] * run->k; c < run->k; c++, e++) store(&self->shared[e], run->w[e]);
    erm__tail_add(&self->tail, run->size, run->w);
}

/* One epoch. */
static erm_status step(void *state, erm_run *run)
{
    hogwild *self = state;
    const int64_t n = run->problem->X->rows;
    const double t = self->step / sqrt(1 + (double)self->epochs);
    erm_rng_shuffle(&run->rng, n, self->list);
    for (int64_t part = 0; part < self->parts; part++)
        run_part(self, run, part * n / self->parts, (part + 1) * n / self->parts, t);
    erm__tail_mean(&self->tail, run->size, run->w);
    run->passes += 1;
    self->epochs++;
    return ERM_OK;
}

static const erm_solver_ops ops = {
    .name = "hogwild",
    .state_size = sizeof(hogwild),
    .needs = ERM_NEEDS_ADVANCE | ERM_TOUCHES_SINGLE_ROWS | ERM_IS_NOISY,
    .start = start,
    .step = step,
};

erm_solver erm_solver_hogwild(const erm_hogwild_params *params) { return (erm_solver){.ops = &ops, .params = params}; }
