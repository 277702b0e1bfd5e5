/* Exported C: compiled without a library, it predicts as the model does. */
#include "check.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "ermopt/model.h"
#include "ermopt/solve.h"
#include "files.h"
#include "preparations.h"

enum { D = 7, N = 200, MOST_OUTPUTS = 3 };

typedef union real {
    double wide[D];
    float narrow[D];
} real;

/* The path of a shared object made of the exported file; skips where there is no compiler. */
static void *compile(const char *source)
{
    char command[3 * FILES_PATH], object[FILES_PATH + 8];
    snprintf(object, sizeof object, "%s.so", source);
    snprintf(command, sizeof command,
             "cc -std=c89 -pedantic -ffreestanding -Wall -Wextra -Werror -O1 -shared -fPIC -x c -o %s %s", object, source);
    assert_int_equal(system(command), 0);
    void *const library = dlopen(object, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    return library;
}

/* A function by its name, without a cast that ISO C forbids. */
static void find(void *library, const char *name, void *function)
{
    void *const found = dlsym(library, name);
    assert_non_null(found);
    memcpy(function, &found, sizeof found);
}

static erm_loss loss_from(const char *name)
{
    erm_loss loss;
    assert_true(erm_loss_from_name(name, 0, &loss));
    return loss;
}

static erm_model random_model(erm_rng *rng, const char *loss, int64_t k, double share)
{
    erm_model model = {.loss = loss_from(loss), .d = D, .k = k, .intercept = true, .index_base = 1};
    model.w = calloc((size_t)((D + 1) * k), sizeof(double));
    assert_non_null(model.w);
    for (int64_t j = 0; j <= D; j++)
        for (int64_t c = 0; c < k; c++)
            if (j == D || erm_rng_uniform(rng) < share) model.w[j * k + c] = erm_rng_normal(rng);
    static char *names[] = {"no \"?\?=\" \\ \n\xc3\xa9", "yes", "perhaps"};
    model.classes = (erm_classes){.count = !model.loss.ops->classifies ? 0 : k > 1 ? k : 2, .name = names};
    return model;
}

static void predicts_alike(const erm_model *model, erm_weights weights, void *library, erm_rng *rng)
{
    void (*margins)(const void *, void *);
    int (*class_of)(const void *) = NULL;
    find(library, "small_margins", &margins);
    if (model->classes.count) find(library, "small_class", &class_of);
    for (int i = 0; i < N; i++) {
        double row[D], z[MOST_OUTPUTS], decision;
        real x, found;
        for (int j = 0; j < D; j++) {
            row[j] = (double)(float)erm_rng_normal(rng);
            if (weights == ERM_WEIGHTS_DOUBLE)
                x.wide[j] = row[j];
            else
                x.narrow[j] = (float)row[j];
        }
        const erm_dense X = erm_dense_f64(1, D, row, D);
        assert_int_equal(erm_model_margins(model, &X.base, z, NULL), ERM_OK);
        margins(&x, &found);
        double nearest = 1;
        for (int64_t c = 0; c < model->k; c++) {
            const double got = weights == ERM_WEIGHTS_DOUBLE ? found.wide[c] : (double)found.narrow[c];
            assert_near(got, z[c], weights == ERM_WEIGHTS_DOUBLE ? 1e-14 : 1e-5);
            for (int64_t other = model->k > 1 ? c + 1 : c; other < model->k; other++)
                nearest = fmin(nearest, model->k > 1 ? fabs(z[c] - z[other]) : fabs(z[c]));
        }
        erm_model_decide(model, 1, z, &decision);
        if (class_of && nearest > 1e-4) assert_int_equal(class_of(&x), (int)decision);
    }
}

static void exported_models_compile_alone_and_predict_alike(void **state)
{
    (void)state;
    static const struct {
        const char *loss;
        int64_t k;
        double share;
    } cases[] = {{"logistic", 1, 1}, {"cross-entropy", 3, 0.9}, {"squared", 1, 0.2}, {"hinge", 1, 0}};
    const files_directory directory = files_new_directory();
    erm_rng rng = erm_rng_seed(11);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int weights = ERM_WEIGHTS_DOUBLE; weights <= ERM_WEIGHTS_INT8; weights++) {
            char name[32], path[FILES_PATH], detail[ERM_DETAIL_SIZE];
            snprintf(name, sizeof name, "model%d-%d.c", (int)c, weights);
            files_path(&directory, name, path);
            erm_model model = random_model(&rng, cases[c].loss, cases[c].k, cases[c].share);
            assert_int_equal(erm_model_export_c(&model, (erm_weights)weights, "small", path, detail), ERM_OK);
            assert_int_equal(erm_model_round(&model, (erm_weights)weights, detail), ERM_OK);
            void *const library = compile(path);
            predicts_alike(&model, (erm_weights)weights, library, &rng);
            if (model.classes.count) {
                const char *const *class_name;
                find(library, "small_class_name", &class_name);
                for (int64_t k = 0; k < model.classes.count; k++) assert_string_equal(class_name[k], model.classes.name[k]);
            }
            dlclose(library);
            free(model.w);
        }
    files_remove_directory(&directory);
}

