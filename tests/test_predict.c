/* Prediction: margins against a plain sum, decisions and probabilities against their definitions. */
#include "check.h"

#include "ermopt/model.h"
#include "ermopt/rng.h"

/* A model around w, which it borrows: not for erm_model_free. */
static erm_model model_of(erm_loss loss, int64_t d, int64_t k, bool intercept, double *w)
{
    erm_model model = {.loss = loss, .d = d, .k = k, .intercept = intercept, .w = w, .index_base = 1};
    return model;
}

static void fill(erm_rng *rng, int64_t count, double *x)
{
    for (int64_t i = 0; i < count; i++) x[i] = erm_rng_below(rng, 3) == 0 ? 0 : erm_rng_normal(rng);
}

/* Z = X W + b by the definition; X has stride columns. */
static void plain_margins(int64_t n, int64_t columns, int64_t stride, const double *X, const erm_model *model, double *Z)
{
    const int64_t k = model->k;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t c = 0; c < k; c++) {
            double sum = 0;
            for (int64_t j = 0; j < columns; j++) sum += X[i * stride + j] * model->w[j * k + c];
            Z[i * k + c] = sum + (model->intercept ? model->w[model->d * k + c] : 0);
        }
    }
}

static void to_csr(int64_t n, int64_t columns, int64_t stride, const double *X, int64_t *start, int32_t *index, double *value)
{
    start[0] = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t p = start[i];
        for (int64_t j = 0; j < columns; j++) {
            if (X[i * stride + j] == 0) continue;
            index[p] = (int32_t)j;
            value[p++] = X[i * stride + j];
        }
        start[i + 1] = p;
    }
}

enum { N = 2500, D = 7, K = 3 }; /* rows for several blocks */

static void margins_are_those_of_the_definition(void **state)
{
    (void)state;
    static double X[N * D], value[N * D], Z[N * K], expected[N * K];
    static int64_t start[N + 1];
    static int32_t index[N * D];
    double w[(D + 1) * K];
    erm_rng rng = erm_rng_seed(11);
    fill(&rng, N * D, X);
    fill(&rng, (D + 1) * K, w);
    for (int64_t k = 1; k <= K; k += 2) {
        for (int64_t columns = D - 2; columns <= D; columns += 2) { /* fewer than the model has, and as many */
            const erm_loss loss = k == 1 ? erm_loss_logistic() : erm_loss_cross_entropy();
            for (int intercept = 0; intercept < 2; intercept++) {
                const erm_model model = model_of(loss, D, k, intercept, w);
                plain_margins(N, columns, D, X, &model, expected);
                to_csr(N, columns, D, X, start, index, value);
                const erm_dense dense = erm_dense_f64(N, columns, X, D);
                const erm_csr csr = erm_csr_f64(N, columns, start, index, value);
                const erm_matrix *both[] = {&dense.base, &csr.base};
                for (int format = 0; format < 2; format++) {
                    assert_int_equal(erm_model_margins(&model, both[format], Z, NULL), ERM_OK);
                    for (int64_t i = 0; i < N * k; i++) assert_near(Z[i], expected[i], 1e-14);
                }
            }
        }
    }
}

static void more_features_than_the_model_has_are_refused(void **state)
{
    (void)state;
    double w[3] = {1, 2, 3}, X[4] = {1, 2, 3, 4}, Z[1];
    const erm_model model = model_of(erm_loss_logistic(), 3, 1, false, w);
    const erm_dense wide = erm_dense_f64(1, 4, X, 4);
    char detail[ERM_DETAIL_SIZE];
    assert_int_equal(erm_model_margins(&model, &wide.base, Z, detail), ERM_EINVAL);
    assert_non_null(strstr(detail, "4"));
    assert_non_null(strstr(detail, "3"));
}

static void a_nan_in_the_data_is_refused(void **state)
{
    (void)state;
    double w[2] = {1, 2}, X[2] = {1, NAN}, Z[1];
    const erm_model model = model_of(erm_loss_logistic(), 2, 1, false, w);
    const erm_dense bad = erm_dense_f64(1, 2, X, 2);
    char detail[ERM_DETAIL_SIZE] = "";
    assert_int_not_equal(erm_model_margins(&model, &bad.base, Z, detail), ERM_OK);
    assert_true(detail[0] != '\0');
}

static void an_empty_model_is_refused(void **state)
{
    (void)state;
    const erm_model model = {0};
    double X[1] = {1}, Z[1];
    const erm_dense one = erm_dense_f64(1, 1, X, 1);
    assert_int_equal(erm_model_margins(&model, &one.base, Z, NULL), ERM_EINVAL);
}

static void one_output_decides_class_1_above_0_only(void **state)
{
    (void)state;
    const erm_model model = model_of(erm_loss_hinge(), 1, 1, false, NULL);
    const double Z[] = {-2, -0.0, 0, 1e-300, 5, NAN}, expected[] = {0, 0, 0, 1, 1};
    double decision[6];
    erm_model_decide(&model, 6, Z, decision);
    for (int i = 0; i < 5; i++) assert_near(decision[i], expected[i], 0);
    assert_true(isnan(decision[5]));
}

