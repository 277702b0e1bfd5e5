/* How well a model does on labelled data. */
#include "scores.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "ermopt/metrics.h"
#include "figures.h"

static erm_status measure_numbers(const erm_model *model, const erm_dataset *data, const double *Z, scores *out)
{
    double *mean = new_table(data->rows, 1);
    if (!mean) return ERM_ENOMEM;
    erm_model_decide(model, data->rows, Z, mean);
    out->mse = erm_metric_mse(data->rows, mean, data->y, NULL);
    out->r2 = erm_metric_r2(data->rows, mean, data->y, NULL);
    free(mean);
    return ERM_OK;
}

/* Moves the rows with a known class to the front, their margins into Z; returns how many they are. */
static int64_t keep_known(int64_t rows, int64_t k, const double *margins, double *y, double *Z)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < rows; i++) {
        if (isnan(y[i])) continue;
        y[kept] = y[i];
        for (int64_t c = 0; c < k; c++) Z[kept * k + c] = margins[i * k + c];
        kept++;
    }
    return kept;
}

/* `label` are class numbers, with NaN for labels that the model has not seen; they are used up. Z and P are scratch. */
static erm_status measure_classes(const erm_model *model, int64_t rows, const double *margins, double *label, double *Z,
                                  double *P, scores *out)
{
    const int64_t classes = model->classes.count;
    erm_model_decide(model, rows, margins, P);
    out->accuracy = erm_metric_accuracy(rows, P, label, NULL);
    const int64_t known = keep_known(rows, model->k, margins, label, Z);
    out->unknown = rows - known;
    if (known == 0) {
        out->accuracy = NAN;
        return ERM_OK;
    }
    if (erm_model_probabilities(model, known, Z, P)) out->log_loss = erm_metric_log_loss(known, classes, P, label, NULL);
    if (classes != 2) return ERM_OK;
    for (int64_t i = 0; model->k == 2 && i < known; i++) Z[i] = Z[2 * i + 1] - Z[2 * i];
    return erm_metric_auc(known, Z, label, NULL, &out->auc);
}

erm_status scores_of_margins(const erm_model *model, const erm_dataset *data, const double *Z, scores *out)
{
    *out = (scores){.classifies = model->classes.count > 0,
                    .rows = data->rows,
                    .accuracy = NAN,
                    .log_loss = NAN,
                    .auc = NAN,
                    .mse = NAN,
                    .r2 = NAN};
    if (!out->classifies && data->label_name) out->unknown = data->rows;
    if (!out->classifies) return data->label_name ? ERM_OK : measure_numbers(model, data, Z, out);
    double *label = new_table(data->rows, 1);
    double *known = new_table(data->rows, model->k);
    double *P = new_table(data->rows, model->classes.count);
    erm_status status = ERM_ENOMEM;
    if (label && known && P) status = erm_classes_encode(&model->classes, data, false, label, NULL);
    if (status == ERM_OK) status = measure_classes(model, data->rows, Z, label, known, P, out);
    free(label);
    free(known);
    free(P);
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
    } else {
        json_number(writer, "mse", measured->mse);
        json_number(writer, "r2", measured->r2);
    }
    json_integer(writer, "unknown_labels", measured->unknown);
}
