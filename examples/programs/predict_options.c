/* The command line of erm_predict. */
#include "predict_options.h"

#include <stdio.h>

#include "cli.h"
#include "message.h"
#include "output.h"

static const char help_text[] = "Usage: erm_predict [options] MODEL DATA [OUTPUT]\n"
                                "Predicts every row of DATA (LIBSVM, CSV, .npy, binary, plain or compressed; -\n"
                                "is standard input) with a MODEL of erm_train, one a line, to OUTPUT or\n"
                                "standard output. Text is read block by block and need not fit in memory.\n"
                                "The labels in DATA serve to measure the predictions alone; those that the model\n"
                                "does not know are fine, and count as wrong.\n"
                                "  --labels          the class as it was called in training, or the number that\n"
                                "                    regression predicts (this is what it does if not told)\n"
                                "  --scores          the margins x'w + b instead; for classes, a first line that\n"
                                "                    starts with # says which class a positive score speaks for\n"
                                "  --probabilities   class probabilities instead, after a line # with the classes\n"
                                "  --json            print how good the predictions are as one JSON object on\n"
                                "                    standard output; the predictions then go to OUTPUT only\n"
                                "  --format FORMAT   libsvm, csv, tsv, npy, binary; if absent, what DATA holds\n"
                                "  --label COLUMN    CSV: name or number of the labels; the last if absent; none\n"
                                "  --separator C     CSV: one character or tab    --header yes|no    CSV\n"
                                "  --missing WHAT    CSV: refuse, skip, zero, nan (for a model that imputes)\n"
                                "  --memory MB       read binary DATA through windows of so many megabytes\n"
                                "  --threads N       at most; with 2, rows are read while others are predicted\n"
                                "  --quiet           do not say on standard error how good they are\n"
                                "  --help, --version\n"
                                "Exits with 0, 2 wrong usage, 3 bad data or model, 1 other failure. Example:\n"
                                "  erm_predict --probabilities a9a.model a9a.t a9a.predicted\n";

static bool check(const predict_options *options)
{
    if (options->labels + options->scores + options->probabilities > 1) {
        complain(EXIT_USAGE, "--labels, --scores and --probabilities exclude one another");
        return false;
    }
    if (same_file(options->output, options->model) || same_file(options->output, options->data)) {
        complain(EXIT_USAGE, "writing %s would overwrite an input", options->output);
        return false;
    }
    return true;
}

int predict_options_parse(int argc, char **argv, predict_options *options)
{
    bool help = false, version = false;
    const char *word[3] = {NULL, NULL, NULL};
    cli_words words = {.word = word, .limit = 3};
    *options = (predict_options){0};
    const cli_option table[] = {
        {"labels", CLI_FLAG, &options->labels},
        {"scores", CLI_FLAG, &options->scores},
        {"probabilities", CLI_FLAG, &options->probabilities},
        {"format", CLI_TEXT, &options->reading.format},
        {"label", CLI_TEXT, &options->reading.label},
        {"separator", CLI_TEXT, &options->reading.separator},
        {"header", CLI_TEXT, &options->reading.header},
        {"missing", CLI_TEXT, &options->reading.missing},
        {"memory", CLI_POSITIVE, &options->reading.memory},
        {"threads", CLI_COUNT, &options->threads},
        {"json", CLI_FLAG, &options->json},
        {"quiet", CLI_FLAG, &options->quiet},
        {"help", CLI_FLAG, &help},
        {"version", CLI_FLAG, &version},
    };
    if (!cli_parse(argc, argv, (int)(sizeof table / sizeof table[0]), table, &words)) return EXIT_USAGE;
    if (cli_answer("erm_predict", help_text, help, version)) return EXIT_FINE;
    if (words.count < 2)
        return complain(EXIT_USAGE, "%s? (see --help)", words.count == 0 ? "which model and data" : "which data");
    options->model = word[0];
    options->data = word[1];
    options->output = word[2];
    if (!check(options)) return EXIT_USAGE;
    if (!options->scores && !options->probabilities) options->labels = true;
    return KEEP_GOING;
}
