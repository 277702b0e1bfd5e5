/* Reads a model file; the format is described in docs/model-format.md. Nothing is allocated on the word of the file before
 * its checksum was found right, and then no more than a file of its size may ask for. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/number.h"
#include "io/whole_file.h"
#include "model/model_preparation.h"
#include "model/model_text.h"

static int64_t count_lines(const char *text, const char *end)
{
    int64_t lines = 0;
    for (; text < end && (text = memchr(text, '\n', (size_t)(end - text))) != NULL; text++) lines++;
    return lines;
}

/* The line that begins with ERM_MODEL_CHECKSUM's first word, or NULL. */
static const char *find_checksum(const char *text, const char *end)
{
    static const char word[] = "\nchecksum ";
    const size_t length = sizeof word - 1;
    for (const char *p = text; (size_t)(end - p) >= length; p++) {
        p = memchr(p, '\n', (size_t)(end - p) - length + 1);
        if (!p) return NULL;
        if (memcmp(p, word, length) == 0) return p + 1;
    }
    return NULL;
}

/* The first line: that this is a model, in a version that is known here. */
static void check_version(erm__reader *in)
{
    static const char magic[] = ERM_MODEL_MAGIC;
    const size_t length = sizeof magic - 1;
    if ((size_t)(in->end - in->at) < length || memcmp(in->at, magic, length) != 0) {
        in->line = 1;
        erm__reader_fail(in, ERM_EDATA,
                         in->at == in->end ? "the file is empty" : "this is not a model: no \"" ERM_MODEL_MAGIC "\"");
        return;
    }
    erm__reader_any_line(in);
    if (in->status != ERM_OK) return;
    in->field += length;
    const size_t found = (size_t)(in->line_end - in->field);
    if (found == 1 && *in->field >= '1' && *in->field <= *ERM_MODEL_VERSION)
        in->version = *in->field - '0';
    else
        erm__reader_fail(in, ERM_EDATA, "the model is of version \"%.*s\"; only versions 1 to " ERM_MODEL_VERSION " can be read",
                         found < 20 ? (int)found : 20, in->field);
}

/* The last line: that the file is whole and unchanged. Leaves in->end before it. */
static void check_sum(erm__reader *in, const char *text)
{
    if (in->status != ERM_OK) return;
    const char *line = find_checksum(text, in->end);
    in->line = count_lines(text, line ? line : in->end) + 1;
    if (!line) {
        erm__reader_fail(in, ERM_EDATA, "the file is truncated: it ends without a checksum");
        return;
    }
    char expected[64];
    const int length = snprintf(expected, sizeof expected, ERM_MODEL_CHECKSUM "%016" PRIx64 "\n",
                                erm__fnv1a(ERM_FNV_START, text, (size_t)(line - text)));
    const size_t left = (size_t)(in->end - line), size = (size_t)length;
    if (memcmp(line, expected, left < size ? left : size) != 0) {
        erm__reader_fail(in, ERM_EDATA, "the checksum is wrong: the file was changed or damaged");
    } else if (left < size) {
        erm__reader_fail(in, ERM_EDATA, "the file is truncated within its checksum");
    } else if (left > size) {
        in->line++;
        erm__reader_fail(in, ERM_EDATA, "something follows the checksum");
    } else {
        in->end = line;
        in->line = 1;
    }
}

static bool read_yes(erm__reader *in, const char *key)
{
    char word[8];
    erm__reader_text(in, key, word, sizeof word);
    const bool yes = strcmp(word, "yes") == 0;
    if (!yes && strcmp(word, "no") != 0) erm__reader_fail(in, ERM_EDATA, "%s is neither yes nor no", key);
    return yes;
}

/* The facts of the training may be infinite. */
static double read_fact(erm__reader *in, const char *key)
{
    char word[ERM_NUMBER_SIZE];
    double value = 0;
    erm__reader_text(in, key, word, sizeof word);
    if (strcmp(word, "inf") == 0) return INFINITY;
    if (strcmp(word, "-inf") == 0) return -INFINITY;
    if (strcmp(word, "nan") == 0) return NAN;
    if (!erm__number_parse(word, strlen(word), &value)) erm__reader_fail(in, ERM_EDATA, "%s is not a number", key);
    return value;
}

static void read_loss(erm__reader *in, erm_loss *loss)
{
    char name[64];
    erm__reader_text(in, "loss", name, sizeof name);
    erm__reader_line(in, "loss-param");
    const double param = erm__reader_number(in, "loss-param");
    erm__reader_done(in);
    if (in->status != ERM_OK) return;
    if (!erm_loss_from_name(name, param, loss) || loss->param != param)
        erm__reader_fail(in, ERM_EDATA, "there is no loss \"%s\" with parameter %g", name, param);
}

/* `count` lines "key name"; *read of them are in the list, which may be NULL. */
static char **read_names(erm__reader *in, const char *key, int64_t count, int64_t *read)
{
    *read = 0;
    if (in->status != ERM_OK || count == 0) return NULL;
    if (count > in->end - in->at) {
        erm__reader_fail(in, ERM_EDATA, "the file is too short for %" PRId64 " lines \"%s\"", count, key);
        return NULL;
    }
    char **const name = calloc((size_t)count, sizeof *name);
    if (!name) erm__reader_fail(in, ERM_ENOMEM, "out of memory");
    while (in->status == ERM_OK && *read < count) name[(*read)++] = erm__reader_new_text(in, key);
    return name;
}