/* Rows of wdbc (569 x 30, in units from 1e-3 to 1e3) with missing values, prepared and fitted; the exported file
 * is given the raw ones. */
static void a_real_model_with_its_preparation_predicts_alike_alone(void **state)
{
    (void)state;
    enum { FEATURES = 30, TRAINING = 400 };
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], detail[ERM_DETAIL_SIZE] = "";
    erm_dataset data;
    erm_matrix_copy copy;
    assert_int_equal(erm_dataset_read_libsvm(TEST_DATA "/../../examples/data/wdbc.libsvm", NULL, &data, detail), ERM_OK);
    const erm_csr sparse = erm_dataset_matrix(&data);
    assert_int_equal(data.cols, FEATURES);
    assert_int_equal(erm_dense_from(&sparse.base, NULL, &copy, detail), ERM_OK);
    double *const x = copy.values;
    for (int64_t p = 0; p < data.rows * FEATURES; p += 97) x[p] = NAN;
    const erm_dense all = erm_dense_f64(data.rows, FEATURES, x, FEATURES),
                    training = erm_dense_f64(TRAINING, FEATURES, x, FEATURES);
    erm_preparation fitted = preparations_fit("impute=median,drop-constant,standardise", &training.base, NULL);
    erm_prepared prepared;
    erm_model model;
    double w[FEATURES + 1] = {0}, *Z = calloc((size_t)data.rows, sizeof *Z), *y = calloc((size_t)data.rows, sizeof *y);
    assert_true(Z && y);
    for (int64_t i = 0; i < data.rows; i++) y[i] = data.y[i] > 0 ? 1 : -1;
    assert_int_equal(erm_preparation_apply(&fitted, &training.base, &prepared, detail), ERM_OK);
    const erm_problem problem = {
        .X = prepared.X, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1e-2), .intercept = true};
    erm_result result;
    assert_int_equal(erm_solve(&problem, NULL, w, &result), ERM_OK);
    int right[3] = {0};
    for (int weights = ERM_WEIGHTS_DOUBLE; weights <= ERM_WEIGHTS_INT8; weights++) {
        files_path(&directory, weights == 0 ? "a.c" : weights == 1 ? "b.c" : "c.c", path);
        assert_int_equal(erm_model_create(&problem, w, NULL, NULL, &model), ERM_OK);
        assert_int_equal(erm_model_describe(&model, &fitted, NULL), ERM_OK);
        assert_int_equal(erm_model_export_c(&model, (erm_weights)weights, "small", path, detail), ERM_OK);
        assert_int_equal(erm_model_round(&model, (erm_weights)weights, detail), ERM_OK);
        assert_int_equal(erm_model_margins(&model, &all.base, Z, detail), ERM_OK);
        void *const library = compile(path);
        int (*class_of)(const void *) = NULL;
        void (*margins)(const void *, void *);
        find(library, "small_class", &class_of);
        find(library, "small_margins", &margins);
        for (int64_t i = 0; i < data.rows; i++) {
            double wide[FEATURES], z;
            float narrow[FEATURES], z_narrow;
            for (int j = 0; j < FEATURES; j++) narrow[j] = (float)(wide[j] = x[i * FEATURES + j]);
            const bool is_double = weights == ERM_WEIGHTS_DOUBLE;
            if (is_double)
                margins(wide, &z);
            else
                margins(narrow, &z_narrow), z = (double)z_narrow;
            assert_near(z, Z[i], is_double ? 1e-12 : 1e-3);
            if (i < TRAINING) continue;
            const int class = is_double ? class_of(wide) : class_of(narrow);
            if (fabs(Z[i]) > 1e-2) assert_int_equal(class, Z[i] > 0);
            right[weights] += class == (y[i] > 0);
        }
        dlclose(library);
        erm_model_free(&model);
    }
    assert_true(right[0] > 0.95 * (double)(data.rows - TRAINING));
    assert_int_equal(right[0], right[1]);
    assert_true(right[2] >= right[0] - (int)(data.rows - TRAINING) / 20); /* 5 % is what int8 may cost here */
    free(Z);
    free(y);
    erm_prepared_free(&prepared);
    erm_preparation_free(&fitted);
    erm_matrix_copy_free(&copy);
    erm_dataset_free(&data);
    files_remove_directory(&directory);
}

