/* Data files of any format, with the options that say how they are to be read. */
#include "data_file.h"

#include <string.h>

#include "message.h"

typedef struct choice {
    const char *name;
    int value;
} choice;

/* The value of the one that is called `name`; false, after a complaint that lists them, if there is none. */
static bool choose(const char *option, const char *name, int count, const choice *choices, int *value)
{
    const char *names[8] = {NULL};
    *value = 0;
    if (!name) return true;
    for (int c = 0; c < count; c++) {
        names[c] = choices[c].name;
        if (strcmp(name, choices[c].name) == 0) {
            *value = choices[c].value;
            return true;
        }
    }
    const char *const nearest = cli_nearest(name, count, names);
    complain(EXIT_USAGE, "--%s %s: expected %s%s%s%s", option, name, nearest ? nearest : names[0], nearest ? "" : " or ",
             nearest ? "" : names[1], !nearest && count > 2 ? " ... (see --help)" : "");
    return false;
}

static bool read_separator(const char *text, char *separator)
{
    *separator = '\0';
    if (!text) return true;
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        *separator = '\t';
    else if (strlen(text) == 1 && !strchr("\"\r\n", text[0]))
        *separator = text[0];
    if (!*separator) complain(EXIT_USAGE, "--separator %s: expected one character, or tab", text);
    return *separator;
}

static bool translate(const data_options *options, erm_data_options *how)
{
    static const choice formats[] = {{"libsvm", ERM_FORMAT_LIBSVM},
                                     {"csv", ERM_FORMAT_CSV},
                                     {"tsv", ERM_FORMAT_CSV},
                                     {"npy", ERM_FORMAT_NPY},
                                     {"any", ERM_FORMAT_ANY}};
    static const choice headers[] = {{"yes", ERM_HEADER_YES}, {"no", ERM_HEADER_NO}, {"auto", ERM_HEADER_AUTO}};
    static const choice missing[] = {
        {"refuse", ERM_MISSING_REFUSE}, {"skip", ERM_MISSING_SKIP_ROW}, {"zero", ERM_MISSING_ZERO}, {"nan", ERM_MISSING_NAN}};
    int format, header, gap;
    *how = (erm_data_options){.labels = options->labels};
    if (!choose("format", options->format, (int)(sizeof formats / sizeof *formats), formats, &format)) return false;
    if (!choose("header", options->header, (int)(sizeof headers / sizeof *headers), headers, &header)) return false;
    if (!choose("missing", options->missing, (int)(sizeof missing / sizeof *missing), missing, &gap)) return false;
    if (!read_separator(options->separator, &how->csv.separator)) return false;
    how->format = (erm_format)format;
    how->csv.header = (erm_csv_header)header;
    how->csv.missing = (erm_missing)gap;
    how->csv.label = options->label && strcmp(options->label, "none") == 0 ? "" : options->label;
    return true;
}

int data_options_check(const data_options *options)
{
    erm_data_options how;
    return translate(options, &how) ? KEEP_GOING : EXIT_USAGE;
}

data_like data_like_set(const erm_dataset *set)
{
    return (data_like){.index_base = set->index_base, .cols = set->cols, .features = (const char *const *)set->feature_name};
}

int data_file_read(const char *path, const data_options *options, const data_like *like, erm_data *data)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_data_options how;
    if (!translate(options, &how)) return EXIT_USAGE;
    if (like) {
        how.libsvm = (erm_libsvm_options){.base = like->index_base == 0 ? ERM_INDEX_ZERO : ERM_INDEX_ONE, .cols = like->cols};
        how.csv.features = like->features;
        how.csv.feature_count = like->features ? like->cols : 0;
    }
    const erm_status status = erm_data_open(path, &how, data, detail);
    if (status == ERM_OK) return KEEP_GOING;
    return complain(exit_for(status), "%s", detail[0] ? detail : erm_status_text(status));
}
