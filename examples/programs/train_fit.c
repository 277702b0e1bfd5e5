/* The fit itself, and everything that erm_train reports about it. */
#include "train_fit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"
#include "output.h"
#include "train_monitor.h"

/* Runs the solver from zero; progress goes to a terminal alone. */
static int solve(const train_options *options, const train_task *task, FILE *trace, double *w, erm_result *result)
{
    train_monitor monitor = train_monitor_start(trace, options->quiet);
    const erm_options how = {.solver = options->solver,
                             .tol = options->tol,
                             .max_epochs = options->max_epochs,
                             .max_seconds = options->max_seconds,
                             .threads = (int)options->threads,
                             .seed = options->seed,
                             .monitor = train_monitor_call,
                             .monitor_data = &monitor,
                             .checkpoint = options->checkpoint,
                             .checkpoint_seconds = options->checkpoint_seconds};
    train_monitor_catch_signals();
    const erm_status status = erm_solve(&task->problem, &how, w, result);
    train_monitor_end(&monitor, result);
    if (status == ERM_OK || result->stop != ERM_STOP_NONE)
        return KEEP_GOING; /* w is the best so far also where the disk is full */
    return complain(exit_for(status), "%s", result->detail[0] ? result->detail : erm_status_text(status));
}

/* Puts the finished trace into its file. */
static int save_trace(const char *path, const char *text)
{
    output out;
    if (!output_open(path, &out)) return EXIT_OTHER;
    fputs(text, out.file);
    return output_commit(&out) ? KEEP_GOING : EXIT_OTHER;
}

/* The same with a trace, which waits in memory so that a fit that is killed leaves no file behind. */
static int solve_and_trace(const train_options *options, const train_task *task, double *w, erm_result *result)
{
    char *text = NULL;
    size_t size = 0;
    if (!options->trace) return solve(options, task, NULL, w, result);
    FILE *trace = open_memstream(&text, &size);
    if (!trace) return complain(EXIT_OTHER, "out of memory");
    int code = solve(options, task, trace, w, result);
    if (fclose(trace) != 0) code = complain(EXIT_OTHER, "out of memory");
    if (code == KEEP_GOING) code = save_trace(options->trace, text);
    free(text);
    return code;
}

/* Makes the model of w and measures it. */
static erm_status make_model(const train_options *options, const train_task *task, const double *w, train_fit *fit)
{
    erm_status status = erm_model_create(&task->problem, w, &task->classes, &fit->result, &fit->model);
    if (status != ERM_OK) return status;
    status = erm_model_describe(&fit->model, &task->preparation, (const char *const *)task->data.feature_name);
    if (status != ERM_OK) return status;
    fit->model.index_base = task->data.index_base;
    fit->model.training.seed = options->seed;
    if (options->model) fit->model.training.digest = erm_dataset_digest(&task->data, task->raw);
    memcpy(fit->model.training.regularizer, task->regularizer, sizeof task->regularizer);
    status = scores_of_model(&fit->model, &task->data, task->raw, &fit->train);
    if (status == ERM_OK && task->test.rows > 0)
        status = scores_of_model(&fit->model, &task->test, task->test_file.X, &fit->test);
    return status;
}

/* A fit that has come to an end needs its checkpoint no more, now that the model is safe. One that ran out of its budget does. */
static void remove_checkpoint(const char *path, erm_stop stop)
{
    const bool unfinished = stop == ERM_STOP_MAX_EPOCHS || stop == ERM_STOP_TIME || stop == ERM_STOP_CANCELLED;
    if (path && !unfinished) (void)unlink(path);
}

int train_fit_run(const train_options *options, const train_task *task, train_fit *fit)
{
    char detail[ERM_DETAIL_SIZE] = "";
    *fit = (train_fit){0};
    double *w = calloc((size_t)erm_problem_size(&task->problem), sizeof *w);
    if (!w) return complain(EXIT_OTHER, "out of memory");
    int code = solve_and_trace(options, task, w, &fit->result);
    const erm_status readable = erm_data_status(&task->data_file, detail);
    if (readable != ERM_OK) code = complain(exit_for(readable), "%s", detail);
    if (code == KEEP_GOING && make_model(options, task, w, fit) != ERM_OK) code = complain(EXIT_OTHER, "out of memory");
    const erm_status tested = erm_data_status(&task->test_file, detail);
    if (code == KEEP_GOING && tested != ERM_OK) code = complain(exit_for(tested), "%s", detail);
    free(w);
    if (code == KEEP_GOING && options->model && erm_model_save(&fit->model, options->model, detail) != ERM_OK)
        code = complain(EXIT_OTHER, "%s", detail);
    if (code == KEEP_GOING) remove_checkpoint(options->checkpoint, fit->result.stop);
    return code;
}

void train_fit_free(train_fit *fit)
{
    erm_model_free(&fit->model);
    *fit = (train_fit){0};
}
