/* Predicts the rows of a file with a saved model: erm_predict [options] MODEL DATA [OUTPUT]; see --help. */
#include "ermopt.h"
#include "programs/data_file.h"
#include "programs/figures.h"
#include "programs/json.h"
#include "programs/message.h"
#include "programs/output.h"
#include "programs/predict_options.h"
#include "programs/prediction.h"
#include "programs/scores.h"
#include "programs/tally.h"

const char *const program_name = "erm_predict";

static int fail(erm_status status, const char *detail)
{
    const int code = status == ERM_EINVAL ? EXIT_DATA : exit_for(status);
    return complain(code, "%s", detail[0] ? detail : erm_status_text(status));
}

/* What is done with every row: predicted, written, measured. */
typedef struct job {
    const predict_options *options;
    prediction made;
    tally measured;
    output out;
    bool writes, measures;
    int64_t nnz;
    double start;
} job;

static erm_status take_block(job *self, const erm_dataset *block, const erm_matrix *X, char *detail)
{
    self->nnz += block->nnz;
    erm_status status = prediction_make(X, &self->made, detail);
    if (status == ERM_OK && self->writes) status = prediction_write(self->out.file, self->options, &self->made);
    if (status == ERM_OK && self->measures) status = tally_add(&self->measured, block, self->made.Z);
    return status;
}

/* Block by block, so that the rows need not fit in memory. */
static erm_status take_blocks(job *self, erm_reader *reader, char *detail)
{
    for (;;) {
        const erm_dataset *block;
        erm_status status = erm_reader_next(reader, &block, detail);
        if (status != ERM_OK || !block) return status;
        const erm_csr X = erm_dataset_matrix(block);
        status = take_block(self, block, &X.base, detail);
        if (status != ERM_OK) return status;
    }
}

/* What is not text is in memory, mapped, or read through windows, which may fail while it is predicted. */
static erm_status take_whole(job *self, const erm_data_options *how, char *detail)
{
    erm_data data;
    erm_status status = erm_data_open(self->options->data, how, &data, detail);
    if (status != ERM_OK) return status;
    status = take_block(self, &data.set, data.X, detail);
    const erm_status read = erm_data_status(&data, status == ERM_OK ? detail : NULL);
    erm_data_close(&data);
    return status == ERM_OK ? read : status;
}

static erm_status take_all(job *self, const erm_data_options *how, char *detail)
{
    erm_reader *reader = NULL;
    erm_status status = self->writes ? prediction_write_header(self->out.file, self->options, &self->made) : ERM_OK;
    if (status != ERM_OK) return status;
    if (how->format == ERM_FORMAT_NPY || how->format == ERM_FORMAT_BINARY) return take_whole(self, how, detail);
    status = erm_reader_open(self->options->data, how, &reader, detail);
    if (status == ERM_EUNSUPPORTED && can_be_read_twice(self->options->data)) return take_whole(self, how, detail);
    if (status == ERM_OK) status = take_blocks(self, reader, detail);
    erm_reader_close(reader);
    return status;
}

/* How good the predictions are, as JSON or in words. */
static int report(const job *self, const erm_model *model)
{
    scores measured;
    if (!self->measures) return EXIT_FINE;
    const erm_status status = tally_scores(&self->measured, &measured);
    if (status != ERM_OK) return fail(status, "");
    if (!self->options->json) {
        scores_print(stderr, &measured);
        return EXIT_FINE;
    }
    output out;
    if (!output_open(NULL, &out)) return EXIT_OTHER;
    json writer = json_open(out.file);
    json_integer(&writer, "d", model->d);
    json_integer(&writer, "nnz", self->nnz);
    json_integer(&writer, "k", model->k);
    json_text(&writer, "loss", model->loss.ops->name);
    json_text(&writer, "regularizer", model->training.regularizer);
    json_number(&writer, "seconds", seconds_now() - self->start);
    scores_write(&writer, &measured);
    json_close(&writer);
    return output_commit(&out) ? EXIT_FINE : EXIT_OTHER;
}

/* The model is loaded; with --json and no OUTPUT there is nowhere to put the predictions. */
static int predict(const predict_options *options, const erm_model *model)
{
    char detail[ERM_DETAIL_SIZE] = "";
    job self = {.options = options,
                .made = prediction_start(model),
                .measured = tally_start(model),
                .writes = !options->json || options->output,
                .measures = options->json || !options->quiet,
                .start = seconds_now()};
    const data_like like = {.index_base = model->index_base,
                            .cols = erm_model_input_columns(model),
                            .features = (const char *const *)model->feature_name};
    erm_data_options how;
    if (data_file_how(&options->reading, &like, &how) != KEEP_GOING) return EXIT_USAGE;
    if (!options->reading.missing && erm_preparation_takes_missing(&model->preparation)) how.csv.missing = ERM_MISSING_NAN;
    how.libsvm.threads = options->threads < 2 ? (int)options->threads : 2;
    if (!prediction_possible(model, options))
        return complain(EXIT_USAGE, "%s: %s loss has no probabilities; use --scores", options->model, model->loss.ops->name);
    if (self.writes && !output_open(options->output, &self.out)) return EXIT_OTHER;
    const erm_status status = take_all(&self, &how, detail);
    int code = KEEP_GOING;
    if (self.writes && status == ERM_OK && !output_commit(&self.out)) code = EXIT_OTHER;
    if (self.writes && status != ERM_OK) output_abandon(&self.out);
    if (status != ERM_OK) code = fail(status, detail);
    if (code == KEEP_GOING) code = report(&self, model);
    prediction_free(&self.made);
    tally_free(&self.measured);
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
    if (status == ERM_OK) (void)erm_model_fold(&model); /* for speed alone */
    code = status == ERM_OK ? predict(&options, &model) : fail(status, detail);
    erm_model_free(&model);
    return code;
}