static void read_training(erm__reader *in, erm_training *training)
{
    erm__reader_text(in, "regularizer", training->regularizer, sizeof training->regularizer);
    erm__reader_text(in, "solver", training->solver, sizeof training->solver);
    erm__reader_text(in, "stop", training->stop, sizeof training->stop);
    training->rows = erm__reader_integer_line(in, "rows", 0, INT64_MAX);
    training->primal = read_fact(in, "primal");
    training->dual = read_fact(in, "dual");
    training->tol = read_fact(in, "tol");
    training->seed = erm__reader_unsigned_line(in, "seed");
}

/* 16 hexadecimal digits. */
static uint64_t read_digest(erm__reader *in)
{
    static const char digits[] = "0123456789abcdef";
    char word[20];
    uint64_t digest = 0;
    erm__reader_text(in, "data", word, sizeof word);
    size_t length = 0;
    for (const char *digit; word[length] && (digit = strchr(digits, word[length])) != NULL; length++)
        digest = 16 * digest + (uint64_t)(digit - digits);
    if (length != 16 || word[length]) erm__reader_fail(in, ERM_EDATA, "the digest of the data is not 16 hexadecimal digits");
    return digest;
}

/* What version 1 does not have. */
static void read_origin(erm__reader *in, erm_model *model)
{
    erm__reader_text(in, "library", model->training.library, sizeof model->training.library);
    model->training.digest = read_digest(in);
    const int64_t input_d = erm__reader_integer_line(in, "input-d", 0, INT32_MAX);
    const int64_t count = erm__reader_integer_line(in, "features", 0, input_d);
    if (in->status == ERM_OK && count != 0 && count != input_d)
        erm__reader_fail(in, ERM_EDATA, "features = %" PRId64 " is neither 0 nor input-d = %" PRId64, count, input_d);
    model->feature_name = read_names(in, "feature", count, &model->feature_names);
    erm__read_preparation(in, input_d, model->d, model->index_base, &model->preparation);
}

static void read_row(erm__reader *in, int64_t k, double *row)
{
    for (int64_t c = 0; c < k && in->status == ERM_OK; c++) row[c] = erm__reader_number(in, "a coefficient");
    erm__reader_done(in);
}

static void read_coefficients(erm__reader *in, erm_model *model)
{
    const int64_t base = model->index_base, count = erm__reader_integer_line(in, "coefficients", 0, model->d);
    const int64_t size = erm__model_size(model->d, model->k, model->intercept);
    if (in->status != ERM_OK) return;
    erm__reader_claim(in, (double)sizeof *model->w * (double)size, "w (d x k)");
    if (in->status != ERM_OK) return;
    model->w = calloc((size_t)(size > 0 ? size : 1), sizeof *model->w);
    if (!model->w) erm__reader_fail(in, ERM_ENOMEM, "out of memory for %" PRId64 " coefficients", size);
    int64_t least = base;
    for (int64_t t = 0; t < count && in->status == ERM_OK; t++) {
        erm__reader_any_line(in);
        const int64_t index = erm__reader_integer(in, "a feature's index", least, model->d - 1 + base);
        least = index + 1;
        if (in->status == ERM_OK) read_row(in, model->k, model->w + (index - base) * model->k);
    }
    if (!model->intercept) return;
    erm__reader_line(in, "bias");
    if (in->status == ERM_OK) read_row(in, model->k, model->w + model->d * model->k);
}

static void read_model(erm__reader *in, erm_model *model)
{
    read_loss(in, &model->loss);
    model->d = erm__reader_integer_line(in, "d", 0, INT32_MAX);
    model->k = erm__reader_integer_line(in, "k", 1, INT32_MAX);
    if (in->status != ERM_OK) return;
    if (!erm__loss_allows(&model->loss, model->k)) {
        erm__reader_fail(in, ERM_EDATA, "%s loss does not allow k = %" PRId64, model->loss.ops->name, model->k);
    }
    model->intercept = read_yes(in, "intercept");
    if (erm__model_size(model->d, model->k, model->intercept) < 0) {
        erm__reader_fail(in, ERM_EDATA, "d x k = %" PRId64 " x %" PRId64 " is too large", model->d, model->k);
    }
    model->index_base = (int32_t)erm__reader_integer_line(in, "index-base", 0, 1);
    const int64_t classes = erm__model_classes(&model->loss, model->k);
    erm__reader_integer_line(in, "classes", classes, classes);
    model->classes.name = read_names(in, "class", classes, &model->classes.count);
    read_training(in, &model->training);
    if (in->version > 1) read_origin(in, model);
    read_coefficients(in, model);
    if (in->status == ERM_OK && in->at != in->end) {
        in->line++;
        erm__reader_fail(in, ERM_EDATA, "the checksum is expected here");
    }
}

erm_status erm__model_parse(const char *name, const char *text, size_t size, erm_model *model, char *detail)
{
    *model = (erm_model){0};
    erm__reader in = {.path = name, .at = text, .end = text + size, .room = erm__model_room((double)size), .detail = detail};
    check_version(&in);
    check_sum(&in, text);
    read_model(&in, model);
    if (in.status != ERM_OK) erm_model_free(model);
    return in.status;
}

erm_status erm_model_load(const char *path, erm_model *model, char *detail)
{
    if (!model || !path) return erm__fail(detail, ERM_EINVAL, "no path to read from, or no model to read into");
    *model = (erm_model){0};
    char *text;
    size_t size;
    erm_status status = erm__read_whole(path, ERM_MODEL_MAGIC, &text, &size, detail);
    if (status == ERM_OK) status = erm__model_parse(path, text, size, model, detail);
    free(text);
    return status;
}
