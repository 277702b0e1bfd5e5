/* What erm_train prints after a fit. */
#include "train_report.h"

#include <inttypes.h>
#include <math.h>

#include "json.h"

static void print_data(FILE *out, const train_options *options, const train_task *task)
{
    const erm_dataset *data = &task->data;
    const double cells = (double)data->rows * (double)data->cols;
    fprintf(out, "data       %s: %" PRId64 " rows, %" PRId64 " features, %" PRId64 " values (%.3g %%), read in %.2f s\n",
            options->data, data->rows, data->cols, data->nnz, 100 * (double)data->nnz / cells, task->read_seconds);
}

static void print_preparation(FILE *out, const train_options *options, const train_task *task)
{
    if (options->steps == 0) return;
    fprintf(out, "prepared   %s: %" PRId64 " columns became %" PRId64 "\n", options->prepare, task->preparation.input_d,
            task->preparation.d);
}

static void print_problem(FILE *out, const train_task *task)
{
    const erm_classes *classes = &task->classes;
    fprintf(out, "problem    %s loss", task->problem.loss.ops->name);
    for (int64_t c = 0; c < classes->count && classes->count <= 10; c++)
        fprintf(out, "%s%s%s",
                c == 0                   ? " ("
                : c + 1 < classes->count ? ", "
                                         : " and ",
                classes->name[c], c + 1 == classes->count ? ")" : "");
    if (classes->count > 10) fprintf(out, " (%" PRId64 " classes)", classes->count);
    fprintf(out, ", regularizer %s%s, %s intercept\n", task->regularizer,
            task->problem.standardise ? " on standardised features" : "", task->problem.intercept ? "with" : "without");
    for (int64_t c = 0; task->class_weight && c < classes->count && c < 10; c++)
        fprintf(out, "%s%s %.4g%s", c == 0 ? "           class weights " : ", ", classes->name[c], task->class_weight[c],
                c + 1 == classes->count || c == 9 ? "\n" : "");
    if (task->loss_chosen) fprintf(out, "           the loss was chosen from the labels: see --loss\n");
    if (task->penalty_chosen) fprintf(out, "           the default penalty is l2 = 1 / rows: see --l1, --l2\n");
}

static void print_end(FILE *out, const train_options *options, const erm_result *result)
{
    if (result->resumed > 0) fprintf(out, "resumed    at epoch %" PRId64 ", from %s\n", result->resumed, options->checkpoint);
    const char *stop = erm_stop_text(result->stop);
    fprintf(out, "solver     %s with %d thread%s: %" PRId64 " epochs, %.4g passes over the data, %.3g s\n", result->solver,
            result->threads, result->threads == 1 ? "" : "s", result->epochs, result->passes, result->seconds);
    if (result->stop == ERM_STOP_CONVERGED)
        fprintf(out, "stopped    %s to %.3g\n", stop, result->tol);
    else
        fprintf(out, "stopped    %s, before its tolerance of %.3g: %s\n", stop, result->tol, result->detail);
}

static void print_certificate(FILE *out, const train_fit *fit)
{
    const erm_certificate *c = &fit->result.certificate;
    fprintf(out, "objective  primal %.10g", c->primal);
    if (c->kind == ERM_CERTIFICATE_GAP)
        fprintf(out, ", dual %.10g, gap %.3g (%.2g of the primal)\n", c->dual, c->gap,
                c->primal != 0 ? c->gap / fabs(c->primal) : 0);
    else
        fprintf(out, ", no dual bound is known; optimality residual %.3g\n", c->kkt);
    fprintf(out, "weights    %" PRId64 " of %" PRId64 " are not zero\n", fit->result.nonzeros, fit->model.d * fit->model.k);
}

void train_report_text(FILE *out, const train_options *options, const train_task *task, const train_fit *fit)
{
    print_data(out, options, task);
    print_preparation(out, options, task);
    print_problem(out, task);
    print_end(out, options, &fit->result);
    print_certificate(out, fit);
    fputs("train      ", out);
    scores_print(out, &fit->train);
    if (options->test) {
        fputs("test       ", out);
        scores_print(out, &fit->test);
    }
    if (options->model)
        fprintf(out, "model      %s%s\n", options->model,
                fit->result.stop == ERM_STOP_CONVERGED ? "" : " (the best point found so far, not the optimum)");
}

static void write_class_weights(json *writer, const train_task *task)
{
    if (!task->class_weight) {
        json_text(writer, "class_weight", NULL);
        return;
    }
    json_begin(writer, "class_weight");
    for (int64_t c = 0; c < task->classes.count; c++) json_number(writer, task->classes.name[c], task->class_weight[c]);
    json_end(writer);
}

static void write_result(json *writer, const erm_result *result)
{
    const erm_certificate *c = &result->certificate;
    json_text(writer, "stop", erm_stop_text(result->stop));
    json_text(writer, "detail", result->detail);
    json_integer(writer, "epochs", result->epochs);
    json_integer(writer, "resumed", result->resumed);
    json_number(writer, "passes", result->passes);
    json_number(writer, "seconds", result->seconds);
    json_number(writer, "primal", c->primal);
    json_number(writer, "dual", c->dual);
    json_number(writer, "gap", c->gap);
    json_number(writer, "kkt", c->kkt);
    json_text(writer, "certificate", c->kind == ERM_CERTIFICATE_GAP ? "gap" : "kkt");
    json_number(writer, "tol", result->tol);
    json_integer(writer, "nonzeros", result->nonzeros);
}

void train_report_json(FILE *out, const train_options *options, const train_task *task, const train_fit *fit)
{
    json writer = json_open(out);
    json_integer(&writer, "n", task->data.rows);
    json_integer(&writer, "d", task->data.cols);
    json_integer(&writer, "nnz", task->data.nnz);
    json_integer(&writer, "k", fit->model.k);
    json_text(&writer, "prepare", options->steps > 0 ? options->prepare : NULL);
    json_integer(&writer, "prepared_d", task->preparation.d);
    json_text(&writer, "loss", task->problem.loss.ops->name);
    json_text(&writer, "regularizer", task->regularizer);
    json_flag(&writer, "standardise", task->problem.standardise);
    write_class_weights(&writer, task);
    json_text(&writer, "solver", fit->result.solver);
    json_text(&writer, "why", fit->result.why ? fit->result.why : "it was asked for");
    json_integer(&writer, "threads", fit->result.threads);
    json_unsigned(&writer, "seed", options->seed);
    write_result(&writer, &fit->result);
    json_number(&writer, "read_seconds", task->read_seconds);
    json_begin(&writer, "train");
    scores_write(&writer, &fit->train);
    json_end(&writer);
    if (options->test) {
        json_begin(&writer, "test");
        scores_write(&writer, &fit->test);
        json_end(&writer);
    } else {
        json_text(&writer, "test", NULL);
    }
    json_text(&writer, "model", options->model);
    json_close(&writer);
}
