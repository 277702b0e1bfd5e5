/* Exported C: compiled without a library, it predicts as the model does. */
#include "check.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "ermopt/model.h"
#include "files.h"

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
        cmocka_unit_test(what_cannot_be_exported_is_refused_and_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
