/* The cost of one step of SGD and of SVRG by one row, against the time of reading the same rows in the same order. */
#include <math.h>
#include <stdlib.h>

#include "base/simd.h"
#include "ermopt/rng.h"
#include "kernels.h"
#include "kernels_sparse.h"
#include "solver/run.h"

typedef struct stepping {
    erm_problem problem;
    erm__workspace ws;
    erm__certifier certifier;
    erm_run run;
    erm_solver solver;
    void *state;
    int64_t *order;
} stepping;

static void open_stepping(stepping *job, const erm_problem *problem, erm_solver solver)
{
    *job = (stepping){.problem = *problem, .solver = solver, .state = calloc(1, solver.ops->state_size)};
    if (!job->state || erm__workspace_open(&job->ws, &job->problem, 1) != ERM_OK) exit(1);
    if (erm__certifier_open(&job->certifier, &job->ws) != ERM_OK) exit(1);
    if (erm__run_open(&job->run, &job->certifier, solver, 1, NULL) != ERM_OK ||
        solver.ops->start(job->state, &job->run) != ERM_OK)
        exit(1);
}

static void close_stepping(stepping *job)
{
    erm__run_close(&job->run);
    erm__workspace_close(&job->ws);
    free(job->state);
}

static void run_epoch(void *context)
{
    stepping *const job = context;
    if (job->solver.ops->step(job->state, &job->run) != ERM_OK) exit(1);
}

/* The sum of all values (and indices) of the rows in a random order. */
static void read_rows(void *context)
{
    const stepping *const job = context;
    const erm_matrix *X = job->problem.X;
    double total = 0;
    int64_t indices = 0;
    for (int64_t t = 0; t < X->rows; t++) {
        const erm_row row = X->ops->row(X, job->order[t], NULL, NULL);
        double sum = 0;
        ERM_SIMD_SUM(sum)
        for (int64_t p = 0; p < row.count; p++) sum += row.value[p];
        int64_t index = 0;
        ERM_SIMD_SUM(index)
        for (int64_t p = 0; p < (row.index ? row.count : 0); p++) index += row.index[p];
        total += sum;
        indices += index;
    }
    use(total + (double)indices);
}

static void bench_matrix(results *table, const char *what, const erm_problem *problem)
{
    const int64_t n = problem->X->rows, d = problem->X->cols;
    const erm_sgd_params one_row = {.batch = 1};
    const erm_svrg_params pass = {.batch = 1, .inner = 1};
    double *const w = take_uniform(d, 3, true), *const g = take(d, sizeof *g, true);
    stepping rows = {.problem = *problem, .order = take(n, sizeof *rows.order, true)}, sgd, svrg;
    sweeping sweep;
    erm_rng rng = erm_rng_seed(6);
    for (int64_t i = 0; i < n; i++) rows.order[i] = i;
    erm_rng_shuffle(&rng, n, rows.order);
    sweeping_open(&sweep, problem, 1, w, g);
    open_stepping(&sgd, problem, erm_solver_sgd(&one_row));
    open_stepping(&svrg, problem, erm_solver_svrg(&pass));
    timed jobs[] = {job_of("read rows at random", 1, read_rows, &rows), job_of("sgd epoch", 1, run_epoch, &sgd),
                    job_of("sweep", 1, run_sweep, &sweep), job_of("svrg epoch and sweep", 1, run_epoch, &svrg)};
    const results few = {.turns = table->quick ? 1 : 3};
    measure(&few, 4, jobs);
    finding found = NO_FINDING;
    found.rate = (double)n;
    for (int j = 0; j < 4; j++) print_job(table, what, &jobs[j], found);
    print_ratio(table, what, "sgd step / reading", 1, jobs[1].processor / jobs[0].processor, 1.5, true);
    print_ratio(table, what, "svrg step / reading", 1, (jobs[3].processor - jobs[2].processor) / jobs[0].processor, 1.5, true);
    close_stepping(&sgd);
    close_stepping(&svrg);
    sweeping_close(&sweep);
    free(rows.order);
    free(w);
    free(g);
}

void bench_steps(results *table)
{
    const int64_t n = 200000 / (table->quick ? 20 : 1), d = 200, wide = 50000, few = n / 10; /* sgd takes d operations a step */
    double *const x = take_uniform(n * d, 1, false), *const y = take_labels(n, 1, 4);
    sparse_arrays arrays = sparse_new(few, wide, 72, false);
    const erm_dense dense = erm_dense_f64(n, d, x, d);
    const erm_csr csr = erm_csr_f64(few, wide, arrays.start, arrays.index, arrays.values);
    erm_problem problem = {.X = &dense.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1e-5)};
    bench_matrix(table, "steps, dense n x 200", &problem);
    problem.X = &csr.base;
    bench_matrix(table, "steps, csr n x 50000", &problem);
    free(x);
    free(y);
    sparse_free(&arrays);
}