static void several_outputs_decide_for_the_first_of_the_largest(void **state)
{
    (void)state;
    const erm_model model = model_of(erm_loss_cross_entropy(), 1, 3, false, NULL);
    const double Z[] = {1, 2, 3, 3, 1, 3, -1, -1, -2, 0, 0, 0, 0, NAN, 1}, expected[] = {2, 0, 0, 0};
    double decision[5];
    erm_model_decide(&model, 5, Z, decision);
    for (int i = 0; i < 4; i++) assert_near(decision[i], expected[i], 0);
    assert_true(isnan(decision[4]));
}

static void exp_mean(const erm_loss *self, int64_t n, int64_t k, const double *Z, double *mean)
{
    (void)self;
    for (int64_t i = 0; i < n * k; i++) mean[i] = exp(Z[i]);
}

static void regression_decides_for_the_mean(void **state)
{
    (void)state;
    const double Z[] = {-1.5, 0, 2.25};
    double decision[3];
    const erm_model squared = model_of(erm_loss_squared(), 1, 1, false, NULL);
    erm_model_decide(&squared, 3, Z, decision);
    for (int i = 0; i < 3; i++) assert_near(decision[i], Z[i], 0);
    const erm_loss_ops ops = {.name = "log link", .mean = exp_mean};
    const erm_model own = model_of((erm_loss){.ops = &ops}, 1, 1, false, NULL);
    erm_model_decide(&own, 3, Z, decision);
    for (int i = 0; i < 3; i++) assert_near(decision[i], exp(Z[i]), 0);
}

static void two_probabilities_keep_their_digits_on_both_sides(void **state)
{
    (void)state;
    enum { COUNT = 2000 };
    static double Z[COUNT], P[2 * COUNT];
    for (int i = 0; i < COUNT; i++) Z[i] = (i - COUNT / 2) / 20.0; /* -50 .. 50 */
    const erm_model model = model_of(erm_loss_logistic(), 1, 1, false, NULL);
    assert_true(erm_model_probabilities(&model, COUNT, Z, P));
    for (int i = 0; i < COUNT; i++) {
        const double p0 = exp(-Z[i]) / (1 + exp(-Z[i])), p1 = exp(Z[i]) / (1 + exp(Z[i]));
        assert_near(P[2 * i] / p0, 1, 1e-12);
        assert_near(P[2 * i + 1] / p1, 1, 1e-12);
    }
}

static void probabilities_of_huge_margins_are_0_and_1(void **state)
{
    (void)state;
    const double Z[] = {1e4, -1e4}, expected[] = {0, 1, 1, 0};
    double P[4];
    const erm_model model = model_of(erm_loss_logistic(), 1, 1, false, NULL);
    assert_true(erm_model_probabilities(&model, 2, Z, P));
    for (int i = 0; i < 4; i++) assert_near(P[i], expected[i], 1e-300);
}

static void softmax_probabilities_sum_to_1(void **state)
{
    (void)state;
    const double Z[] = {1, 2, 3, 1e4, 0, -1e4};
    double P[6];
    const erm_model model = model_of(erm_loss_cross_entropy(), 1, 3, false, NULL);
    assert_true(erm_model_probabilities(&model, 2, Z, P));
    for (int c = 0; c < 3; c++) assert_near(P[c], exp(c + 1) / (exp(1) + exp(2) + exp(3)), 1e-14);
    assert_near(P[3], 1, 0);
}

static void losses_without_probabilities_say_so(void **state)
{
    (void)state;
    const double Z[] = {1};
    double P[2];
    const erm_loss none[] = {erm_loss_hinge(), erm_loss_squared_hinge(), erm_loss_squared(), erm_loss_huber(1)};
    for (int i = 0; i < 4; i++) {
        const erm_model model = model_of(none[i], 1, 1, false, NULL);
        if (erm_model_probabilities(&model, 1, Z, P)) fail_case("%s loss gave probabilities", none[i].ops->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(margins_are_those_of_the_definition),
        cmocka_unit_test(more_features_than_the_model_has_are_refused),
        cmocka_unit_test(a_nan_in_the_data_is_refused),
        cmocka_unit_test(an_empty_model_is_refused),
        cmocka_unit_test(one_output_decides_class_1_above_0_only),
        cmocka_unit_test(several_outputs_decide_for_the_first_of_the_largest),
        cmocka_unit_test(regression_decides_for_the_mean),
        cmocka_unit_test(two_probabilities_keep_their_digits_on_both_sides),
        cmocka_unit_test(probabilities_of_huge_margins_are_0_and_1),
        cmocka_unit_test(softmax_probabilities_sum_to_1),
        cmocka_unit_test(losses_without_probabilities_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
