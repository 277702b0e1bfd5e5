/* Logistic value and gradient on compressed sparse rows, against SciPy's two products. */
#include "kernels_sparse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ermopt/rng.h"
#include "kernels.h"

/* ---- the matrix -------------------------------------------------------------------------------------------------------- */

static void draw_columns(sparse_arrays *to, int64_t per_row)
{
    erm_rng rng = erm_rng_seed(3);
    bool *const used = take(to->d, sizeof *used, false);
    int32_t *const index = to->index;
    for (int64_t i = 0; i < to->n; i++) {
        const int64_t first = i * per_row, end = first + per_row;
        for (int64_t p = first; p < end;) {
            const int64_t j = (int64_t)pow((double)to->d, erm_rng_uniform(&rng)) - 1;
            if (used[j]) continue;
            used[j] = true;
            int64_t q = p++;
            for (; q > first && index[q - 1] > j; q--) index[q] = index[q - 1];
            index[q] = (int32_t)j;
        }
        for (int64_t p = first; p < end; p++) used[index[p]] = false;
        to->start[i + 1] = end;
    }
    free(used);
}

sparse_arrays sparse_new(int64_t n, int64_t d, int64_t per_row, bool single)
{
    const int64_t nnz = n * per_row, size = single ? sizeof(float) : sizeof(double);
    char *const block = take(nnz, (size_t)size + sizeof(int32_t), false);
    sparse_arrays made = {.n = n, .d = d, .nnz = nnz, .bytes = nnz * (size + (int64_t)sizeof(int32_t)), .values = block};
    made.start = take(n + 1, sizeof *made.start, false);
    made.index = (int32_t *)(void *)(block + nnz * size);
    draw_columns(&made, per_row);
    erm_rng rng = erm_rng_seed(5);
    for (int64_t p = 0; p < nnz; p++) {
        const double x = 0.5 + erm_rng_uniform(&rng);
        if (single)
            ((float *)made.values)[p] = (float)x;
        else
            ((double *)made.values)[p] = x;
    }
    return made;
}

void sparse_free(sparse_arrays *arrays)
{
    free(arrays->values);
    free(arrays->start);
}

/* ---- SciPy ------------------------------------------------------------------------------------------------------------- */

static bool dump(const char *folder, const char *name, const void *data, int64_t bytes)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    const bool whole = fwrite(data, 1, (size_t)bytes, file) == (size_t)bytes;
    return fclose(file) == 0 && whole;
}

/* Runs scipy_pair.py on the data in the folder; the least seconds of X @ w and X.T @ r together, NAN without SciPy. */
static double time_scipy(const char *folder, const sparse_arrays *X, int turns)
{
    char command[600];
    double seconds = NAN;
    const char *const python = access("/usr/bin/python3", X_OK) == 0 ? "/usr/bin/python3" : "python3";
    snprintf(command, sizeof command, "%s '%s' '%s' %lld %lld %d", python, SCIPY_PAIR, folder, (long long)X->n, (long long)X->d,
             turns);
    FILE *answer = popen(command, "r");
    if (!answer) return NAN;
    if (fscanf(answer, "%lf", &seconds) != 1) seconds = NAN;
    pclose(answer);
    return seconds;
}

static bool hand_over(char *folder, const sparse_arrays *X, const double *w, const double *r)
{
    return mkdtemp(folder) && dump(folder, "start", X->start, (X->n + 1) * 8) && dump(folder, "index", X->index, X->nnz * 4) &&
           dump(folder, "values", X->values, X->nnz * 8) && dump(folder, "w", w, X->d * 8) && dump(folder, "r", r, X->n * 8);
}

static void clean_up(const char *folder)
{
    static const char *const names[] = {"start", "index", "values", "w", "r"};
    char path[160];
    for (int f = 0; f < 5; f++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[f]);
        remove(path);
    }
    rmdir(folder);
}

/* ---- the measurement ---------------------------------------------------------------------------------------------------- */

/* One thread and two on one matrix. Returns the least processor time with one thread. */
static double bench_matrix(results *table, const char *what, const char *name, const erm_problem *problem, const sparse_arrays *X,
                           const double *w, double *g)
{
    timed jobs[4];
    sweeping sweeps[2];
    reading reads[2];
    for (int t = 0; t < 2; t++) {
        reads[t] = (reading){.bytes = X->values, .size = X->bytes, .threads = t + 1};
        sweeping_open(&sweeps[t], problem, t + 1, w, g);
        jobs[2 * t] = job_of("read, eight streams", t + 1, read_eight_streams, &reads[t]);
        jobs[2 * t + 1] = job_of(name, t + 1, run_sweep, &sweeps[t]);
    }
    measure(table, 4, jobs);
    finding found = NO_FINDING;
    found.ulps = sweep_ulps(&sweeps[1]);
    found.rate = (double)X->nnz;
    for (int t = 0; t < 2; t++) {
        finding read = NO_FINDING;
        read.rate = (double)X->bytes;
        print_job(table, what, &jobs[2 * t], read);
        found.bound = jobs[2 * t].wall;
        found.bound_processor = jobs[2 * t].processor;
        print_job(table, what, &jobs[2 * t + 1], found);
        sweeping_close(&sweeps[t]);
    }
    print_ratio(table, what, "one thread / two", 2, jobs[1].processor / jobs[3].processor, 1.8, false);
    return jobs[1].processor;
}

void bench_sparse(results *table)
{
    char what[80], folder[] = "/tmp/bench_kernels_XXXXXX";
    const int64_t n = 200000 / (table->quick ? 20 : 1), d = 50000, per_row = 72;
    sparse_arrays f64 = sparse_new(n, d, per_row, false), f32 = sparse_new(n, d, per_row, true);
    double *const w = take_uniform(d, 3, true), *const g = take(d, sizeof *g, true), *const y = take_labels(n, 1, 4);
    const erm_csr X = erm_csr_f64(n, d, f64.start, f64.index, f64.values);
    const erm_csr Y = erm_csr_f32(n, d, f32.start, f32.index, f32.values);
    erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1)};
    snprintf(what, sizeof what, "csr %lldx%lld", (long long)n, (long long)d);
    const bool dumped = hand_over(folder, &f64, w, y);
    const double before = dumped ? time_scipy(folder, &f64, table->turns) : NAN;
    const double seconds = bench_matrix(table, what, "sweep f64", &problem, &f64, w, g);
    const double scipy = fmin(before, dumped ? time_scipy(folder, &f64, table->turns) : NAN);
    clean_up(folder);
    problem.X = &Y.base;
    bench_matrix(table, what, "sweep f32", &problem, &f32, w, g);
    if (isnan(scipy)) {
        printf("SciPy was not found: nothing to compare with\n");
    } else {
        printf("SciPy's X @ w and X.T @ r: %.2f ms, %.2f ns a value; the f64 sweep: %.2f ns\n", 1e3 * scipy,
               1e9 * scipy / (double)f64.nnz, 1e9 * seconds / (double)f64.nnz);
        print_ratio(table, what, "sweep f64 / SciPy", 1, seconds / scipy, 0.6, true);
    }
    sparse_free(&f64);
    sparse_free(&f32);
    free(w);
    free(g);
    free(y);
}
