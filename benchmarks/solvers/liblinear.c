/* liblinear's own C library on the same problems, from a loose tolerance to a tight one; rows as bench_fit's.
 *
 *     bench_liblinear [--repeats N] [--seconds X] [--data FOLDER] [--answers FOLDER] [--only PART-OF-NAME] PROBLEM...
 *
 * Its objective is R(w) + C sum of losses, so C = 1 / (n lambda); its squared hinge has no 1/2, its absolute loss none either.
 */
#include <linear.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "case.h"

typedef struct method {
    const char *kind, *name;
    int solver;
    double factor; /* of C */
} method;

static const method methods[] = {
    {"l2log", "liblinear TRON", L2R_LR, 1},
    {"l2log", "liblinear dual", L2R_LR_DUAL, 1},
    {"l1log", "liblinear", L1R_LR, 1},
    {"hinge", "liblinear dual", L2R_L1LOSS_SVC_DUAL, 1},
    {"sqhinge", "liblinear TRON", L2R_L2LOSS_SVC, 0.5},
    {"sqhinge", "liblinear dual", L2R_L2LOSS_SVC_DUAL, 0.5},
    {"quantile", "liblinear dual", L2R_L1LOSS_SVR_DUAL, 0.5},
};

typedef struct arguments {
    const char *folder, *answers, *only;
    int repeats;
    double seconds;
} arguments;

static void quiet(const char *text) { (void)text; }

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Rows in its layout: (column from 1, value) pairs, ended by column -1. */
static struct problem convert(const bench_case *self)
{
    const bench_set *const set = &self->set;
    const int64_t n = set->X.base.rows, d = set->X.base.cols, nnz = set->sparse ? set->start[n] : n * d;
    struct problem out = {.l = (int)n, .n = (int)d, .bias = -1};
    struct feature_node *node = bench_memory(nnz + n, sizeof *node);
    out.y = bench_memory(n, sizeof *out.y);
    out.x = bench_memory(n, sizeof *out.x);
    for (int64_t i = 0; i < n; i++) {
        out.y[i] = self->problem.y[i];
        out.x[i] = node;
        const int64_t begin = set->sparse ? set->start[i] : i * d, end = set->sparse ? set->start[i + 1] : begin + d;
        for (int64_t p = begin; p < end; p++)
            *node++ =
                (struct feature_node){.index = 1 + (set->sparse ? set->index[p] : (int)(p - begin)), .value = set->values[p]};
        *node++ = (struct feature_node){.index = -1};
    }
    return out;
}

static double fit(const arguments *self, const bench_case *problem, const struct problem *data, const method *how, double eps)
{
    const double C = how->factor / ((double)data->l * problem->lambda);
    const struct parameter parameter = {.solver_type = how->solver, .eps = eps, .C = C, .p = 0};
    double least = INFINITY, *const w = bench_memory(data->n, sizeof *w);
    char answer[4096];
    snprintf(answer, sizeof answer, "%s/%s.liblinear%d.%.0e.bin", self->answers, problem->name, how->solver, eps);
    for (int repeat = 0; repeat < self->repeats && (repeat == 0 || least <= bench_patience(repeat) * self->seconds); repeat++) {
        const int64_t before = bench_resident();
        const double start = seconds_now();
        struct model *model = train(data, &parameter);
        const double seconds = seconds_now() - start;
        const int64_t memory = bench_growth(before);
        least = fmin(least, seconds);
        const double sign = how->solver != L2R_L1LOSS_SVR_DUAL && model->label[0] < 0 ? -1 : 1;
        for (int j = 0; j < data->n; j++) w[j] = sign * model->w[j];
        if (repeat == 0) bench_write_answer(answer, data->n, w);
        printf("%s\t%s\t1\teps=%.0e\t%d\t%.6f\tnan\t%lld\t%s\n", problem->name, how->name, eps, repeat, seconds,
               (long long)memory, answer);
        fflush(stdout);
        free_and_destroy_model(&model);
    }
    free(w);
    return least > self->seconds ? INFINITY : self->repeats * least;
}

static void sweep(const arguments *self, const char *name)
{
    bench_case problem;
    bench_case_open(name, self->folder, &problem);
    struct problem data = convert(&problem);
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        if (strcmp(methods[m].kind, problem.kind) != 0 || !strstr(methods[m].name, self->only)) continue;
        double total = 0;
        for (int digits = 1; digits <= 9 && total <= 4 * self->seconds; digits++)
            total += fit(self, &problem, &data, &methods[m], pow(10, -digits));
    }
    free(data.x[0]);
    free(data.x);
    free(data.y);
    bench_case_close(&problem);
}

int main(int argc, char **argv)
{
    arguments self = {.answers = ".", .only = "", .repeats = 5, .seconds = 10};
    int at = 1;
    for (; at + 1 < argc && !strncmp(argv[at], "--", 2); at += 2) {
        const char *const value = argv[at + 1];
        if (!strcmp(argv[at], "--repeats"))
            self.repeats = atoi(value);
        else if (!strcmp(argv[at], "--seconds"))
            self.seconds = atof(value);
        else if (!strcmp(argv[at], "--data"))
            self.folder = value;
        else if (!strcmp(argv[at], "--only"))
            self.only = value;
        else if (!strcmp(argv[at], "--answers"))
            self.answers = value;
        else
            bench_die("there is no option %s", argv[at]);
    }
    set_print_string_function(quiet);
    for (; at < argc; at++) sweep(&self, argv[at]);
    return 0;
}
