/* Names to problems. */
#include "case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP = 10, PATH = 100 };

typedef enum bench_penalty { RIDGE, LASSO, ELASTIC_NET, GROUP_LASSO } bench_penalty;

typedef struct kind {
    const char *name;
    erm_loss (*loss)(double param);
    double param;
    bench_penalty penalty;
    bool regression;                           /* fits the target, else the label */
    double (*lambda)(double number, double n); /* NULL: number x lambda_max */
    bool intercept, path;
} kind;

static erm_loss squared(double unused) { return (void)unused, erm_loss_squared(); }
static erm_loss logistic(double unused) { return (void)unused, erm_loss_logistic(); }
static erm_loss hinge(double unused) { return (void)unused, erm_loss_hinge(); }
static erm_loss squared_hinge(double unused) { return (void)unused, erm_loss_squared_hinge(); }
static erm_loss cross_entropy(double unused) { return (void)unused, erm_loss_cross_entropy(); }

static double as_given(double number, double n) { return (void)n, number; }
static double over_rows(double number, double n) { return number / n; }
static double from_cost(double C, double n) { return 1 / (n * C); }

static const kind kinds[] = {
    {"ridge", squared, 0, RIDGE, true, as_given, false, false},
    {"lasso", squared, 0, LASSO, true, NULL, false, false},
    {.name = "lassopath", .loss = squared, .penalty = LASSO, .regression = true, .path = true},
    {"enet", squared, 0, ELASTIC_NET, true, NULL, false, false},
    {"glasso", squared, 0, GROUP_LASSO, true, NULL, false, false},
    {"l2log", logistic, 0, RIDGE, false, over_rows, false, false},
    {"l1log", logistic, 0, LASSO, false, NULL, false, false},
    {"hinge", hinge, 0, RIDGE, false, from_cost, false, false},
    {"svm", hinge, 0, RIDGE, false, from_cost, true, false},
    {"sqhinge", squared_hinge, 0, RIDGE, false, from_cost, false, false},
    {"huber", erm_loss_huber, 1, RIDGE, true, as_given, false, false},
    {"quantile", erm_loss_quantile, 0.5, RIDGE, true, as_given, false, false},
    {"multi", cross_entropy, 0, RIDGE, false, over_rows, false, false},
};

/* The least lambda with w = 0, from the gradient at 0. */
static double lambda_max(const erm_problem *problem, bench_penalty penalty)
{
    const erm_matrix *const X = problem->X;
    const int64_t n = X->rows, d = X->cols;
    double *const z = bench_memory(n, sizeof *z), *const r = bench_memory(n, sizeof *r), *const g = bench_memory(d, sizeof *g);
    memset(z, 0, (size_t)n * sizeof *z);
    memset(g, 0, (size_t)d * sizeof *g);
    problem->loss.ops->eval(&problem->loss, n, 1, z, problem->y, NULL, r, NULL);
    X->ops->mul_t(X, (erm_rows){.count = n}, 1, r, g);
    const int64_t group = penalty == GROUP_LASSO ? GROUP : 1;
    double most = 0;
    for (int64_t begin = 0; begin < d; begin += group) {
        double square = 0;
        for (int64_t j = begin; j < d && j < begin + group; j++) square += g[j] * g[j];
        most = fmax(most, sqrt(square / (double)group) / (double)n);
    }
    free(z);
    free(r);
    free(g);
    return penalty == ELASTIC_NET ? 2 * most : most;
}

/* From lambda_max, which leaves nothing, down to the one that is asked for. */
static void make_lambdas(bench_case *self, bool path)
{
    self->count = path ? PATH : 1;
    self->lambdas = bench_memory(self->count, sizeof *self->lambdas);
    for (int64_t i = 0; i < self->count; i++)
        self->lambdas[i] = self->lambda * (path ? pow(self->number, (double)i / (PATH - 1) - 1) : 1);
}

static erm_regularizer regularizer_of(bench_case *self, bench_penalty which)
{
    const double lambda = self->lambda;
    if (which == LASSO) return erm_l1(lambda);
    if (which == ELASTIC_NET) return erm_elastic_net(lambda / 2, lambda / 2);
    if (which == RIDGE) return erm_l2(lambda);
    const int64_t d = self->set.X.base.cols;
    self->group = bench_memory(d, sizeof *self->group);
    for (int64_t j = 0; j < d; j++) self->group[j] = (int32_t)(j / GROUP);
    self->groups = (erm_groups){.count = (int32_t)((d + GROUP - 1) / GROUP), .group = self->group};
    return erm_group_lasso(lambda * sqrt(GROUP), &self->groups);
}

void bench_case_open(const char *name, const char *folder, bench_case *self)
{
    char set[4096];
    const char *const last = strrchr(name, ':');
    *self = (bench_case){.name = name};
    if (sscanf(name, "%15[^:]:%4095[^:]:", self->kind, set) != 2 || !last)
        bench_die("'%s' is no problem; one is KIND:SET:NUMBER, e.g. l1log:a9a:0.01", name);
    self->number = strtod(last + 1, NULL);
    const kind *which = NULL;
    for (size_t t = 0; t < sizeof kinds / sizeof *kinds; t++)
        if (!strcmp(kinds[t].name, self->kind)) which = &kinds[t];
    if (!which) bench_die("there is no kind '%s' of problem", self->kind);
    self->set = bench_set_open(set, folder);
    const bench_set *const data = &self->set;
    if (!which->regression && data->classes == 0) bench_die("%s: the labels of %s are no classes", name, set);
    self->problem = (erm_problem){.X = &data->X.base,
                                  .y = which->regression ? data->target : data->label,
                                  .loss = which->loss(which->param),
                                  .intercept = which->intercept,
                                  .k = strcmp(self->kind, "multi") != 0 ? 1 : data->classes};
    const double n = (double)data->X.base.rows;
    self->lambda = which->lambda ? which->lambda(self->number, n) : self->number * lambda_max(&self->problem, which->penalty);
    self->problem.regularizer = regularizer_of(self, which->penalty);
    make_lambdas(self, which->path);
}

void bench_case_turn(bench_case *self, int64_t i)
{
    if (self->count > 1) self->problem.regularizer = erm_l1(self->lambdas[i]); /* all paths are the lasso's */
}

void bench_case_close(bench_case *self)
{
    bench_set_close(&self->set);
    free(self->group);
    free(self->lambdas);
    *self = (bench_case){0};
}

static FILE *open_or_die(const char *path, const char *mode)
{
    FILE *const file = fopen(path, mode);
    if (!file) bench_die("cannot open %s", path);
    return file;
}

void bench_read_answer(const char *path, int64_t size, double *w)
{
    FILE *const file = open_or_die(path, "rb");
    const size_t count = fread(w, sizeof *w, (size_t)size, file);
    if (count != (size_t)size || fgetc(file) != EOF) bench_die("%s does not hold %lld doubles", path, (long long)size);
    fclose(file);
}

void bench_write_answer(const char *path, int64_t size, const double *w)
{
    FILE *const file = open_or_die(path, "wb");
    if (fwrite(w, sizeof *w, (size_t)size, file) != (size_t)size || fclose(file)) bench_die("cannot write %s", path);
}
