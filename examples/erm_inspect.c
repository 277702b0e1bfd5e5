/* Tells what is in a data or model file: erm_inspect [options] FILE; see --help. */
#include <stdio.h>

#include "ermopt/version.h"
#include "programs/cli.h"
#include "programs/inspect_data.h"
#include "programs/inspect_model.h"
#include "programs/message.h"

const char *const program_name = "erm_inspect";

static const char help_text[] = "Usage: erm_inspect [options] FILE\n"
                                "Tells what is in FILE, a data set in LIBSVM, CSV, NumPy's .npy or binary format,\n"
                                "found by its content, plain or compressed; - is standard input: how large it is,\n"
                                "which labels and how many rows of each, which columns are constant or hold NaN,\n"
                                "its digest, and, of a binary file, whether its sections are whole.\n"
                                "Of a model: what it is, how it was made, and its largest coefficients.\n"
                                "  --largest N       so many coefficients of a model (10)\n"
                                "  --test DATA       measure a model on DATA\n"
                                "  --export-c FILE   write a model as C; --weights double float int8 (float),\n"
                                "                    --prefix NAME of its functions (model)\n"
                                "  --format FORMAT   libsvm csv tsv npy binary (by its content)\n"
                                "  --label COLUMN    of a CSV file: name or number, none (the last)\n"
                                "  --separator C     of a CSV file: one character, or tab (the most frequent)\n"
                                "  --header yes|no   has a CSV file names? (yes, if its first line has no number)\n"
                                "  --missing WHAT    refuse, skip the row, or zero for empty cells (refuse)\n"
                                "  --labels FILE.npy the labels of data that are .npy\n"
                                "  --memory MB       read a binary file through windows of so many megabytes\n"
                                "  --json            print one JSON object\n"
                                "  --help, --version\n"
                                "Exits with 0, 2 wrong usage, 3 bad data, 1 other failure. Example:\n"
                                "  erm_inspect --json survey.ermdata\n";

int main(int argc, char **argv)
{
    bool help = false, version = false;
    const char *word[1] = {NULL};
    cli_words words = {.word = word, .limit = 1};
    inspect_model_options model = {.path = NULL};
    data_options *const reading = &model.reading;
    const cli_option table[] = {
        DATA_CLI_OPTIONS(reading),
        {"largest", CLI_COUNT, &model.largest},
        {"test", CLI_TEXT, &model.test},
        {"export-c", CLI_TEXT, &model.export_c},
        {"weights", CLI_TEXT, &model.weights},
        {"prefix", CLI_TEXT, &model.prefix},
        {"json", CLI_FLAG, &model.json},
        {"help", CLI_FLAG, &help},
        {"version", CLI_FLAG, &version},
    };
    if (!cli_parse(argc, argv, (int)(sizeof table / sizeof table[0]), table, &words)) return EXIT_USAGE;
    if (help) fputs(help_text, stdout);
    if (!help && version) printf("erm_inspect %s\n", erm_version());
    if (help || version) return EXIT_FINE;
    if (words.count == 0) return complain(EXIT_USAGE, "which file? (see --help)");
    const int code = data_options_check(reading);
    if (code != KEEP_GOING) return code;
    model.path = word[0];
    if (inspect_is_model(model.path)) return inspect_model(&model);
    if (model.test || model.export_c || model.weights || model.prefix || model.largest)
        return complain(EXIT_USAGE, "%s is no model: --largest, --test, --export-c, --weights and --prefix are for models",
                        model.path);
    return inspect_data(model.path, reading, model.json);
}
