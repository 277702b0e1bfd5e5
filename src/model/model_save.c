/* Writes a model file; the format is described in docs/model-format.md. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/detail.h"
#include "base/number.h"
#include "io/atomic_file.h"
#include "model/model_text.h"

typedef struct writer {
    erm__atomic_file file;
    uint64_t hash; /* of what was written so far */
} writer;

static void put(writer *out, const char *bytes, size_t count)
{
    out->hash = erm__fnv1a(out->hash, bytes, count);
    erm__atomic_write(&out->file, bytes, count);
}

static void put_text(writer *out, const char *text) { put(out, text, strlen(text)); }

/* A text as the rest of a line: '%', control characters, and spaces at either end become %XX. */
static void put_line(writer *out, const char *key, const char *text)
{
    put_text(out, key);
    put_text(out, " ");
    for (const char *p = text; *p; p++) {
        const unsigned char c = (unsigned char)*p;
        const bool hidden = c == ' ' && (p == text || p[1] == '\0');
        if (c < ' ' || c == 0x7f || c == '%' || hidden) {
            char escaped[4];
            put(out, escaped, (size_t)snprintf(escaped, sizeof escaped, "%%%02X", c));
        } else {
            put(out, p, 1);
        }
    }
    put_text(out, "\n");
}

static void put_integer(writer *out, const char *key, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    put_line(out, key, text);
}

/* For people: decimal, and still exact. */
static void put_number(writer *out, const char *key, double value)
{
    char text[ERM_NUMBER_SIZE];
    erm__number_format_shortest(value, text);
    put_line(out, key, text);
}

static void put_exact(writer *out, double value)
{
    char text[ERM_NUMBER_SIZE + 1] = " ";
    put(out, text, 1 + erm__number_format_hex(value, text + 1));
}

/* +0, which is not written; -0 is. */
static bool is_blank(int64_t k, const double *row)
{
    for (int64_t c = 0; c < k; c++)
        if (row[c] != 0 || signbit(row[c])) return false;
    return true;
}

static void put_head(writer *out, const erm_model *model)
{
    put_text(out, ERM_MODEL_MAGIC ERM_MODEL_VERSION "\n");
    put_line(out, "loss", model->loss.ops->name);
    put_number(out, "loss-param", model->loss.param);
    put_integer(out, "d", model->d);
    put_integer(out, "k", model->k);
    put_line(out, "intercept", model->intercept ? "yes" : "no");
    put_integer(out, "index-base", model->index_base);
    put_integer(out, "classes", model->classes.count);
    for (int64_t c = 0; c < model->classes.count; c++) put_line(out, "class", model->classes.name[c]);
}

static void put_training(writer *out, const erm_training *training)
{
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, training->seed);
    put_line(out, "regularizer", training->regularizer);
    put_line(out, "solver", training->solver);
    put_line(out, "stop", training->stop);
    put_integer(out, "rows", training->rows);
    put_number(out, "primal", training->primal);
    put_number(out, "dual", training->dual);
    put_number(out, "tol", training->tol);
    put_line(out, "seed", seed);
}

static void put_coefficients(writer *out, const erm_model *model)
{
    const int64_t d = model->d, k = model->k;
    int64_t count = 0;
    for (int64_t j = 0; j < d; j++) count += !is_blank(k, model->w + j * k);
    put_integer(out, "coefficients", count);
    for (int64_t j = 0; j < d; j++) {
        const double *row = model->w + j * k;
        if (is_blank(k, row)) continue;
        char index[32];
        put(out, index, (size_t)snprintf(index, sizeof index, "%" PRId64, j + model->index_base));
        for (int64_t c = 0; c < k; c++) put_exact(out, row[c]);
        put_text(out, "\n");
    }
    if (!model->intercept) return;
    put_text(out, "bias");
    for (int64_t c = 0; c < k; c++) put_exact(out, model->w[d * k + c]);
    put_text(out, "\n");
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
    for (int64_t i = 0; i < size; i++)
        if (!isfinite(model->w[i])) return erm__fail(detail, ERM_EINVAL, "w[%" PRId64 "] is not finite", i);
    return ERM_OK;
}

erm_status erm_model_save(const erm_model *model, const char *path, char *detail)
{
    if (!model || !path) return erm__fail(detail, ERM_EINVAL, "no model to write, or no path to write to");
    erm_status status = check_model(model, detail);
    if (status != ERM_OK) return status;
    writer out = {.hash = ERM_FNV_START};
    status = erm__atomic_open(&out.file, path, detail);
    if (status != ERM_OK) return status;
    put_head(&out, model);
    put_training(&out, &model->training);
    put_coefficients(&out, model);
    char sum[32];
    snprintf(sum, sizeof sum, "%016" PRIx64 "\n", out.hash);
    put_text(&out, ERM_MODEL_CHECKSUM);
    put_text(&out, sum);
    return erm__atomic_commit(&out.file, detail);
}
