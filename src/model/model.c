/* Models in memory: made from a solution, and freed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "ermopt/version.h"
#include "model/model_text.h"
#include "preparation/steps.h"

uint64_t erm__fnv1a(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < count; i++) hash = (hash ^ byte[i]) * UINT64_C(1099511628211);
    return hash;
}

int64_t erm__model_classes(const erm_loss *loss, int64_t k)
{
    if (!loss->ops->classifies) return 0;
    return k == 1 ? 2 : k;
}

int64_t erm__model_size(int64_t d, int64_t k, bool intercept)
{
    if (d < 0 || d > INT32_MAX || k < 1) return -1;
    const int64_t rows = d + (intercept ? 1 : 0), most = PTRDIFF_MAX / (int64_t)sizeof(double);
    return rows > 0 && k > most / rows ? -1 : rows * k;
}

bool erm__loss_allows(const erm_loss *loss, int64_t k)
{
    const int64_t least = loss->ops->min_outputs ? loss->ops->min_outputs : 1;
    const int64_t most = loss->ops->max_outputs ? loss->ops->max_outputs : 1;
    return k >= least && k <= most;
}

/* Names for classes that nobody named: the labels that the loss takes. */
static void name_label(int64_t count, bool one_output, int64_t c, char *name, size_t size)
{
    if (one_output && count == 2) {
        snprintf(name, size, "%s", c == 0 ? "-1" : "1");
    } else {
        snprintf(name, size, "%" PRId64, c);
    }
}

static void free_names(int64_t count, char **name)
{
    for (int64_t j = 0; name && j < count; j++) free(name[j]);
    free(name);
}

static char **copy_names(int64_t count, const char *const *from)
{
    char **const name = calloc((size_t)count + 1, sizeof *name);
    bool ok = name;
    for (int64_t j = 0; ok && j < count; j++) ok = (name[j] = strdup(from[j])) != NULL;
    if (ok) return name;
    free_names(count, name);
    return NULL;
}

static erm_status copy_classes(const erm_classes *from, int64_t count, bool one_output, erm_classes *to)
{
    if (count == 0) return ERM_OK;
    to->name = calloc((size_t)count, sizeof *to->name);
    if (!to->name) return ERM_ENOMEM;
    to->count = count;
    for (int64_t c = 0; c < count; c++) {
        char label[32];
        name_label(count, one_output, c, label, sizeof label);
        to->name[c] = strdup(from ? from->name[c] : label);
        if (!to->name[c]) return ERM_ENOMEM;
    }
    return ERM_OK;
}

/* "elastic-net 0.01 0.001": the name and both numbers, cut where they do not fit. */
static void describe_regularizer(const erm_regularizer *regularizer, char *text, size_t size)
{
    char first[ERM_NUMBER_SIZE], second[ERM_NUMBER_SIZE];
    erm__number_format_shortest(regularizer->param[0], first);
    erm__number_format_shortest(regularizer->param[1], second);
    if (snprintf(text, size, "%s %s %s", regularizer->ops->name, first, second) < 0) text[0] = '\0';
}

static void describe_training(const erm_problem *problem, const erm_result *result, erm_training *training)
{
    training->rows = problem->X->rows;
    snprintf(training->library, sizeof training->library, "%s", erm_version());
    if (problem->regularizer.ops)
        describe_regularizer(&problem->regularizer, training->regularizer, sizeof training->regularizer);
    if (!result) return;
    snprintf(training->solver, sizeof training->solver, "%s", result->solver ? result->solver : "");
    snprintf(training->stop, sizeof training->stop, "%s", erm_stop_text(result->stop));
    training->primal = result->certificate.primal;
    training->dual = result->certificate.dual;
    training->tol = result->tol;
}

erm_status erm_model_create(const erm_problem *problem, const double *w, const erm_classes *classes, const erm_result *result,
                            erm_model *model)
{
    *model = (erm_model){0};
    const int64_t d = problem->X->cols, k = problem->k > 0 ? problem->k : 1;
    const int64_t size = erm__model_size(d, k, problem->intercept), count = erm__model_classes(&problem->loss, k);
    if (size < 0 || (classes && classes->count != count)) return ERM_EINVAL;
    model->loss = problem->loss;
    model->d = d;
    model->k = k;
    model->intercept = problem->intercept;
    model->index_base = 1;
    describe_training(problem, result, &model->training);
    model->w = malloc((size_t)(size > 0 ? size : 1) * sizeof *model->w);
    if (!model->w || copy_classes(classes, count, k == 1, &model->classes) != ERM_OK) {
        erm_model_free(model);
        return ERM_ENOMEM;
    }
    if (size > 0) memcpy(model->w, w, (size_t)size * sizeof *w);
    return ERM_OK;
}

int64_t erm_model_input_columns(const erm_model *model)
{
    return model->preparation.count > 0 ? model->preparation.input_d : model->d;
}

erm_status erm_model_describe(erm_model *model, const erm_preparation *preparation, const char *const *feature_name)
{
    erm_preparation copy = {0};
    char **names = NULL;
    if (preparation && preparation->d != model->d) return ERM_EINVAL;
    const bool prepared = preparation && preparation->count > 0;
    if (prepared && erm__preparation_copy(preparation, &copy) != ERM_OK) return ERM_ENOMEM;
    const int64_t columns = prepared ? copy.input_d : erm_model_input_columns(model);
    if (feature_name && columns > 0 && !(names = copy_names(columns, feature_name))) {
        erm_preparation_free(&copy);
        return ERM_ENOMEM;
    }
    if (preparation) {
        erm_preparation_free(&model->preparation);
        model->preparation = copy;
    }
    if (names) {
        free_names(model->feature_names, model->feature_name);
        model->feature_name = names;
        model->feature_names = columns;
    }
    return ERM_OK;
}

void erm_model_free(erm_model *model)
{
    if (!model) return;
    free(model->w);
    free_names(model->feature_names, model->feature_name);
    erm_preparation_free(&model->preparation);
    erm_classes_free(&model->classes);
    *model = (erm_model){0};
}
