/* A lasso path on real data: 569 tumours, 30 measures of each, and how many measures telling them apart takes.
 *     example_07_path [FILE]     LIBSVM text with labels -1 and +1 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ermopt.h"

/* Columns of mean 0 and variance 1, so that one lambda is fair to all of them. Returns n x d values, or NULL. */
static double *standardise(const erm_dataset *data)
{
    const int64_t n = data->rows, d = data->cols;
    double *const x = calloc((size_t)(n * d) + 1, sizeof *x);
    for (int64_t i = 0; x && i < n; i++)
        for (int64_t p = data->start[i]; p < data->start[i + 1]; p++) x[i * d + data->index[p]] = data->value[p];
    for (int64_t j = 0; x && j < d; j++) {
        double mean = 0, squares = 0;
        for (int64_t i = 0; i < n; i++) mean += x[i * d + j] / (double)n;
        for (int64_t i = 0; i < n; i++) squares += (x[i * d + j] - mean) * (x[i * d + j] - mean) / (double)n;
        for (int64_t i = 0; i < n; i++) x[i * d + j] = squares > 0 ? (x[i * d + j] - mean) / sqrt(squares) : 0;
    }
    return x;
}

static double share_right(const erm_dataset *data, const double *x, const double *w)
{
    int64_t right = 0;
    for (int64_t i = 0; i < data->rows; i++) {
        double z = w[data->cols];
        for (int64_t j = 0; j < data->cols; j++) z += x[i * data->cols + j] * w[j];
        right += z * data->y[i] > 0;
    }
    return (double)right / (double)data->rows;
}

/* One line a lambda. Returns false unless every point is what it should be. */
static bool print_path(const erm_dataset *data, const double *x, const erm_path *path)
{
    bool good = path->stop == ERM_STOP_CONVERGED && path->point[0].nonzeros == 0;
    double *const w = calloc((size_t)data->cols + 1, sizeof *w);
    printf("    lambda  measures  objective      gap  right\n");
    for (int64_t i = 0; w && i < path->count; i++) {
        const erm_path_point *const point = &path->point[i];
        const erm_certificate *const proof = &point->result.certificate;
        erm_path_w(path, i, w);
        printf("%10.6f  %8lld  %9.6f  %.1e  %4.1f %%\n", point->lambda, (long long)point->nonzeros, proof->primal, proof->gap,
               100 * share_right(data, x, w));
        good = good && proof->gap <= 1e-6 * proof->primal;
    }
    printf("%lld lambdas from lambda_max = %.4f down in %.3f s\n", (long long)path->count, path->lambda_max, path->seconds);
    const bool fits = w && share_right(data, x, w) > 0.9;
    free(w);
    return good && fits;
}

int main(int argc, char **argv)
{
    char detail[ERM_DETAIL_SIZE];
    erm_dataset data;
    if (erm_dataset_read_libsvm(argc > 1 ? argv[1] : EXAMPLE_DATA "/wdbc.libsvm", NULL, &data, detail) != ERM_OK) {
        fprintf(stderr, "%s\n", detail);
        return 1;
    }
    double *const x = standardise(&data);
    if (!x) return 1;
    const erm_dense X = erm_dense_f64(data.rows, data.cols, x, data.cols);
    /* the lambdas multiply the regularizer: with erm_l1(1) they are the l1 penalties themselves */
    const erm_problem problem = {
        .X = &X.base, .y = data.y, .loss = erm_loss_logistic(), .regularizer = erm_l1(1), .intercept = true};
    const erm_path_options options = {.count = 20, .ratio = 1e-3};
    erm_path path;
    bool good = false;
    if (erm_path_solve(&problem, &options, &path, detail) == ERM_OK)
        good = print_path(&data, x, &path);
    else
        fprintf(stderr, "%s\n", detail);
    erm_path_free(&path);
    erm_dataset_free(&data);
    free(x);
    return good ? 0 : 1;
}
