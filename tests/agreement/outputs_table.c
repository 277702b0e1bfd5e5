/* A fit of several outputs, for comparison with other programs: outputs_table FILE LOSS l1|l21|net LAMBDA, where FILE is rows,
 * columns, outputs, targets a row, then each row's targets and values. Prints the lower bound, the intercepts, and W, a line a
 * feature. net: half of LAMBDA as L1, half as L2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ermopt.h"

static int fail(const char *sentence)
{
    fprintf(stderr, "%s\n", sentence);
    return 1;
}

static void print_row(int64_t k, const double *w)
{
    for (int64_t c = 0; c < k; c++) printf("%.17g%c", w[c], c + 1 < k ? ' ' : '\n');
}

static erm_regularizer penalty_of(const char *name, double lambda)
{
    if (!strcmp(name, "l21")) return erm_l21(lambda);
    return !strcmp(name, "net") ? erm_elastic_net(lambda / 2, lambda / 2) : erm_l1(lambda);
}

int main(int argc, char **argv)
{
    erm_loss loss;
    long n, d, k, targets;
    if (argc != 5 || !erm_loss_from_name(argv[2], 0, &loss)) return fail("outputs_table FILE LOSS l1|l21|net LAMBDA");
    FILE *const in = fopen(argv[1], "r");
    if (!in || fscanf(in, "%ld %ld %ld %ld", &n, &d, &k, &targets) != 4) return fail("no such table");
    double *const y = calloc((size_t)(n * targets), sizeof *y), *const x = calloc((size_t)(n * d), sizeof *x);
    double *const w = calloc((size_t)((d + 1) * k), sizeof *w);
    if (!y || !x || !w) return fail("out of memory");
    for (long i = 0; i < n; i++) {
        for (long c = 0; c < targets; c++)
            if (fscanf(in, "%lf", &y[i * targets + c]) != 1) return fail("a target is missing");
        for (long j = 0; j < d; j++)
            if (fscanf(in, "%lf", &x[i * d + j]) != 1) return fail("a value is missing");
    }
    fclose(in);
    const erm_dense X = erm_dense_f64(n, d, x, d);
    const erm_problem problem = {
        .X = &X.base, .y = y, .k = k, .loss = loss, .regularizer = penalty_of(argv[3], atof(argv[4])), .intercept = true};
    erm_result result;
    if (erm_solve(&problem, &(erm_options){.tol = 1e-10}, w, &result)) return fail(result.detail);
    printf("%.17g %s\n", result.certificate.dual, result.solver);
    print_row(k, w + d * k);
    for (long j = 0; j < d; j++) print_row(k, w + j * k);
    free(y);
    free(x);
    free(w);
    return 0;
}
