/* Fits a linear model to a data file: erm_train [options] DATA [MODEL]; see --help. */
#include "programs/message.h"
#include "programs/output.h"
#include "programs/train_fit.h"
#include "programs/train_options.h"
#include "programs/train_report.h"
#include "programs/train_task.h"

const char *const program_name = "erm_train";

/* What the fit's end means, said where it is wanted. */
static int report(const train_options *options, const train_task *task, const train_fit *fit)
{
    output out;
    if (!output_open(NULL, &out)) return EXIT_OTHER;
    if (options->json)
        train_report_json(out.file, options, task, fit);
    else if (!options->quiet)
        train_report_text(out.file, options, task, fit);
    if (!output_commit(&out)) return EXIT_OTHER;
    return fit->result.stop == ERM_STOP_CONVERGED ? EXIT_FINE : EXIT_STOPPED;
}

int main(int argc, char **argv)
{
    train_options options;
    train_task task = {0};
    train_fit fit = {0};
    int code = train_options_parse(argc, argv, &options);
    if (code == KEEP_GOING && !(output_possible(options.model) && output_possible(options.trace))) code = EXIT_OTHER;
    if (code == KEEP_GOING) code = train_task_read(&options, &task);
    if (code == KEEP_GOING) code = train_fit_run(&options, &task, &fit);
    if (code == KEEP_GOING) code = report(&options, &task, &fit);
    train_fit_free(&fit);
    train_task_free(&task);
    return code;
}
