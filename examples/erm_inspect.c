/* Tells what is in a data file or a model: erm_inspect [options] FILE; see --help. */
#include <stdio.h>
#include <string.h>

#include "programs/cli.h"
#include "programs/inspect_data.h"
#include "programs/inspect_model.h"
#include "programs/message.h"
#include "programs/outlier_report.h"

const char *const program_name = "erm_inspect";

static const char help_text[] = "Usage: erm_inspect [options] FILE\n"
                                "Tells what is in FILE, a data set in any format, plain or compressed; - is\n"
                                "standard input: its size, labels, columns that are constant or hold NaN, digest\n"
                                "and sections. Or a model: how it was made, and its largest coefficients.\n"
                                "  --format FORMAT   libsvm csv tsv npy binary (by its content)\n"
                                "  --label, --separator, --header, --missing, --labels, --memory\n"
                                "                    how data are read: see erm_convert --help\n"
                                "  --outliers        list values far from the others of their column\n"
                                "Of a model:\n"
                                "  --largest N       show so many coefficients (10)\n"
                                "  --test DATA       measure it on DATA\n"
                                "  --export-c FILE.c write it as C without libraries; with --test, measure it\n"
                                "  --weights TYPE    of it: double, float or int8 (float)\n"
                                "  --prefix NAME     begins the names of its functions (model)\n"
                                "  --json            print one JSON object\n"
                                "  --help, --version\n"
                                "Exits with 0, 2 wrong usage, 3 bad data, 1 other failure. Examples:\n"
                                "  erm_inspect --json survey.ermdata\n"
                                "  erm_inspect a9a.model --export-c a9a.c --weights int8 --test a9a.t\n";

enum { OUTLIER_COLUMNS = 10 };

/* The report of outliers, for which the file is read once more. */
static int list_outliers(const char *path, data_options reading)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_data data;
    if (!reading.missing) reading.missing = "nan";
    const int code = data_file_read(path, &reading, NULL, &data);
    if (code != KEEP_GOING) return code;
    erm_status status = outliers_print(stdout, &data, 0, OUTLIER_COLUMNS, detail);
    if (status == ERM_OK) status = erm_data_status(&data, detail); /* values that cannot be read look as if they were missing */
    erm_data_close(&data);
    if (status == ERM_OK) return EXIT_FINE;
    return complain(exit_for(status), "%s: %s", path, detail[0] ? detail : erm_status_text(status));
}

int main(int argc, char **argv)
{
    bool help = false, version = false, as_json = false;
    const char *word[1] = {NULL};
    cli_words words = {.word = word, .limit = 1};
    data_options reading = {.format = NULL};
    bool outliers = false;
    inspect_model_options model = {.path = NULL};
    const cli_option table[] = {
        DATA_CLI_OPTIONS(&reading),
        {"outliers", CLI_FLAG, &outliers},
        {"largest", CLI_COUNT, &model.largest},
        {"test", CLI_TEXT, &model.test},
        {"export-c", CLI_TEXT, &model.export_c},
        {"weights", CLI_TEXT, &model.weights},
        {"prefix", CLI_TEXT, &model.prefix},
        {"json", CLI_FLAG, &as_json},
        {"help", CLI_FLAG, &help},
        {"version", CLI_FLAG, &version},
    };
    if (!cli_parse(argc, argv, (int)(sizeof table / sizeof table[0]), table, &words)) return EXIT_USAGE;
    if (cli_answer("erm_inspect", help_text, help, version)) return EXIT_FINE;
    if (words.count == 0) return complain(EXIT_USAGE, "which file? (see --help)");
    int code = data_options_check(&reading);
    if (code != KEEP_GOING) return code;
    if (outliers && as_json) return complain(EXIT_USAGE, "--outliers is for people, not for --json");
    model.path = word[0];
    model.json = as_json;
    model.reading = reading;
    if (inspect_is_model(word[0])) return inspect_model(&model);
    if (model.test || model.export_c || model.weights || model.prefix || model.largest)
        return complain(EXIT_USAGE, "%s is no model: --largest, --test, --export-c, --weights and --prefix are for models",
                        word[0]);
    if (outliers && strcmp(word[0], "-") == 0) return complain(EXIT_USAGE, "--outliers needs a file that can be read twice");
    if (outliers && !reading.missing) reading.missing = "nan";
    code = inspect_data(word[0], &reading, as_json);
    return code == EXIT_FINE && outliers ? list_outliers(word[0], reading) : code;
}
