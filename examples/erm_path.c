/* Fits a regularization path and cross-validates it: erm_path [options] DATA [MODEL]; see --help. */
#include "programs/message.h"
#include "programs/output.h"
#include "programs/path_plot.h"
#include "programs/path_report.h"
#include "programs/path_run.h"

const char *const program_name = "erm_path";

static int write_csv(const char *path, const path_run *run)
{
    output out;
    if (!path) return KEEP_GOING;
    if (!output_open(path, &out)) return EXIT_OTHER;
    path_report_csv(out.file, run);
    return output_commit(&out) ? KEEP_GOING : EXIT_OTHER;
}

static int report(const path_options *options, const train_task *task, const path_run *run)
{
    output out;
    if (!output_open(NULL, &out)) return EXIT_OTHER;
    if (options->task.json)
        path_report_json(out.file, options, task, run);
    else if (!options->task.quiet)
        path_report_text(out.file, options, task, run);
    if (!output_commit(&out)) return EXIT_OTHER;
    return run->cv.stop == ERM_STOP_CONVERGED ? EXIT_FINE : EXIT_STOPPED;
}

int main(int argc, char **argv)
{
    path_options options;
    train_task task = {0};
    path_run run = {.chosen = -1};
    int code = path_options_parse(argc, argv, &options);
    if (code == KEEP_GOING &&
        !(output_possible(options.task.model) && output_possible(options.csv) && output_possible(options.plot)))
        code = EXIT_OTHER;
    if (code == KEEP_GOING) code = train_task_read(&options.task, &task);
    if (code == KEEP_GOING) code = path_run_do(&options, &task, &run);
    if (code == KEEP_GOING) code = write_csv(options.csv, &run);
    if (code == KEEP_GOING && options.plot) code = path_plot_write(options.plot, &run.problem, &run);
    if (code == KEEP_GOING) code = report(&options, &task, &run);
    path_run_free(&run);
    train_task_free(&task);
    return code;
}
