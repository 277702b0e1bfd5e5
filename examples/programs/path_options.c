/* The command line of erm_path. */
#include "path_options.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "message.h"
#include "names.h"
#include "output.h"

static const char help_text[] = "Usage: erm_path [options] DATA [MODEL]\n"
                                "Fits DATA for many penalties lambda, finds by cross-validation which of them\n"
                                "predicts rows best that were not fitted, and saves that fit to MODEL.\n"
                                "  --loss NAME, --param X   as in erm_train; by default from the labels\n"
                                "  --l1-ratio X      penalty lambda (X |w|_1 + (1 - X)/2 |w|^2), 0 to 1 (1)\n"
                                "  --count N, --ratio X     N lambdas (100) down to X times the largest\n"
                                "  --folds N         of cross-validation (10); or --leave-one-out, --stratified,\n"
                                "                    --group FILE, --fold-file FILE; none: --path-only\n"
                                "  --metric NAME     loss, error, mse or auc on the rows held out (loss)\n"
                                "  --one-se          take the largest lambda within one standard error\n"
                                "  --alo             approximate leave-one-out too, from the fits of all rows\n"
                                "  --learning-curve  risk of the chosen lambda against the number of rows\n"
                                "  --solver, --tol, --max-seconds, --threads, --seed, --no-intercept,\n"
                                "  --standardise, --class-weight, --prepare   as in erm_train\n"
                                "  --format, --label, --separator, --header, --missing, --labels, --memory\n"
                                "                    how DATA is read: see erm_convert --help\n"
                                "  --csv FILE        write the table of all lambdas\n"
                                "  --plot FILE       .svg or .png: coefficients and risks, by gnuplot\n"
                                "  --json, --quiet, --help, --version\n"
                                "Exits with 0 done, 4 stopped before its tolerance, 2 wrong usage, 3 bad data,\n"
                                "1 other failure. Example:\n"
                                "  erm_path --standardise --stratified --one-se --plot a9a.svg a9a a9a.model\n";

static bool ends_in(const char *text, const char *end)
{
    const size_t length = strlen(text), least = strlen(end);
    return length >= least && strcmp(text + length - least, end) == 0;
}

/* No file is written that is read, or twice. */
static bool check_files(const path_options *options)
{
    const char *const inputs[] = {options->task.data, options->group_file, options->fold_file};
    const char *const outputs[] = {options->task.model, options->csv, options->plot};
    for (int j = 0; j < 3; j++) {
        for (int i = 0; i < 3; i++)
            if (same_file(inputs[i], outputs[j])) {
                complain(EXIT_USAGE, "writing %s would overwrite what is read", outputs[j]);
                return false;
            }
        if (same_file(outputs[j], outputs[(j + 1) % 3])) {
            complain(EXIT_USAGE, "two outputs cannot both be %s", outputs[j]);
            return false;
        }
    }
    return true;
}

/* What the table cannot say; NULL: nothing is wrong. */
static const char *contradiction(const path_options *options)
{
    const bool folds =
        options->folds > 0 || options->leave_one_out || options->stratified || options->group_file || options->fold_file;
    if (options->task.threads > INT_MAX) return "--threads: too many";
    if (options->l1_ratio > 1) return "--l1-ratio must be from 0 to 1";
    if (options->ratio >= 1) return "--ratio must be below 1";
    if (options->path_only && (folds || options->one_se)) return "--path-only leaves nothing for the options about folds to do";
    if (options->path_only && options->task.model && !options->alo)
        return "which lambda should MODEL have? Leave out --path-only, or give --alo";
    if (options->path_only && options->learning_curve && !options->alo)
        return "--learning-curve needs a chosen lambda: leave out --path-only";
    if (options->leave_one_out && options->folds > 0) return "--folds or --leave-one-out, not both";
    if (options->fold_file && (options->folds > 0 || options->leave_one_out || options->stratified || options->group_file))
        return "--fold-file says all about the folds: no --folds, --leave-one-out, --stratified or --group beside it";
    if (options->plot && !ends_in(options->plot, ".svg") && !ends_in(options->plot, ".png"))
        return "--plot FILE must end in .svg or .png";
    return NULL;
}

