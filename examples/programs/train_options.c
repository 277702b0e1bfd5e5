/* The command line of erm_train. */
#include "train_options.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "message.h"
#include "names.h"
#include "output.h"

static const char help_text[] = "Usage: erm_train [options] DATA [MODEL]\n"
                                "Fits a linear model to DATA (LIBSVM, CSV, .npy, binary; - is stdin), proves how\n"
                                "far from optimal it is, and saves it to MODEL. man erm_train tells more.\n"
                                "  --loss NAME       logistic hinge squared-hinge squared huber cross-entropy ...\n"
                                "                    (from the labels); --param X: its number, as huber's delta\n"
                                "  --l1 X, --l2 X    minimise mean loss + l1 |w|_1 + l2/2 |w|^2 (--l2 1/rows)\n"
                                "  --solver NAME     auto, or one of solver.h: newton cd dual prox sgd ... (auto)\n"
                                "  --tol X           stop when gap <= X times the objective (1e-6), or at the\n"
                                "                    latest at --max-epochs N, --max-seconds X\n"
                                "  --threads N, --seed N   the answer does not depend on threads (all, 0)\n"
                                "  --no-intercept    no constant term\n"
                                "  --standardise     penalise weights times their features' deviations (glmnet)\n"
                                "  --class-weight W  balanced, or a number for each class, as in 1,2.5\n"
                                "  --prepare STEPS   impute=median,drop-constant,standardise, min-max, max-abs,\n"
                                "                    polynomial=2, interactions=2, hash=1024, fourier=500:1\n"
                                "  --format, --label, --separator, --header, --missing, --labels, --memory\n"
                                "                    how DATA is read: see erm_convert --help\n"
                                "  --test FILE       measure the model on FILE as well (labels: --test-labels)\n"
                                "  --trace FILE.csv  write every certificate as a row of FILE.csv\n"
                                "  --checkpoint FILE go on from FILE; written each --checkpoint-seconds X (60)\n"
                                "  --json, --quiet, --help, --version\n"
                                "Exits with 0 converged, 4 stopped before its tolerance (MODEL is written), 2\n"
                                "wrong usage, 3 bad data, 1 other failure. Example:\n"
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
    if (cli_answer("erm_train", help_text, help, version)) return EXIT_FINE;
    if (words.count == 0) return complain(EXIT_USAGE, "which data? (see --help)");
    options->data = word[0];
    options->model = word[1];
    if (!solver_from_name(options->solver_name, &options->solver)) return EXIT_USAGE;
    return read_steps(options) && check(options) ? data_options_check(&options->reading) : EXIT_USAGE;
}
