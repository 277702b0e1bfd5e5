/* Fits problems with our solvers, from a loose tolerance to a tight one, and writes a row for each fit; bench_judge reads them.
 *
 *     bench_fit [--solver NAME] [--threads N] [--repeats N] [--seconds X] [--digits N] [--data FOLDER] [--answers FOLDER]
 *               PROBLEM...
 *
 * --digits N: only tolerance 10^-N. Only erm_solve, or erm_path_solve, is timed, all of it: its checks of the data, its
 * certificates. Rows are tab-separated: problem, program, threads, setting, repeat, seconds, passes, memory, answer; memory is
 * how many bytes the process grew by at most during the fit.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "ermopt/path.h"
#include "ermopt/solve.h"

typedef struct arguments {
    const char *solver, *folder, *answers;
    int threads, repeats, digits;
    double seconds; /* no tighter tolerance is tried once all repeats took longer, or all of a sweep's fits four times as long */
} arguments;

/* Without a solver's name: what auto chose. */
static void print_row(const arguments *self, const bench_case *problem, const erm_result *result, int repeat, int64_t memory,
                      const char *answer)
{
    printf("%s\tlibermopt %s%s\t%d\ttol=%.0e\t%d\t%.6f\t%.2f\t%lld\t%s\n", problem->name,
           strcmp(self->solver, "auto") ? "" : "auto: ", result->solver, self->threads, result->tol, repeat, result->seconds,
           result->passes, (long long)memory, answer);
    fflush(stdout);
}

/* The whole path as if it were one fit: the last point's solver, the passes of all. */
static erm_status solve_path(const bench_case *problem, const erm_options *options, double *w, erm_result *result)
{
    const int64_t size = erm_problem_size(&problem->problem);
    const erm_path_options path_options = {.solve = *options, .lambda = problem->lambdas, .count = problem->count};
    erm_problem unit = problem->problem;
    unit.regularizer = erm_l1(1);
    erm_path path;
    const erm_status status = erm_path_solve(&unit, &path_options, &path, result->detail);
    if (status) return status;
    *result = path.point[path.count - 1].result;
    for (int64_t i = 0; i < path.count; i++) erm_path_w(&path, i, w + i * size);
    for (int64_t i = 0; i + 1 < path.count; i++) result->passes += path.point[i].result.passes;
    result->stop = path.count < problem->count ? ERM_STOP_TIME : path.stop;
    result->seconds = path.seconds;
    erm_path_free(&path);
    return ERM_OK;
}

/* How long all repeats take at best; INFINITY where a tighter tolerance makes no sense. */
static double fit(const arguments *self, const bench_case *problem, double tol, double *w)
{
    const int64_t size = problem->count * erm_problem_size(&problem->problem);
    erm_options options = {.tol = tol, .threads = self->threads, .max_seconds = 10 * self->seconds};
    if (!erm_solver_from_name(self->solver, &options.solver)) bench_die("there is no solver '%s'", self->solver);
    double least = INFINITY;
    char answer[4096];
    for (int repeat = 0; repeat < self->repeats && (repeat == 0 || least <= bench_patience(repeat) * self->seconds); repeat++) {
        erm_result result;
        memset(w, 0, (size_t)size * sizeof *w);
        const int64_t before = bench_resident();
        if (problem->count > 1 ? solve_path(problem, &options, w, &result) : erm_solve(&problem->problem, &options, w, &result))
            bench_die("%s: %s", problem->name, result.detail);
        const int64_t memory = bench_growth(before);
        snprintf(answer, sizeof answer, "%s/%s.%s.%d.%.0e.bin", self->answers, problem->name, self->solver, self->threads, tol);
        if (repeat == 0) bench_write_answer(answer, size, w);
        print_row(self, problem, &result, repeat, memory, answer);
        least = fmin(least, result.seconds);
        if (result.stop != ERM_STOP_CONVERGED && result.stop != ERM_STOP_NOT_UNIQUE) return INFINITY;
    }
    return least > self->seconds ? INFINITY : self->repeats * least;
}

static void sweep(const arguments *self, const char *name)
{
    bench_case problem;
    bench_case_open(name, self->folder, &problem);
    double *const w = bench_memory(problem.count * erm_problem_size(&problem.problem), sizeof *w);
    const int first = self->digits ? self->digits : 1, last = self->digits ? self->digits : 10;
    double total = 0;
    for (int digits = first; digits <= last && total <= 4 * self->seconds; digits++)
        total += fit(self, &problem, pow(10, -digits), w);
    free(w);
    bench_case_close(&problem);
}

int main(int argc, char **argv)
{
    arguments self = {.solver = "auto", .answers = ".", .threads = 1, .repeats = 5, .seconds = 10};
    int at = 1;
    for (; at + 1 < argc && !strncmp(argv[at], "--", 2); at += 2) {
        const char *const value = argv[at + 1];
        if (!strcmp(argv[at], "--solver"))
            self.solver = value;
        else if (!strcmp(argv[at], "--threads"))
            self.threads = atoi(value);
        else if (!strcmp(argv[at], "--repeats"))
            self.repeats = atoi(value);
        else if (!strcmp(argv[at], "--digits"))
            self.digits = atoi(value);
        else if (!strcmp(argv[at], "--seconds"))
            self.seconds = atof(value);
        else if (!strcmp(argv[at], "--data"))
            self.folder = value;
        else if (!strcmp(argv[at], "--answers"))
            self.answers = value;
        else
            bench_die("there is no option %s", argv[at]);
    }
    if (at >= argc) bench_die("usage: bench_fit [--solver NAME] [--threads N] [--repeats N] [--data FOLDER] PROBLEM...");
    for (; at < argc; at++) sweep(&self, argv[at]);
    return 0;
}
