/* Predicts the rows of a LIBSVM file with a saved model: erm_predict [options] MODEL DATA [OUTPUT]; see --help. */
#include "ermopt.h"
#include "programs/figures.h"
#include "programs/json.h"
#include "programs/message.h"
#include "programs/output.h"
#include "programs/predict_options.h"
#include "programs/prediction.h"
#include "programs/scores.h"

const char *const program_name = "erm_predict";

static int fail(erm_status status, const char *detail)
{
    const int code = status == ERM_EINVAL ? EXIT_DATA : exit_for(status);
    return complain(code, "%s", detail[0] ? detail : erm_status_text(status));
}

/* Writes the predictions; with --json and no OUTPUT there is nowhere to put them. */
static int write_predictions(const predict_options *options, const prediction *made)
{
    output out;
    if (options->json && !options->output) return KEEP_GOING;
    if (!output_open(options->output, &out)) return EXIT_OTHER;
    const erm_status status = prediction_write(out.file, options, made);
    if (status == ERM_OK) return output_commit(&out) ? KEEP_GOING : EXIT_OTHER;
    output_abandon(&out);
    if (status == ERM_EUNSUPPORTED)
        return complain(EXIT_USAGE, "%s: %s loss has no probabilities; use --scores", options->model,
                        made->model->loss.ops->name);
    return fail(status, "");
}

/* How good the predictions are, as JSON or in words. */
static int report(const predict_options *options, const erm_dataset *data, const prediction *made, double seconds)
{
    scores measured;
    const erm_model *model = made->model;
    const erm_status status = scores_of_margins(model, data, made->Z, &measured);
    if (status != ERM_OK) return fail(status, "");
    if (!options->json) {
        if (!options->quiet) scores_print(stderr, &measured);
        return EXIT_FINE;
    }
    output out;
    if (!output_open(NULL, &out)) return EXIT_OTHER;
    json writer = json_open(out.file);
    json_integer(&writer, "d", model->d);
    json_integer(&writer, "nnz", data->nnz);
    json_integer(&writer, "k", model->k);
    json_text(&writer, "loss", model->loss.ops->name);
    json_text(&writer, "regularizer", model->training.regularizer);
    json_number(&writer, "seconds", seconds);
    scores_write(&writer, &measured);
    json_close(&writer);
    return output_commit(&out) ? EXIT_FINE : EXIT_OTHER;
}

/* The model is loaded; what remains is read, predicted, written and measured. */
static int predict(const predict_options *options, const erm_model *model)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_dataset data = {0};
    prediction made = {0};
    const double start = seconds_now();
    const erm_libsvm_options how = {.base = model->index_base == 0 ? ERM_INDEX_ZERO : ERM_INDEX_ONE, .cols = model->d};
    erm_status status = erm_dataset_read_libsvm(options->data, &how, &data, detail);
    const erm_csr X = erm_dataset_matrix(&data);
    if (status == ERM_OK) status = prediction_make(model, &X.base, &made, detail);
    int code = status == ERM_OK ? write_predictions(options, &made) : fail(status, detail);
    if (code == KEEP_GOING) code = report(options, &data, &made, seconds_now() - start);
    prediction_free(&made);
    erm_dataset_free(&data);
    return code;
}

int main(int argc, char **argv)
{
    char detail[ERM_DETAIL_SIZE] = "";
    predict_options options;
    erm_model model = {0};
    int code = predict_options_parse(argc, argv, &options);
    if (code == KEEP_GOING && !output_possible(options.output)) code = EXIT_OTHER;
    if (code != KEEP_GOING) return code;
    const erm_status status = erm_model_load(options.model, &model, detail);
    code = status == ERM_OK ? predict(&options, &model) : fail(status, detail);
    erm_model_free(&model);
    return code;
}
