/* A data set that is larger than what the process may take is fitted to a certified gap through windows; mapped, it is refused
 * with a sentence. */
#include "check.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ermopt.h"

#define FILE_NAME "test_out_of_core.tmp"

enum { ROWS = 4096, COLS = 2048, SPARE = 24 << 20, WINDOWS = 4 << 20 }; /* the values are 64 MiB */

static char detail[ERM_DETAIL_SIZE];

/* ---- a matrix that is made while it is read, and never in memory ------------------------------------------------- */

static double entry(int64_t i, int64_t j)
{
    uint64_t x = (uint64_t)(i * COLS + j) * UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
    return (double)(x >> 40) / (1 << 23) - 1;
}

static bool scan(const erm_matrix *X, erm_rows rows, erm_visit visit, void *context)
{
    double x[COLS];
    for (int64_t t = 0; t < rows.count; t++) {
        for (int64_t j = 0; j < X->cols; j++) x[j] = entry(erm_row_number(rows, t), j);
        visit(&(erm_piece){.line = t, .count = X->cols, .value = x}, context);
    }
    return true;
}

static void write_file(double *y)
{
    static const erm_matrix_ops ops = {.name = "made", .scan = scan};
    const erm_matrix X = {.ops = &ops, .rows = ROWS, .cols = COLS, .nnz = (int64_t)ROWS * COLS};
    const erm_dataset set = {.rows = ROWS, .cols = COLS, .y = y, .index_base = 1};
    for (int64_t i = 0; i < ROWS; i++) y[i] = entry(i, 0) + entry(i, 1) / 2 + entry(i, 2) / 4 > 0 ? 1 : -1;
    if (erm_dataset_write_binary(&set, &(erm_binary_options){.X = &X}, FILE_NAME, detail) != ERM_OK) fail_case("%s", detail);
}

static void fit(const erm_matrix *X, const double *y, double *w, erm_result *result)
{
    const erm_problem problem = {.X = X, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(0.1), .intercept = true};
    const erm_options options = {.solver = erm_solver_lbfgs(NULL), .tol = 1e-6, .threads = 2};
    memset(w, 0, (COLS + 1) * sizeof *w);
    if (erm_solve(&problem, &options, w, result) != ERM_OK) fail_case("%s", result->detail);
    if (result->stop != ERM_STOP_CONVERGED) fail_case("%s", result->detail);
}

/* ---- memory ------------------------------------------------------------------------------------------------------ */

/* Bytes of address space that the process has; 0 where the system does not tell. */
static size_t address_space(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;
    if (file && fscanf(file, "%lu", &pages) != 1) pages = 0;
    if (file) fclose(file);
    return (size_t)pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void limit_address_space(size_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = bytes > 0 ? (rlim_t)bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
}

static void what_is_larger_than_memory_is_fitted_through_windows(void **state)
{
    (void)state;
    if (CHECK_SANITIZED || address_space() == 0) skip(); /* a sanitizer takes terabytes of addresses */
    double *const y = calloc(ROWS, sizeof *y), *const w = calloc(2 * (COLS + 1), sizeof *w);
    erm_mapped mapped;
    erm_result result[2];
    write_file(y);
    assert_int_equal(erm_mapped_open(FILE_NAME, NULL, &mapped, detail), ERM_OK);
    fit(mapped.X, mapped.set.y, w, &result[0]); /* and from here on all threads have their stacks */
    erm_mapped_close(&mapped);

    limit_address_space(address_space() + SPARE);
    assert_int_equal(erm_mapped_open(FILE_NAME, NULL, &mapped, detail), ERM_ENOMEM);
    assert_non_null(strstr(detail, "no memory to map its 67"));
    const erm_mapped_options windows = {.resident_bytes = WINDOWS};
    if (erm_mapped_open(FILE_NAME, &windows, &mapped, detail) != ERM_OK) fail_case("%s", detail);
    fit(mapped.X, mapped.set.y, w + COLS + 1, &result[1]);
    limit_address_space(0);
    assert_at_most(result[1].certificate.gap, 1e-6 * result[1].certificate.primal, 0);
    assert_memory_equal(w, w + COLS + 1, (COLS + 1) * sizeof *w);
    assert_int_equal(erm_mapped_status(&mapped, detail), ERM_OK);
    erm_mapped_close(&mapped);
    unlink(FILE_NAME);
    free(y);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_larger_than_memory_is_fitted_through_windows)};
    return cmocka_run_group_tests_name("out_of_core", tests, NULL, NULL);
}
