/* What a model says about the rows of a file, and how it is written. */
#include "prediction.h"

#include <stdlib.h>

#include "figures.h"

erm_status prediction_make(const erm_model *model, const erm_matrix *X, prediction *made, char *detail)
{
    *made = (prediction){.model = model, .rows = X->rows, .Z = new_table(X->rows, model->k)};
    return made->Z ? erm_model_margins(model, X, made->Z, detail) : ERM_ENOMEM;
}

void prediction_free(prediction *made)
{
    free(made->Z);
    *made = (prediction){0};
}

/* rows x width numbers. */
static void write_table(FILE *out, int64_t rows, int64_t width, const double *value)
{
    char text[NUMBER_SIZE];
    for (int64_t i = 0; i < rows; i++)
        for (int64_t c = 0; c < width; c++)
            fprintf(out, "%s%c", number_text(value[i * width + c], text), c + 1 < width ? ' ' : '\n');
}

/* "# name name ..." from class `first` on. */
static void write_header(FILE *out, const erm_classes *classes, int64_t first)
{
    fputc('#', out);
    for (int64_t c = first; c < classes->count; c++) fprintf(out, " %s", classes->name[c]);
    fputc('\n', out);
}

static void write_scores(FILE *out, const prediction *made)
{
    const erm_model *model = made->model;
    if (model->classes.count > 0) write_header(out, &model->classes, model->k == 1 ? 1 : 0);
    write_table(out, made->rows, model->k, made->Z);
}

static erm_status write_probabilities(FILE *out, const prediction *made)
{
    const erm_model *model = made->model;
    double *P = new_table(made->rows, model->classes.count);
    if (!P) return ERM_ENOMEM;
    const bool known = model->classes.count > 0 && erm_model_probabilities(model, made->rows, made->Z, P);
    if (known) write_header(out, &model->classes, 0);
    if (known) write_table(out, made->rows, model->classes.count, P);
    free(P);
    return known ? ERM_OK : ERM_EUNSUPPORTED;
}

static erm_status write_labels(FILE *out, const prediction *made)
{
    const erm_model *model = made->model;
    double *decision = new_table(made->rows, 1);
    if (!decision) return ERM_ENOMEM;
    erm_model_decide(model, made->rows, made->Z, decision);
    if (model->classes.count > 0)
        for (int64_t i = 0; i < made->rows; i++) fprintf(out, "%s\n", model->classes.name[(int64_t)decision[i]]);
    else
        write_table(out, made->rows, 1, decision);
    free(decision);
    return ERM_OK;
}

erm_status prediction_write(FILE *out, const predict_options *options, const prediction *made)
{
    if (options->probabilities) return write_probabilities(out, made);
    if (options->labels) return write_labels(out, made);
    write_scores(out, made);
    return ERM_OK;
}
