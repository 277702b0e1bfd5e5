/* What is in a model file, and its export to C. */
#include "inspect_model.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coefficients.h"
#include "ermopt.h"
#include "json.h"
#include "message.h"
#include "output.h"
#include "scores.h"

enum { LARGEST = 10, STEPS_TEXT = 400 };

/* What is known of a model. */
typedef struct facts {
    const inspect_model_options *options;
    erm_model model, rounded; /* rounded: as it is exported; empty where it is not */
    erm_weights weights;
    int64_t nonzeros, shown;
    coefficient *largest;
    char steps[STEPS_TEXT];
    bool measured;
    scores before, after; /* of the test data */
} facts;

bool inspect_is_model(const char *path)
{
    static const char magic[] = "ermopt-model ";
    char start[sizeof magic - 1];
    FILE *const file = fopen(path, "rb");
    if (!file) return false;
    const bool same = fread(start, 1, sizeof start, file) == sizeof start && memcmp(start, magic, sizeof start) == 0;
    fclose(file);
    return same;
}

static int fail(erm_status status, const char *detail)
{
    return complain(exit_for(status), "%s", detail[0] ? detail : erm_status_text(status));
}

/* ---- gathered ------------------------------------------------------------------------------------------------------- */

/* "impute=median,standardise" */
static void describe_steps(const erm_preparation *fitted, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (int64_t t = 0; t < fitted->count && length + 2 < size; t++) {
        if (t > 0) text[length++] = ',';
        erm_prepare_describe(&fitted->step[t].step, text + length, size - length);
        length += strlen(text + length);
    }
}

static int read_weights(const inspect_model_options *options, erm_weights *weights)
{
    static const char *const names[] = {"double", "float", "int8"};
    *weights = ERM_WEIGHTS_FLOAT;
    if (!options->weights) return KEEP_GOING;
    for (int t = 0; t < 3; t++)
        if (strcmp(options->weights, names[t]) == 0) {
            *weights = (erm_weights)t;
            return KEEP_GOING;
        }
    return complain(EXIT_USAGE, "--weights %s: expected double, float or int8", options->weights);
}

/* The model once more, with the coefficients that its export has. */
static int export(facts *all)
{
    char detail[ERM_DETAIL_SIZE] = "";
    const inspect_model_options *const options = all->options;
    erm_status status = erm_model_load(options->path, &all->rounded, detail);
    if (status == ERM_OK) status = erm_model_round(&all->rounded, all->weights, detail);
    if (status == ERM_OK)
        status =
            erm_model_export_c(&all->model, all->weights, options->prefix ? options->prefix : "model", options->export_c, detail);
    return status == ERM_OK ? KEEP_GOING : fail(status, detail);
}

static int measure(facts *all)
{
    const erm_model *const model = &all->model;
    data_options reading = all->options->reading;
    erm_data data;
    if (erm_preparation_takes_missing(&model->preparation) && !reading.missing) reading.missing = "nan";
    const data_like like = {.index_base = model->index_base,
                            .cols = erm_model_input_columns(model),
                            .features = (const char *const *)model->feature_name};
    const int code = data_file_read(all->options->test, &reading, &like, &data);
    if (code != KEEP_GOING) return code;
    erm_status status = scores_of_model(model, &data.set, data.X, &all->before);
    if (status == ERM_OK && all->rounded.w) status = scores_of_model(&all->rounded, &data.set, data.X, &all->after);
    if (status == ERM_OK) status = erm_data_status(&data, NULL);
    all->measured = status == ERM_OK;
    erm_data_close(&data);
    if (status == ERM_OK) return KEEP_GOING;
    return complain(exit_for(status), "%s: the model cannot predict these data: %s", all->options->test, erm_status_text(status));
}

static int gather(facts *all)
{
    char detail[ERM_DETAIL_SIZE] = "";
    int code = read_weights(all->options, &all->weights);
    if (code != KEEP_GOING) return code;
    const erm_status status = erm_model_load(all->options->path, &all->model, detail);
    if (status != ERM_OK) return fail(status, detail);
    const int64_t most = all->options->largest > 0 ? all->options->largest : LARGEST;
    all->largest = coefficients_largest(&all->model, most, &all->shown, &all->nonzeros);
    if (!all->largest) return complain(EXIT_OTHER, "out of memory");
    describe_steps(&all->model.preparation, all->steps, sizeof all->steps);
    if (all->options->export_c) code = export(all);
    return code == KEEP_GOING && all->options->test ? measure(all) : code;
}

/* ---- printed -------------------------------------------------------------------------------------------------------- */

static void print_training(FILE *out, const erm_training *training)
{
    fprintf(out, "trained    on %" PRId64 " rows", training->rows);
    if (training->digest) fprintf(out, " (digest %016" PRIx64 ")", training->digest);
    fprintf(out, ", regularizer %s, solver %s, %s, seed %" PRIu64 "%s%s\n", training->regularizer, training->solver,
            training->stop, training->seed, training->library[0] ? ", libermopt " : "", training->library);
    fprintf(out, "objective  primal %.10g", training->primal);
    if (isfinite(training->dual)) fprintf(out, ", dual %.10g, gap %.3g", training->dual, training->primal - training->dual);
    fprintf(out, ", tolerance %.3g\n", training->tol);
}

