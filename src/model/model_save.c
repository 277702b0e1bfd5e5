/* Writes a model file; the format is described in docs/model-format.md. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/detail.h"
#include "model/model_preparation.h"
#include "model/model_text.h"

/* +0, which is not written; -0 is. */
static bool is_blank(int64_t k, const double *row)
{
    for (int64_t c = 0; c < k; c++)
        if (row[c] != 0 || signbit(row[c])) return false;
    return true;
}

static void put_head(erm__writer *out, const erm_model *model)
{
    erm__put_text(out, ERM_MODEL_MAGIC ERM_MODEL_VERSION "\n");
    erm__put_line(out, "loss", model->loss.ops->name);
    erm__put_number(out, "loss-param", model->loss.param);
    erm__put_integer(out, "d", model->d);
    erm__put_integer(out, "k", model->k);
    erm__put_line(out, "intercept", model->intercept ? "yes" : "no");
    erm__put_integer(out, "index-base", model->index_base);
    erm__put_integer(out, "classes", model->classes.count);
    for (int64_t c = 0; c < model->classes.count; c++) erm__put_line(out, "class", model->classes.name[c]);
}

static void put_training(erm__writer *out, const erm_training *training)
{
    erm__put_line(out, "regularizer", training->regularizer);
    erm__put_line(out, "solver", training->solver);
    erm__put_line(out, "stop", training->stop);
    erm__put_integer(out, "rows", training->rows);
    erm__put_number(out, "primal", training->primal);
    erm__put_number(out, "dual", training->dual);
    erm__put_number(out, "tol", training->tol);
    erm__put_unsigned(out, "seed", training->seed);
}

/* Where the model comes from, and what its data go through. */
static void put_origin(erm__writer *out, const erm_model *model)
{
    char digest[32];
    snprintf(digest, sizeof digest, "%016" PRIx64, model->training.digest);
    erm__put_line(out, "library", model->training.library);
    erm__put_line(out, "data", digest);
    erm__put_integer(out, "input-d", erm_model_input_columns(model));
    erm__put_integer(out, "features", model->feature_names);
    for (int64_t j = 0; j < model->feature_names; j++) erm__put_line(out, "feature", model->feature_name[j]);
    erm__put_preparation(out, &model->preparation, model->index_base);
}

static void put_coefficients(erm__writer *out, const erm_model *model)
{
    const int64_t d = model->d, k = model->k;
    int64_t count = 0;
    for (int64_t j = 0; j < d; j++) count += !is_blank(k, model->w + j * k);
    erm__put_integer(out, "coefficients", count);
    for (int64_t j = 0; j < d; j++) {
        const double *row = model->w + j * k;
        if (is_blank(k, row)) continue;
        char index[32];
        snprintf(index, sizeof index, "%" PRId64, j + model->index_base);
        erm__put_text(out, index);
        for (int64_t c = 0; c < k; c++) erm__put_hex(out, row[c]);
        erm__put_text(out, "\n");
    }
    if (!model->intercept) return;
    erm__put_text(out, "bias");
    for (int64_t c = 0; c < k; c++) erm__put_hex(out, model->w[d * k + c]);
    erm__put_text(out, "\n");
}

static erm_status check_loss(const erm_loss *loss, char *detail)
{
    if (!loss->ops) return erm__fail(detail, ERM_EINVAL, "the model has no loss");
    erm_loss own;
    const char *name = loss->ops->name;
    if (name && erm_loss_from_name(name, loss->param, &own) && own.ops == loss->ops && own.param == loss->param) return ERM_OK;
    return erm__fail(detail, ERM_EUNSUPPORTED,
                     "a model file can only name the library's own losses, and \"%s\" with parameter %g is none of them",
                     name ? name : "", loss->param);
}

/* Refuses what the reader would refuse. */
static erm_status check_model(const erm_model *model, char *detail)
{
    const erm_status status = check_loss(&model->loss, detail);
    if (status != ERM_OK) return status;
    const int64_t size = erm__model_size(model->d, model->k, model->intercept);
    if (size < 0 || !model->w || !erm__loss_allows(&model->loss, model->k)) {
        return erm__fail(detail, ERM_EINVAL, "a model with d = %" PRId64 ", k = %" PRId64 " cannot be", model->d, model->k);
    }
    if (model->classes.count != erm__model_classes(&model->loss, model->k)) {
        return erm__fail(detail, ERM_EINVAL, "the model has %" PRId64 " classes, but its loss and k need %" PRId64,
                         model->classes.count, erm__model_classes(&model->loss, model->k));
    }
    if (model->index_base < 0 || model->index_base > 1 || model->training.rows < 0) {
        return erm__fail(detail, ERM_EINVAL, "index_base must be 0 or 1 and training.rows not negative");
    }
    if (model->feature_names != 0 && model->feature_names != erm_model_input_columns(model)) {
        return erm__fail(detail, ERM_EINVAL, "the model has %" PRId64 " names for %" PRId64 " features", model->feature_names,
                         erm_model_input_columns(model));
    }
    for (int64_t i = 0; i < size; i++)
        if (!isfinite(model->w[i])) return erm__fail(detail, ERM_EINVAL, "w[%" PRId64 "] is not finite", i);
    return erm__check_preparation(&model->preparation, model->d, detail);
}

/* The bytes that a reader claims. */
static double bytes_of(const erm_model *model)
{
    double bytes = (double)sizeof *model->w * (double)erm__model_size(model->d, model->k, model->intercept);
    for (int64_t t = 0; t < model->preparation.count; t++)
        bytes += erm__fitted_step_bytes(&model->preparation.step[t].step, model->preparation.step[t].d_in);
    return bytes;
}

erm_status erm_model_save(const erm_model *model, const char *path, char *detail)
{
    if (!model || !path) return erm__fail(detail, ERM_EINVAL, "no model to write, or no path to write to");
    erm_status status = check_model(model, detail);
    if (status != ERM_OK) return status;
    erm__writer out = {.hash = ERM_FNV_START};
    status = erm__atomic_open(&out.file, path, detail);
    if (status != ERM_OK) return status;
    put_head(&out, model);
    put_training(&out, &model->training);
    put_origin(&out, model);
    put_coefficients(&out, model);
    if (bytes_of(model) > erm__model_room((double)out.length)) {
        erm__atomic_abandon(&out.file);
        return erm__fail(detail, ERM_EUNSUPPORTED,
                         "the model takes %.3g GB of memory, which no reader would give to a file with so few numbers",
                         bytes_of(model) / 1e9);
    }
    char sum[32];
    snprintf(sum, sizeof sum, "%016" PRIx64 "\n", out.hash);
    erm__put_text(&out, ERM_MODEL_CHECKSUM);
    erm__put_text(&out, sum);
    return erm__atomic_commit(&out.file, detail);
}
