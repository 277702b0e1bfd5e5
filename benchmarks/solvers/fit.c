/* Fits problems with our solvers, from a loose tolerance to a tight one, and writes a row for each fit; bench_judge reads them.
 *
 *     bench_fit [--solver NAME] [--threads N] [--repeats N] [--seconds X] [--digits N] [--data FOLDER] [--answers FOLDER] PROBLEM...
 *
 * --digits N: only tolerance 10^-N. Only erm_solve is timed, all of it: its checks of the data, its certificates. Rows are tab-separated:
 * problem, program, threads, setting, repeat, seconds, passes, memory, answer; memory is how many bytes the process grew by over
 * what the data take.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "ermopt/solve.h"

typedef struct arguments {
    const char *solver, *folder, *answers;
    int threads, repeats, digits;
    int64_t before; /* memory */
    double seconds; /* no tighter tolerance is tried once a fit took longer, or all of a sweep's fits four times as long */
} arguments;

/* Without a solver's name: what auto chose. */
static void print_row(const arguments *self, const bench_case *problem, const erm_result *result, int repeat, const char *answer)
{
    printf("%s\tlibermopt %s%s\t%d\ttol=%.0e\t%d\t%.6f\t%.2f\t%lld\t%s\n", problem->name,
           strcmp(self->solver, "auto") ? "" : "auto: ", result->solver, self->threads, result->tol, repeat, result->seconds,
           result->passes, (long long)result->workspace_bytes, answer);
    fflush(stdout);
}

/* How long all repeats took; INFINITY where a tighter tolerance makes no sense. */
static double fit(const arguments *self, const bench_case *problem, double tol, double *w)
{
    const int64_t size = erm_problem_size(&problem->problem);
    erm_options options = {.tol = tol, .threads = self->threads, .max_seconds = 10 * self->seconds};
    if (!erm_solver_from_name(self->solver, &options.solver)) bench_die("there is no solver '%s'", self->solver);
    double total = 0, slowest = 0;
    char answer[4096];
    for (int repeat = 0; repeat < self->repeats && slowest <= self->seconds; repeat++) {
        erm_result result;
        memset(w, 0, (size_t)size * sizeof *w);
        if (erm_solve(&problem->problem, &options, w, &result)) bench_die("%s: %s", problem->name, result.detail);
        snprintf(answer, sizeof answer, "%s/%s.%s.%d.%.0e.bin", self->answers, problem->name, self->solver, self->threads, tol);
        if (repeat == 0) bench_write_answer(answer, size, w);
        print_row(self, problem, &result, repeat, answer);
        slowest = fmax(slowest, result.seconds);
        total += result.seconds;
        if (result.stop != ERM_STOP_CONVERGED && result.stop != ERM_STOP_NOT_UNIQUE) return INFINITY;
    }
    return slowest > self->seconds ? INFINITY : total;
}

static void sweep(arguments *self, const char *name)
{
    bench_case problem;
    bench_case_open(name, self->folder, &problem);
    double *const w = bench_memory(erm_problem_size(&problem.problem), sizeof *w);
    self->before = bench_growth(0);
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
