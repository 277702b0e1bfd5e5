/* The command line of erm_train. */
#include "train_options.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "ermopt/version.h"
#include "message.h"
#include "names.h"
#include "output.h"

static const char help_text[] = "Usage: erm_train [options] DATA [MODEL]\n"
                                "Fits a linear model to DATA (LIBSVM, CSV, .npy; .gz, .xz; - is stdin), proves\n"
                                "how far from optimal it is, and saves it to MODEL.\n"
                                "  --loss NAME       squared logistic hinge squared-hinge huber cross-entropy;\n"
                                "                    if absent: logistic for 2 classes, cross-entropy for words\n"
                                "                    and for 3 to 100 consecutive whole numbers, else squared\n"
                                "                    Also: absolute quantile poisson gamma tweedie ... (loss.h)\n"
                                "  --param X         the loss's number: delta of huber (1), tau of quantile (0.5)\n"
                                "  --l1 X, --l2 X    minimise mean loss + l1 |w|_1 + l2/2 |w|^2 (--l2 1/rows)\n"
                                "  --solver NAME     auto, or one of solver.h: newton cd dual prox sgd ... (auto)\n"
                                "  --tol X           stop when gap <= X times the objective (1e-6)\n"
                                "  --max-epochs N, --max-seconds X   stop there at the latest (1000000 epochs)\n"
                                "  --threads N       use N threads; the answer does not depend on it (all)\n"
                                "  --seed N          seed of the stochastic solvers (0)\n"
                                "  --no-intercept    no constant term\n"
                                "  --standardise     penalise weights times their features' deviations (glmnet)\n"
                                "  --class-weight W  balanced, or a number for each class, as in 1,2.5\n"
                                "  --prepare STEPS   change the columns first, and in the model: a list, as in\n"
                                "                    impute=median,drop-constant,standardise; also min-max\n"
                                "                    max-abs polynomial=2 interactions=2 hash=1024 fourier=500:1\n"
                                "  --test FILE       measure the model on FILE as well (labels: --test-labels)\n"
                                "  --format FORMAT, --label COLUMN, --separator C, --header yes|no,\n"
                                "  --missing WHAT, --labels FILE.npy, --memory MB   how DATA is read: see\n"
                                "                    erm_convert --help\n"
                                "  --trace FILE.csv  write every certificate as a row of FILE.csv\n"
                                "  --checkpoint FILE if FILE is there, go on where the fit was killed; write FILE\n"
                                "                    now and then, and remove it when the fit is at its end\n"
                                "  --checkpoint-seconds X   how often to write it (60)\n"
                                "  --json, --quiet   print one JSON object, or nothing but errors\n"
                                "  --help, --version\n"
                                "Exits with 0 converged, 4 stopped before its tolerance (MODEL is written),\n"
                                "2 wrong usage, 3 bad data, 1 other failure. Example:\n"
                                "  erm_train --l2 1e-4 --test a9a.t a9a a9a.model\n";

/* The steps of --prepare; one that imputes lets a table have missing cells. */
static bool read_steps(train_options *options)
{
    char detail[ERM_DETAIL_SIZE] = "";
    if (!options->prepare) return true;
    if (erm_prepare_parse(options->prepare, options->seed, TRAIN_STEPS, options->step, &options->steps, detail) != ERM_OK) {
        complain(EXIT_USAGE, "--prepare: %s", detail);
        return false;
    }
    if (strstr(options->prepare, "impute=") && !options->reading.missing) options->reading.missing = "nan";
    return true;
}

/* What the table cannot say. */
static bool check(const train_options *options)
{
    static const char *const kinds[] = {"model", "trace", "checkpoint"};
    erm_loss loss;
    const char *inputs[] = {options->data, options->test};
    const char *outputs[] = {options->model, options->trace, options->checkpoint};
    enum { INPUTS = sizeof inputs / sizeof *inputs, OUTPUTS = sizeof outputs / sizeof *outputs };
    if (options->loss_name && !loss_from_name(options->loss_name, options->param, &loss)) return false;
    if (options->threads > INT_MAX) {
        complain(EXIT_USAGE, "--threads %lld is too many", (long long)options->threads);
        return false;
    }
    for (int i = 0; i < INPUTS; i++)
        for (int j = 0; j < OUTPUTS; j++)
            if (same_file(inputs[i], outputs[j])) {
                complain(EXIT_USAGE, "writing %s would overwrite the data", outputs[j]);
                return false;
            }
    for (int i = 0; i < OUTPUTS; i++)
        for (int j = i + 1; j < OUTPUTS; j++)
            if (same_file(outputs[i], outputs[j])) {
                complain(EXIT_USAGE, "the %s and the %s cannot both be %s", kinds[i], kinds[j], outputs[i]);
                return false;
            }
    if (options->checkpoint_seconds > 0 && !options->checkpoint) {
        complain(EXIT_USAGE, "--checkpoint-seconds needs --checkpoint FILE");
        return false;
    }
    return true;
}

int train_options_parse(int argc, char **argv, train_options *options)
{
    bool help = false, version = false;
    const char *word[2] = {NULL, NULL};
    cli_words words = {.word = word, .limit = 2};
    *options = (train_options){.solver_name = "auto", .l1 = -1, .l2 = -1};
    const cli_option table[] = {
        {"loss", CLI_TEXT, &options->loss_name},
        {"param", CLI_POSITIVE, &options->param},
        {"l1", CLI_NOT_NEGATIVE, &options->l1},
        {"l2", CLI_NOT_NEGATIVE, &options->l2},
        {"solver", CLI_TEXT, &options->solver_name},
        {"tol", CLI_POSITIVE, &options->tol},
        {"max-epochs", CLI_COUNT, &options->max_epochs},
        {"max-seconds", CLI_POSITIVE, &options->max_seconds},
        {"threads", CLI_COUNT, &options->threads},
        {"seed", CLI_SEED, &options->seed},
        {"no-intercept", CLI_FLAG, &options->no_intercept},
        {"standardise", CLI_FLAG, &options->standardise},
        {"class-weight", CLI_TEXT, &options->class_weight},
        {"prepare", CLI_TEXT, &options->prepare},
        {"test", CLI_TEXT, &options->test},
        {"test-labels", CLI_TEXT, &options->test_labels},
        DATA_CLI_OPTIONS(&options->reading),
        {"trace", CLI_TEXT, &options->trace},
        {"checkpoint", CLI_TEXT, &options->checkpoint},
        {"checkpoint-seconds", CLI_POSITIVE, &options->checkpoint_seconds},
        {"json", CLI_FLAG, &options->json},
        {"quiet", CLI_FLAG, &options->quiet},
        {"help", CLI_FLAG, &help},
        {"version", CLI_FLAG, &version},
    };
    if (!cli_parse(argc, argv, (int)(sizeof table / sizeof table[0]), table, &words)) return EXIT_USAGE;
    if (help) fputs(help_text, stdout);
    if (!help && version) printf("erm_train %s\n", erm_version());
    if (help || version) return EXIT_FINE;
    if (words.count == 0) return complain(EXIT_USAGE, "which data? (see --help)");
    options->data = word[0];
    options->model = word[1];
    if (!solver_from_name(options->solver_name, &options->solver)) return EXIT_USAGE;
    return read_steps(options) && check(options) ? data_options_check(&options->reading) : EXIT_USAGE;
}
