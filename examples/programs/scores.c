/* How well a model does on labelled data. */
#include "scores.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "figures.h"
#include "tally.h"

erm_status scores_of_margins(const erm_model *model, const erm_dataset *data, const double *Z, scores *out)
{
    tally all = tally_start(model);
    erm_status status = tally_add(&all, data, Z);
    if (status == ERM_OK) status = tally_scores(&all, out);
    tally_free(&all);
    return status;
}

erm_status scores_of_model(const erm_model *model, const erm_dataset *data, const erm_matrix *X, scores *out)
{
    double *Z = new_table(data->rows, model->k);
    if (!Z) return ERM_ENOMEM;
    erm_status status = erm_model_margins(model, X, Z, NULL);
    if (status == ERM_OK) status = scores_of_margins(model, data, Z, out);
    free(Z);
    return status;
}

static void print_one(FILE *out, const char **separator, const char *name, double value)
{
    if (isnan(value)) return;
    fprintf(out, "%s%s %.4g", *separator, name, value);
    *separator = ", ";
}

void scores_print(FILE *out, const scores *measured)
{
    const char *separator = "";
    print_one(out, &separator, "accuracy", measured->accuracy);
    print_one(out, &separator, "log-loss", measured->log_loss);
    print_one(out, &separator, "AUC", measured->auc);
    if (measured->auc_error > 0) fprintf(out, " (to %.1g)", measured->auc_error);
    print_one(out, &separator, "mean squared error", measured->mse);
    print_one(out, &separator, "R2", measured->r2);
    if (measured->unknown == measured->rows)
        fprintf(out, "no row has a label that the model knows");
    else if (measured->unknown > 0)
        fprintf(out, "; %" PRId64 " of %" PRId64 " rows have a label unknown in training and count as wrong", measured->unknown,
                measured->rows);
    fputc('\n', out);
}

void scores_write(json *writer, const scores *measured)
{
    json_integer(writer, "n", measured->rows);
    if (measured->classifies) {
        json_number(writer, "accuracy", measured->accuracy);
        json_number(writer, "log_loss", measured->log_loss);
        json_number(writer, "auc", measured->auc);
        if (measured->auc_error > 0) json_number(writer, "auc_error", measured->auc_error);
    } else {
        json_number(writer, "mse", measured->mse);
        json_number(writer, "r2", measured->r2);
    }
    json_integer(writer, "unknown_labels", measured->unknown);
}