static void a_preparation_that_makes_columns_is_not_exported(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 5}, w[5] = {1, 1, 1, 1, 1};
    const char *const recipes[] = {"polynomial=2", "fourier=5:1", "hash=5", "standardise,interactions=1"};
    for (size_t r = 0; r < sizeof recipes / sizeof *recipes; r++) {
        char detail[ERM_DETAIL_SIZE] = "";
        const erm_dense X = erm_dense_f64(2, 2, x, 2);
        erm_preparation fitted = preparations_fit(recipes[r], &X.base, NULL);
        const erm_dense made = erm_dense_f64(1, fitted.d, w, fitted.d);
        const erm_problem problem = {.X = &made.base, .loss = erm_loss_squared()};
        erm_model model;
        assert_int_equal(erm_model_create(&problem, w, NULL, NULL, &model), ERM_OK);
        assert_int_equal(erm_model_describe(&model, &fitted, NULL), ERM_OK);
        assert_int_equal(erm_model_export_c(&model, ERM_WEIGHTS_FLOAT, "a", "/nowhere/at/all", detail), ERM_EUNSUPPORTED);
        assert_non_null(strstr(detail, "cannot be taken into its coefficients"));
        erm_model_free(&model);
        erm_preparation_free(&fitted);
    }
}

static void what_cannot_be_exported_is_refused_and_nothing_is_written(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], detail[ERM_DETAIL_SIZE];
    files_path(&directory, "model.c", path);
    erm_rng rng = erm_rng_seed(12);
    erm_model model = random_model(&rng, "logistic", 1, 1);
    assert_int_equal(erm_model_export_c(&model, ERM_WEIGHTS_FLOAT, "3d", path, detail), ERM_EINVAL);
    assert_int_equal(erm_model_export_c(&model, ERM_WEIGHTS_FLOAT, "", path, detail), ERM_EINVAL);
    model.w[3] = 1e300;
    assert_int_equal(erm_model_export_c(&model, ERM_WEIGHTS_FLOAT, "a", path, detail), ERM_EINVAL);
    assert_non_null(strstr(detail, "w[3]"));
    assert_int_equal(erm_model_round(&model, ERM_WEIGHTS_INT8, detail), ERM_EINVAL);
    assert_int_equal(files_count(&directory), 0);
    assert_int_equal(erm_model_export_c(&model, ERM_WEIGHTS_DOUBLE, "a", path, detail), ERM_OK);
    free(model.w);
    files_remove_directory(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exported_models_compile_alone_and_predict_alike),
        cmocka_unit_test(a_real_model_with_its_preparation_predicts_alike_alone),
        cmocka_unit_test(a_preparation_that_makes_columns_is_not_exported),
        cmocka_unit_test(what_cannot_be_exported_is_refused_and_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