static void print_coefficients(FILE *out, const facts *all)
{
    const erm_model *const model = &all->model;
    char name[COEFFICIENT_NAME];
    fprintf(out, "weights    %" PRId64 " of %" PRId64 " are not zero%s\n", all->nonzeros, model->d * model->k,
            all->shown > 0 ? "; the largest:" : "");
    for (int64_t t = 0; t < all->shown; t++)
        fprintf(out, "           %12.6g  %s\n", all->largest[t].value, coefficient_name(model, &all->largest[t], name));
    for (int64_t c = 0; model->intercept && c < model->k && c < LARGEST; c++)
        fprintf(out, "           %12.6g  intercept%s%s\n", model->w[model->d * model->k + c], model->k > 1 ? " of " : "",
                model->k > 1 && model->classes.count > c ? model->classes.name[c] : "");
}

static void print_text(FILE *out, const facts *all)
{
    const erm_model *const model = &all->model;
    const erm_classes *const classes = &model->classes;
    fprintf(out, "model      %s: %s loss", all->options->path, model->loss.ops->name);
    if (model->loss.param != 0) fprintf(out, " (%g)", model->loss.param);
    for (int64_t c = 0; c < classes->count && classes->count <= 10; c++)
        fprintf(out, "%s%s", c == 0 ? " of " : ", ", classes->name[c]);
    if (classes->count > 10) fprintf(out, " of %" PRId64 " classes", classes->count);
    fprintf(out, "; %" PRId64 " columns, %" PRId64 " output%s, %s intercept\n", erm_model_input_columns(model), model->k,
            model->k == 1 ? "" : "s", model->intercept ? "with" : "without");
    if (model->preparation.count > 0)
        fprintf(out, "prepared   %s: %" PRId64 " columns become %" PRId64 "\n", all->steps, model->preparation.input_d, model->d);
    print_training(out, &model->training);
    print_coefficients(out, all);
    if (all->measured) {
        fputs("test       ", out);
        scores_print(out, &all->before);
    }
    if (all->options->export_c) fprintf(out, "exported   %s\n", all->options->export_c);
    if (all->measured && all->rounded.w) {
        fputs("           ", out);
        scores_print(out, &all->after);
    }
}

static void write_scores(json *writer, const char *key, const scores *measured)
{
    json_begin(writer, key);
    scores_write(writer, measured);
    json_end(writer);
}

static void write_json(FILE *out, const facts *all)
{
    const erm_model *const model = &all->model;
    const erm_training *const training = &model->training;
    char digest[32], name[COEFFICIENT_NAME];
    snprintf(digest, sizeof digest, "%016" PRIx64, training->digest);
    json writer = json_open(out);
    json_text(&writer, "loss", model->loss.ops->name);
    json_number(&writer, "loss_param", model->loss.param);
    json_integer(&writer, "d", erm_model_input_columns(model));
    json_integer(&writer, "prepared_d", model->d);
    json_integer(&writer, "k", model->k);
    json_flag(&writer, "intercept", model->intercept);
    json_integer(&writer, "classes", model->classes.count);
    json_text(&writer, "prepare", model->preparation.count > 0 ? all->steps : NULL);
    json_text(&writer, "regularizer", training->regularizer);
    json_text(&writer, "solver", training->solver);
    json_text(&writer, "stop", training->stop);
    json_integer(&writer, "rows", training->rows);
    json_number(&writer, "primal", training->primal);
    json_number(&writer, "dual", training->dual);
    json_number(&writer, "gap", training->primal - training->dual);
    json_number(&writer, "tol", training->tol);
    json_unsigned(&writer, "seed", training->seed);
    json_text(&writer, "library", training->library);
    json_text(&writer, "data", training->digest ? digest : NULL);
    json_integer(&writer, "nonzeros", all->nonzeros);
    json_begin(&writer, "largest");
    for (int64_t t = 0; t < all->shown; t++)
        json_number(&writer, coefficient_name(model, &all->largest[t], name), all->largest[t].value);
    json_end(&writer);
    if (all->measured)
        write_scores(&writer, "test", &all->before);
    else
        json_text(&writer, "test", NULL);
    json_text(&writer, "exported", all->options->export_c);
    if (all->measured && all->rounded.w) write_scores(&writer, "exported_test", &all->after);
    json_close(&writer);
}

int inspect_model(const inspect_model_options *options)
{
    facts all = {.options = options};
    output out;
    int code = gather(&all);
    if (code == KEEP_GOING && !output_open(NULL, &out)) code = EXIT_OTHER;
    if (code == KEEP_GOING) {
        if (options->json)
            write_json(out.file, &all);
        else
            print_text(out.file, &all);
        code = output_commit(&out) ? EXIT_FINE : EXIT_OTHER;
    }
    free(all.largest);
    erm_model_free(&all.model);
    erm_model_free(&all.rounded);
    return code;
}