/* The steps of --prepare; one that imputes lets a table have missing cells. */
static int read_steps(path_options *options)
{
    char detail[ERM_DETAIL_SIZE] = "";
    if (!options->prepare) return KEEP_GOING;
    if (erm_prepare_parse(options->prepare, options->task.seed, PATH_STEPS, options->step, &options->steps, detail) != ERM_OK)
        return complain(EXIT_USAGE, "--prepare: %s", detail);
    if (strstr(options->prepare, "impute=") && !options->task.reading.missing) options->task.reading.missing = "nan";
    return KEEP_GOING;
}

static int check(path_options *options)
{
    erm_loss loss;
    const train_options *const task = &options->task;
    const char *const wrong = contradiction(options);
    if (wrong) return complain(EXIT_USAGE, "%s", wrong);
    if (options->metric_name && !erm_metric_from_name(options->metric_name, &options->metric))
        return complain(EXIT_USAGE, "there is no metric '%s'; there are loss, error, mse, auc", options->metric_name);
    if (task->loss_name && !loss_from_name(task->loss_name, task->param, &loss)) return EXIT_USAGE;
    return check_files(options) ? read_steps(options) : EXIT_USAGE;
}

int path_options_parse(int argc, char **argv, path_options *options)
{
    bool help = false, version = false;
    const char *word[2] = {NULL, NULL};
    cli_words words = {.word = word, .limit = 2};
    *options = (path_options){.task = {.solver_name = "auto", .l1 = -1, .l2 = -1}, .l1_ratio = 1};
    train_options *const task = &options->task;
    const cli_option table[] = {
        {"loss", CLI_TEXT, &task->loss_name},
        {"param", CLI_POSITIVE, &task->param},
        {"l1-ratio", CLI_NOT_NEGATIVE, &options->l1_ratio},
        {"count", CLI_COUNT, &options->count},
        {"ratio", CLI_POSITIVE, &options->ratio},
        {"folds", CLI_COUNT, &options->folds},
        {"leave-one-out", CLI_FLAG, &options->leave_one_out},
        {"stratified", CLI_FLAG, &options->stratified},
        {"group", CLI_TEXT, &options->group_file},
        {"fold-file", CLI_TEXT, &options->fold_file},
        {"path-only", CLI_FLAG, &options->path_only},
        {"metric", CLI_TEXT, &options->metric_name},
        {"one-se", CLI_FLAG, &options->one_se},
        {"alo", CLI_FLAG, &options->alo},
        {"learning-curve", CLI_FLAG, &options->learning_curve},
        {"solver", CLI_TEXT, &task->solver_name},
        {"tol", CLI_POSITIVE, &task->tol},
        {"max-seconds", CLI_POSITIVE, &task->max_seconds},
        {"threads", CLI_COUNT, &task->threads},
        {"seed", CLI_SEED, &task->seed},
        {"no-intercept", CLI_FLAG, &task->no_intercept},
        {"standardise", CLI_FLAG, &task->standardise},
        {"class-weight", CLI_TEXT, &task->class_weight},
        {"prepare", CLI_TEXT, &options->prepare},
        DATA_CLI_OPTIONS(&task->reading),
        {"csv", CLI_TEXT, &options->csv},
        {"plot", CLI_TEXT, &options->plot},
        {"json", CLI_FLAG, &task->json},
        {"quiet", CLI_FLAG, &task->quiet},
        {"help", CLI_FLAG, &help},
        {"version", CLI_FLAG, &version},
    };
    if (!cli_parse(argc, argv, (int)(sizeof table / sizeof table[0]), table, &words)) return EXIT_USAGE;
    if (cli_answer("erm_path", help_text, help, version)) return EXIT_FINE;
    if (words.count == 0) return complain(EXIT_USAGE, "which data? (see --help)");
    task->data = word[0];
    task->model = word[1];
    if (!solver_from_name(task->solver_name, &task->solver)) return EXIT_USAGE;
    const int code = check(options);
    return code == KEEP_GOING ? data_options_check(&task->reading) : code;
}
