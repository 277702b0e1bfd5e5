/* The command line of erm_convert. */
#include "convert_options.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "message.h"
#include "output.h"

static const char help_text[] = "Usage: erm_convert [options] IN OUT\n"
                                "Writes the data set IN in another format, with the same bits. IN is LIBSVM, CSV,\n"
                                "NumPy's .npy or binary, found by its content, plain or compressed; - is stdin.\n"
                                "  --to FORMAT       libsvm csv tsv npy binary; if absent, by the name of OUT:\n"
                                "                    .libsvm .svm .csv .tsv .npy .ermdata\n"
                                "  --float           store floats: binary and .npy of half the size, rounded\n"
                                "  --dense, --sparse how binary stores the values (whichever is smaller)\n"
                                "  --labels-out FILE.npy   the labels of an OUT that is .npy\n"
                                "  --format FORMAT   of IN, as for --to (by its content)\n"
                                "  --label COLUMN    of a CSV file: name or number, none (the last)\n"
                                "  --separator C     of a CSV file: one character, or tab (the most frequent)\n"
                                "  --header yes|no   has a CSV file names? (yes, if its first line has no number)\n"
                                "  --missing WHAT    refuse, skip the row, zero, or nan for empty cells (refuse)\n"
                                "  --labels FILE.npy the labels of an IN that is .npy\n"
                                "  --memory MB       read a binary IN through windows of so many megabytes\n"
                                "  --json, --quiet   print one JSON object, or nothing but errors\n"
                                "  --help, --version\n"
                                "Exits with 0, 2 wrong usage, 3 bad data, 1 other failure. Example:\n"
                                "  erm_convert --missing zero survey.csv.gz survey.ermdata\n";

static bool ends_with(const char *name, const char *end)
{
    const size_t length = strlen(name), end_length = strlen(end);
    return length > end_length && strcmp(name + length - end_length, end) == 0;
}

/* What the output is to be: as --to says, or its name. False after a complaint. */
static bool choose_format(const char *to, convert_options *options)
{
    static const struct {
        const char *end, *format;
    } names[] = {{".libsvm", "libsvm"}, {".svm", "libsvm"}, {".csv", "csv"},
                 {".tsv", "tsv"},       {".npy", "npy"},    {".ermdata", "binary"}};
    for (size_t n = 0; !to && n < sizeof names / sizeof *names; n++)
        if (ends_with(options->output, names[n].end)) to = names[n].format;
    if (!to) {
        complain(EXIT_USAGE,
                 "which format is %s to have? Give it a name ending in .libsvm .csv .tsv .npy or .ermdata, or say --to",
                 options->output);
        return false;
    }
    if (strcmp(to, "any") == 0 || !erm_format_from_name(to, &options->format)) {
        complain(EXIT_USAGE, "--to %s: expected libsvm csv tsv npy or binary", to);
        return false;
    }
    options->separator = strcmp(to, "tsv") == 0 ? '\t' : ',';
    return true;
}

static bool check(const convert_options *options)
{
    const char *outputs[] = {options->output, options->labels_out}, *inputs[] = {options->input, options->reading.labels};
    for (int o = 0; o < 2; o++)
        for (int i = 0; i < 2; i++)
            if (same_file(outputs[o], inputs[i])) {
                complain(EXIT_USAGE, "writing %s would overwrite the data", outputs[o]);
                return false;
            }
    const bool binary = options->format == ERM_FORMAT_BINARY, npy = options->format == ERM_FORMAT_NPY;
    if (same_file(options->output, options->labels_out))
        complain(EXIT_USAGE, "the values and the labels cannot both be %s", options->output);
    else if (options->dense && options->sparse)
        complain(EXIT_USAGE, "--dense and --sparse exclude one another");
    else if ((options->dense || options->sparse) && !binary)
        complain(EXIT_USAGE, "--%s is for binary files alone", options->dense ? "dense" : "sparse");
    else if (options->single && !binary && !npy)
        complain(EXIT_USAGE, "--float is for binary and .npy files alone");
    else if (options->labels_out && !npy)
        complain(EXIT_USAGE, "--labels-out is for .npy files alone; the others hold their labels");
    else
        return true;
    return false;
}

int convert_options_parse(int argc, char **argv, convert_options *options)
{
    bool help = false, version = false;
    const char *to = NULL, *word[2] = {NULL, NULL};
    cli_words words = {.word = word, .limit = 2};
    *options = (convert_options){.input = NULL};
    const cli_option table[] = {
        {"to", CLI_TEXT, &to},
        {"float", CLI_FLAG, &options->single},
        {"dense", CLI_FLAG, &options->dense},
        {"sparse", CLI_FLAG, &options->sparse},
        {"labels-out", CLI_TEXT, &options->labels_out},
        DATA_CLI_OPTIONS(&options->reading),
        {"json", CLI_FLAG, &options->json},
        {"quiet", CLI_FLAG, &options->quiet},
        {"help", CLI_FLAG, &help},
        {"version", CLI_FLAG, &version},
    };
    if (!cli_parse(argc, argv, (int)(sizeof table / sizeof table[0]), table, &words)) return EXIT_USAGE;
    if (cli_answer("erm_convert", help_text, help, version)) return EXIT_FINE;
    if (words.count < 2) return complain(EXIT_USAGE, "which data, and where to? (see --help)");
    options->input = word[0];
    options->output = word[1];
    if (!choose_format(to, options) || !check(options)) return EXIT_USAGE;
    return data_options_check(&options->reading);
}
