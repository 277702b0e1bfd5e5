/* The path of a data set as a table, for comparison with other programs: path_table FILE LOSS L1 L2 COUNT RATIO TOL
 * A line a lambda: lambda, the lower bound, the intercept, the coefficients. */
#include <stdio.h>
#include <stdlib.h>

#include "ermopt.h"

static int fail(const char *sentence)
{
    fprintf(stderr, "%s\n", sentence);
    return 1;
}

int main(int argc, char **argv)
{
    char detail[ERM_DETAIL_SIZE];
    erm_dataset data;
    erm_loss loss;
    if (argc != 8 || !erm_loss_from_name(argv[2], 0, &loss)) return fail("path_table FILE LOSS L1 L2 COUNT RATIO TOL");
    if (erm_dataset_read_libsvm(argv[1], NULL, &data, detail)) return fail(detail);
    const erm_csr X = erm_dataset_matrix(&data);
    const erm_problem problem = {
        .X = &X.base, .y = data.y, .loss = loss, .regularizer = erm_elastic_net(atof(argv[3]), atof(argv[4])), .intercept = true};
    const erm_path_options options = {.count = atoll(argv[5]), .ratio = atof(argv[6]), .solve = {.tol = atof(argv[7])}};
    erm_path path;
    if (erm_path_solve(&problem, &options, &path, detail)) return fail(detail);
    double *const w = calloc((size_t)data.cols + 1, sizeof *w);
    if (!w) return fail("out of memory");
    for (int64_t i = 0; i < path.count; i++) {
        erm_path_w(&path, i, w);
        printf("%.17g %.17g %.17g", path.point[i].lambda, path.point[i].result.certificate.dual, w[data.cols]);
        for (int64_t j = 0; j < data.cols; j++) printf(" %.17g", w[j]);
        printf("\n");
    }
    free(w);
    erm_path_free(&path);
    erm_dataset_free(&data);
    return 0;
}
