/* Writes a model as one C file that needs no library, not even C's own. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/detail.h"
#include "base/number.h"
#include "ermopt/model.h"
#include "ermopt/version.h"
#include "model/fold_weights.h"
#include "model/model_round.h"

enum { LINE = 100, MOST_PREFIX = 64 };

typedef struct writer {
    erm__atomic_file file;
    const erm_model *model; /* without a preparation, its intercept always there */
    const double *fill;     /* d: what replaces NaN, or NULL */
    erm_weights weights;
    erm__rounding rounding;
    const char *prefix;
    double *step;   /* k: what one step of an int8 weight is worth */
    int64_t stored; /* features with some coefficient that is not 0 */
    bool sparse;    /* only those are written */
    int column;     /* in the present line of a list */
} writer;

static void put(writer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(writer *out, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    erm__atomic_write(&out->file, text, (size_t)length);
}

/* An entry of a list of numbers, broken into lines. */
static void put_item(writer *out, const char *text)
{
    if (out->column == 0) put(out, "   ");
    put(out, " %s,", text);
    out->column += (int)strlen(text) + 2;
    if (out->column < LINE) return;
    put(out, "\n");
    out->column = 0;
}

static void end_list(writer *out)
{
    put(out, out->column ? "\n};\n" : "};\n");
    out->column = 0;
}

static void put_number(writer *out, double value)
{
    char text[ERM_NUMBER_SIZE + 2];
    erm__number_format_shortest(out->weights == ERM_WEIGHTS_DOUBLE ? value : (double)(float)value, text);
    if (!strpbrk(text, ".e")) strcat(text, ".0");
    if (out->weights != ERM_WEIGHTS_DOUBLE) strcat(text, "f");
    put_item(out, text);
}

static void put_weights(writer *out)
{
    const erm_model *const model = out->model;
    const int64_t k = model->k;
    put(out, "static const %s %s_weight[] = {\n", out->weights == ERM_WEIGHTS_INT8 ? "signed char" : "real", out->prefix);
    for (int64_t j = 0; j < model->d; j++) {
        if (out->sparse && erm__is_zero_row(model, j)) continue;
        for (int64_t c = 0; c < k; c++) {
            const double w = model->w[j * k + c];
            char text[32];
            snprintf(text, sizeof text, "%.0f", erm__rounding_level(&out->rounding, model, j, c, out->step[c]));
            if (out->weights == ERM_WEIGHTS_INT8)
                put_item(out, text);
            else
                put_number(out, w);
        }
    }
    if (model->d == 0 || (out->sparse && out->stored == 0)) put_item(out, "0");
    end_list(out);
}

/* The powers of two of the stored features. */
static void put_exponents(writer *out)
{
    put(out, "static const signed char %s_exponent[] = { /* of the power of two that a feature's weights are multiplied by */\n",
        out->prefix);
    for (int64_t j = 0; j < out->model->d; j++) {
        char text[32];
        snprintf(text, sizeof text, "%d", erm__rounding_exponent(&out->rounding, out->model, j));
        if (!out->sparse || !erm__is_zero_row(out->model, j)) put_item(out, text);
    }
    end_list(out);
    put(out,
        "\nstatic real %s_power(int e)\n{\n    real p = 1;\n    for (; e > 0; e--) p *= 2;\n    for (; e < 0; e++) p /= 2;\n"
        "    return p;\n}\n",
        out->prefix);
}

/* What is predicted for missing values of the stored features. */
static void put_fill(writer *out)
{
    put(out, "static const real %s_missing[] = { /* what stands for NaN */\n", out->prefix);
    for (int64_t j = 0; j < out->model->d; j++)
        if (!out->sparse || !erm__is_zero_row(out->model, j)) put_number(out, out->fill[j]);
    if (out->model->d == 0 || (out->sparse && out->stored == 0)) put_number(out, 0);
    end_list(out);
}

static void put_tables(writer *out)
{
    const erm_model *const model = out->model;
    if (out->sparse) {
        put(out, "static const long %s_index[] = { /* the features that have weights */\n", out->prefix);
        for (int64_t j = 0; j < model->d; j++) {
            char text[32];
            snprintf(text, sizeof text, "%" PRId64, j);
            if (!erm__is_zero_row(model, j)) put_item(out, text);
        }
        if (out->stored == 0) put_item(out, "0");
        end_list(out);
    }
    put_weights(out);
    if (out->fill) put_fill(out);
    if (out->rounding.exponents) put_exponents(out);
    put(out, "static const real %s_step[] = { /* what a weight of 1 is worth */\n", out->prefix);
    for (int64_t c = 0; c < model->k; c++) put_number(out, out->weights == ERM_WEIGHTS_INT8 ? out->step[c] : 1);
    end_list(out);
    put(out, "static const real %s_bias[] = {\n", out->prefix);
    for (int64_t c = 0; c < model->k; c++) put_number(out, model->intercept ? model->w[model->d * model->k + c] : 0);
    end_list(out);
}

static void put_class_names(writer *out)
{
    const erm_classes *const classes = &out->model->classes;
    put(out, "\nconst char *const %s_class_name[] = {\n", out->prefix);
    for (int64_t c = 0; c < classes->count; c++) {
        put(out, "    \"");
        for (const char *p = classes->name[c]; *p; p++) {
            const unsigned char byte = (unsigned char)*p;
            if (byte < ' ' || byte > '~' || strchr("\"\\?", byte)) /* ? as in a trigraph */
                put(out, "\\%03o", byte);
            else
                put(out, "%c", byte);
        }
        put(out, "\",\n");
    }
    put(out, "};\n");
}

/* The functions, for which FEATURE is the feature of stored row s. */
static void put_functions(writer *out)
{
    const char *const p = out->prefix, *const feature = out->sparse ? "_index[s]" : "";
    const long long k = (long long)out->model->k, rows = (long long)(out->sparse ? out->stored : out->model->d);
    put(out,
        "\n/* z[0 .. %lld]: the margins of x[0 .. %lld] */\nvoid %s_margins(const real *x, real *z)\n{\n    long s;\n    int "
        "c;\n",
        k - 1, (long long)out->model->d - 1, p);
    put(out, "    for (c = 0; c < %lld; c++) z[c] = 0;\n    for (s = 0; s < %lld; s++) {\n        real v = x[%s%s];\n", k, rows,
        out->sparse ? p : "s", feature);
    if (out->fill) put(out, "        if (v != v) v = %s_missing[s];\n", p);
    if (out->rounding.exponents) put(out, "        v *= %s_power(%s_exponent[s]);\n", p, p);
    put(out,
        "        for (c = 0; c < %lld; c++) z[c] += v * (real)%s_weight[s * %lld + c];\n    }\n"
        "    for (c = 0; c < %lld; c++) z[c] = z[c] * %s_step[c] + %s_bias[c];\n}\n",
        k, p, k, k, p, p);
    if (!out->model->loss.ops->classifies) return;
    put(out,
        "\n/* The class that x belongs to: its number in %s_class_name */\nint %s_class(const real *x)\n{\n    real z[%lld];\n",
        p, p, k);
    put(out, "    int %s= 0;\n    %s_margins(x, z);\n", k > 1 ? "c, best " : "best ", p);
    if (k > 1)
        put(out, "    for (c = 1; c < %lld; c++)\n        if (z[c] > z[best]) best = c;\n", k);
    else
        put(out, "    if (z[0] > 0) best = 1;\n");
    put(out, "    return best;\n}\n");
}

static void put_head(writer *out)
{
    const erm_model *const model = out->model;
    put(out,
        "/* A linear model: %.100s loss, %" PRId64 " features of which %" PRId64 " have weights, %" PRId64
        " outputs. Written by libermopt %s.\n * Plain C89 without any library. */\n",
        model->loss.ops->name, model->d, out->stored, model->k, erm_version());
    put(out, "typedef %s real;\n\n", out->weights == ERM_WEIGHTS_DOUBLE ? "double" : "float");
    put(out, "void %s_margins(const real *x, real *z);\n", out->prefix);
    if (model->loss.ops->classifies)
        put(out, "int %s_class(const real *x);\nextern const char *const %s_class_name[];\n", out->prefix, out->prefix);
    put(out, "\n");
}

static bool is_identifier(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", digits[] = "0123456789";
    size_t length = 0;
    while (text[length] && (strchr(letters, text[length]) || (length > 0 && strchr(digits, text[length])))) length++;
    return length > 0 && length <= MOST_PREFIX && !text[length];
}

static erm_status check_export(const erm_model *model, erm_weights weights, const char *prefix, char *detail)
{
    if (!is_identifier(prefix))
        return erm__fail(detail, ERM_EINVAL, "\"%.100s\" cannot begin the names of C functions: letters, digits and _ can",
                         prefix);
    if ((int)weights < ERM_WEIGHTS_DOUBLE || (int)weights > ERM_WEIGHTS_INT8)
        return erm__fail(detail, ERM_EINVAL, "weights = %d; ERM_WEIGHTS_DOUBLE, _FLOAT or _INT8 is needed", (int)weights);
    const int64_t size = (model->d + (model->intercept ? 1 : 0)) * model->k;
    for (int64_t i = 0; i < size; i++)
        if (!(fabs(model->w[i]) <= (weights == ERM_WEIGHTS_DOUBLE ? DBL_MAX : FLT_MAX)))
            return erm__fail(detail, ERM_EINVAL, "w[%" PRId64 "] = %g is too large for the weights that were asked for", i,
                             model->w[i]);
    return ERM_OK;
}

/* The same for a model without preparation but for `fill`. */
static erm_status export_plain(const erm_model *model, const double *fill, erm_weights weights, const char *prefix,
                               const char *path, char *detail)
{
    erm_status status = check_export(model, weights, prefix, detail);
    for (int64_t j = 0; fill && weights != ERM_WEIGHTS_DOUBLE && j < model->d && status == ERM_OK; j++)
        if (!(fabs(fill[j]) <= FLT_MAX))
            status = erm__fail(detail, ERM_EINVAL, "%g for missing values is too large for a float", fill[j]);
    if (status != ERM_OK) return status;
    writer out = {.model = model, .fill = fill, .weights = weights, .prefix = prefix};
    out.rounding = erm__rounding_of(model, weights);
    out.step = malloc((size_t)model->k * sizeof *out.step);
    if (!out.step) return erm__fail(detail, ERM_ENOMEM, "%s", erm_status_text(ERM_ENOMEM));
    for (int64_t c = 0; c < model->k; c++) out.step[c] = erm__rounding_step(&out.rounding, model, c);
    status = erm__atomic_open(&out.file, path, detail);
    if (status != ERM_OK) {
        free(out.step);
        return status;
    }
    for (int64_t j = 0; j < model->d; j++) out.stored += !erm__is_zero_row(model, j);
    out.sparse = 2 * out.stored < model->d;
    put_head(&out);
    put_tables(&out);
    if (model->classes.count > 0 && model->loss.ops->classifies) put_class_names(&out);
    put_functions(&out);
    free(out.step);
    return erm__atomic_commit(&out.file, detail);
}

erm_status erm_model_export_c(const erm_model *model, erm_weights weights, const char *prefix, const char *path, char *detail)
{
    if (!model || !model->w || !model->loss.ops || !prefix || !path)
        return erm__fail(detail, ERM_EINVAL, "no model, prefix or path was given");
    if (model->preparation.count == 0) return export_plain(model, NULL, weights, prefix, path, detail);
    erm__folded folded;
    erm_status status = erm__model_fold(model, &folded);
    if (status != ERM_OK) return erm__fail_fold(model, status, detail);
    const erm_model plain = {
        .loss = model->loss, .d = folded.d, .k = model->k, .intercept = true, .w = folded.w, .classes = model->classes};
    status = export_plain(&plain, folded.fill, weights, prefix, path, detail);
    erm__folded_free(&folded);
    return status;
}
