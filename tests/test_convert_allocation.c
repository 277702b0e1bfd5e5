/* Every allocation of a copy failing in turn: ERM_ENOMEM, a sentence, nothing written, nothing leaked. */
#include "check.h"

#include "failing_alloc.h"
#include "matrices.h"
#include "operators.h"

typedef struct attempt {
    erm_status (*copier)(const erm_matrix *X, const erm_copy_options *options, erm_matrix_copy *copy, char *detail);
    const erm_matrix *X;
} attempt;

static bool copies(void *context)
{
    const attempt *now = context;
    char detail[ERM_DETAIL_SIZE] = "";
    erm_matrix_copy copy = {.bytes = -1};
    const erm_status status = now->copier(now->X, &(erm_copy_options){.threads = 1}, &copy, detail);
    if (status != ERM_OK) {
        assert_int_equal(status, ERM_ENOMEM);
        assert_string_equal(detail, "there is no memory for a copy of X");
        assert_int_equal(copy.bytes, -1);
        return false;
    }
    erm_matrix_copy_free(&copy);
    return true;
}

static void a_copy_survives_every_failing_allocation(void **state)
{
    (void)state;
    double values[] = {1, 0, 2, 3, 0, 0};
    const erm_dense X = erm_dense_f64(2, 3, values, 3);
    const cosines opaque = cosines_of(2, 3);
    attempt all[] = {{erm_csr_from, &X.base},
                     {erm_csc_from, &X.base},
                     {erm_dense_from, &X.base},
                     {erm_csr_from, &opaque.base},
                     {erm_dense_col_from, &opaque.base}};
    const int64_t expected[] = {4, 4, 1, 5, 3};
    for (int a = 0; a < 5; a++) assert_int_equal(failing_alloc_each(copies, &all[a], true), expected[a]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
