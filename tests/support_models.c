/* Models for tests. */
#include "models.h"

#include <float.h>

#include <inttypes.h>
#include <stdio.h>

#include "check.h"
#include "files.h"
#include "model/model_text.h"
#include "preparations.h"

const double models_special[MODELS_SPECIALS] = {
    0.0, -0.0, 4.9406564584124654e-324, -2.2250738585072009e-308, DBL_MIN, DBL_MAX, -DBL_MAX, 0.1, 1.0 / 3};

static char *word_names[] = {" two  words ",     "100%", "\xc3\xa9t\xc3\xa9", "\"quoted\" 'twice'", "", "%20",
                             "a\nb\r\t\x01\x7f", "-1"};

/* Any double that is finite. */
static double random_double(erm_rng *rng)
{
    double x;
    do {
        const uint64_t bits = erm_rng_next(rng);
        memcpy(&x, &bits, sizeof x);
    } while (!isfinite(x));
    return x;
}

erm_model models_random(erm_rng *rng, erm_loss loss, int64_t d, int64_t k, bool intercept, double share)
{
    erm_model model;
    const int64_t size = (d + intercept) * k;
    double *w = calloc((size_t)size + 1, sizeof *w);
    assert_non_null(w);
    for (int64_t i = 0; i < size; i++) {
        if (erm_rng_uniform(rng) >= share) continue;
        w[i] = erm_rng_below(rng, 2) ? random_double(rng) : models_special[erm_rng_below(rng, MODELS_SPECIALS)];
    }
    const erm_dense X = erm_dense_f64(5, d, w, d);
    const erm_problem problem = {.X = &X.base, .loss = loss, .k = k, .intercept = intercept};
    const erm_classes classes = {loss.ops->classifies ? (k == 1 ? 2 : k) : 0, word_names};
    assert_int_equal(erm_model_create(&problem, w, &classes, NULL, &model), ERM_OK);
    free(w);
    model.index_base = (int32_t)erm_rng_below(rng, 2);
    model.training =
        (erm_training){.regularizer = "elastic-net 0.01 0.001", .solver = "prox", .stop = "converged", .rows = 12345};
    model.training.primal = 0.1;
    model.training.dual = -INFINITY;
    model.training.tol = 1e-6;
    model.training.seed = UINT64_MAX - erm_rng_below(rng, 2);
    return model;
}

char *models_save_small(const char *path, size_t *size)
{
    double w[] = {0.5, 0, -1.25, 0.1};
    char *names[] = {"benign", "very malignant"};
    const erm_classes classes = {2, names};
    const erm_dense X = erm_dense_f64(9, 3, w, 3);
    const erm_problem problem = {.X = &X.base, .loss = erm_loss_logistic(), .intercept = true};
    erm_model model;
    assert_int_equal(erm_model_create(&problem, w, &classes, NULL, &model), ERM_OK);
    assert_int_equal(erm_model_save(&model, path, NULL), ERM_OK);
    erm_model_free(&model);
    return files_read(path, size);
}

char *models_save_prepared(const char *path, size_t *size)
{
    const double x[] = {1, 2, 4, 1, 4, -2}, w[] = {0, 0.5, -2, 0.25};
    const erm_dense X = erm_dense_f64(2, 3, x, 3);
    const erm_problem problem = {.X = &X.base, .loss = erm_loss_logistic(), .intercept = true};
    const char *const names[] = {"age", "body mass", "%"};
    erm_preparation fitted = preparations_fit("standardise,polynomial=1,max-abs", &X.base, NULL);
    erm_model model;
    assert_int_equal(erm_model_create(&problem, w, NULL, NULL, &model), ERM_OK);
    assert_int_equal(erm_model_describe(&model, &fitted, names), ERM_OK);
    model.training.digest = UINT64_C(0x0123456789abcdef);
    assert_int_equal(erm_model_save(&model, path, NULL), ERM_OK);
    erm_model_free(&model);
    erm_preparation_free(&fitted);
    return files_read(path, size);
}

void models_sign(char *text)
{
    char *sum = strstr(text, "checksum ");
    if (!sum) sum = text + strlen(text);
    const uint64_t hash = erm__fnv1a(ERM_FNV_START, text, (size_t)(sum - text));
    snprintf(sum, 60, "checksum fnv1a64 %016" PRIx64 "\n", hash);
}

char *models_version_1(void)
{
    static const char body[] =
        "ermopt-model 1\nloss logistic\nloss-param 0\nd 3\nk 1\nintercept yes\nindex-base 1\nclasses 2\n"
        "class benign\nclass very malignant\nregularizer \nsolver \nstop \nrows 9\nprimal 0\ndual 0\ntol 0\nseed 0\n"
        "coefficients 2\n1 0x1p-1\n3 -0x1.4p+0\nbias 0x1.999999999999ap-4\n";
    char *text = calloc(sizeof body + 60, 1);
    assert_non_null(text);
    memcpy(text, body, sizeof body);
    models_sign(text);
    return text;
}

void models_refused(erm_status status, const erm_model *model, const char *detail, const char *name, const char *part,
                    const char *what)
{
    char place[FILES_PATH + 1];
    snprintf(place, sizeof place, "%s:", name);
    if (status != ERM_EDATA) fail_case("%s: %s", what, erm_status_text(status));
    if (strstr(detail, place) != detail || !strstr(detail, part)) fail_case("%s: \"%s\"", what, detail);
    assert_null(model->w);
    assert_null(model->classes.name);
}

void models_file_refused(const char *path, const char *part, const char *what)
{
    erm_model model;
    char detail[ERM_DETAIL_SIZE] = "";
    memset(&model, 0x5a, sizeof model);
    const erm_status status = erm_model_load(path, &model, detail);
    models_refused(status, &model, detail, path, part, what);
}
