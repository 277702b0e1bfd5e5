/* What is in a data file: its size, its labels, its columns, and, if it is binary, whether its sections are whole. */
#include "inspect_data.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ermopt.h"
#include "figures.h"
#include "json.h"
#include "message.h"
#include "output.h"

enum { MOST_CLASSES = 20, MOST_COLUMNS = 10 };

typedef struct column {
    double least, most;  /* of stored values */
    int64_t stored, bad; /* bad: NaN or infinite */
} column;

/* All that is found out. */
typedef struct findings {
    const char *path;
    erm_data data;
    column *column;
    int64_t stored, constant, empty, bad_columns, bad_values;
    erm_classes classes;
    int64_t *class_rows; /* one count a class; NULL: more than are shown */
    double least, most;  /* of labels that are numbers */
    uint64_t digest;
} findings;

/* ---- finding out ------------------------------------------------------------------------------------------------- */

static void look_at_piece(const erm_piece *piece, void *context)
{
    column *const columns = context;
    for (int64_t p = 0; p < piece->count; p++) {
        column *const one = &columns[piece->column ? piece->line : piece->first + (piece->index ? piece->index[p] : p)];
        const double x = piece->value[p];
        one->bad += !isfinite(x);
        if (x != 0) one->stored++;
        if (x < one->least) one->least = x;
        if (x > one->most) one->most = x;
    }
}

static void count_columns(findings *found)
{
    const int64_t rows = found->data.set.rows;
    for (int64_t j = 0; j < found->data.set.cols; j++) {
        column *const one = &found->column[j];
        if (one->stored < rows) { /* some are 0 */
            one->least = fmin(one->least, 0);
            one->most = fmax(one->most, 0);
        }
        found->stored += one->stored;
        found->empty += one->stored == 0;
        found->bad_columns += one->bad > 0;
        found->bad_values += one->bad;
        found->constant += one->bad == 0 && !(one->least < one->most);
    }
}

static bool look_at_columns(findings *found)
{
    const erm_matrix *X = found->data.X;
    const int64_t block = 4096;
    found->column = malloc((size_t)(X->cols + 1) * sizeof *found->column);
    if (!found->column) return false;
    for (int64_t j = 0; j < X->cols; j++) found->column[j] = (column){.least = INFINITY, .most = -INFINITY};
    for (int64_t begin = 0; begin < X->rows; begin += block)
        X->ops->scan(X, (erm_rows){.begin = begin, .count = X->rows - begin < block ? X->rows - begin : block}, look_at_piece,
                     found->column);
    count_columns(found);
    return true;
}

static bool look_at_labels(findings *found)
{
    const erm_dataset *set = &found->data.set;
    found->least = INFINITY;
    found->most = -INFINITY;
    for (int64_t i = 0; i < set->rows && !set->label_name; i++) {
        found->least = fmin(found->least, set->y[i]);
        found->most = fmax(found->most, set->y[i]);
    }
    if (erm_dataset_classes(set, &found->classes) != ERM_OK) return false;
    if (found->classes.count > MOST_CLASSES) return true;
    double *const number = malloc((size_t)set->rows * sizeof *number);
    found->class_rows = calloc((size_t)found->classes.count + 1, sizeof *found->class_rows);
    const bool ok = number && found->class_rows && !erm_classes_encode(&found->classes, set, false, number, NULL);
    for (int64_t i = 0; ok && i < set->rows; i++)
        if (!isnan(number[i])) found->class_rows[(int64_t)number[i]]++;
    free(number);
    return ok;
}

/* ---- saying so --------------------------------------------------------------------------------------------------- */

static const char *column_name(const findings *found, int64_t j, char *text, size_t size)
{
    const erm_dataset *set = &found->data.set;
    if (set->feature_name) return set->feature_name[j];
    snprintf(text, size, "%" PRId64, j + set->index_base);
    return text;
}

/* The first columns that are constant, or that have bad values. */
static void print_columns(FILE *out, const findings *found, bool bad)
{
    char text[NUMBER_SIZE], number[NUMBER_SIZE];
    int shown = 0;
    for (int64_t j = 0; j < found->data.set.cols && shown <= MOST_COLUMNS; j++) {
        const column *one = &found->column[j];
        if (bad ? one->bad == 0 : one->bad > 0 || one->least < one->most) continue;
        if (shown++ == MOST_COLUMNS) {
            fputs(" ...", out);
            break;
        }
        fprintf(out, "%s %s", shown > 1 ? "," : "", column_name(found, j, text, sizeof text));
        if (bad)
            fprintf(out, " (%" PRId64 " values)", one->bad);
        else
            fprintf(out, " (%s)", number_text(one->least, number));
    }
}

static void print_labels(FILE *out, const findings *found)
{
    char low[NUMBER_SIZE], high[NUMBER_SIZE];
    if (!found->class_rows) {
        fprintf(out, "labels     %" PRId64 " different", found->classes.count);
        if (!found->data.set.label_name)
            fprintf(out, " numbers from %s to %s", number_text(found->least, low), number_text(found->most, high));
        fputc('\n', out);
        return;
    }
    fputs("labels    ", out);
    for (int64_t c = 0; c < found->classes.count; c++)
        fprintf(out, "%s %s (%" PRId64 " rows)", c > 0 ? "," : "", found->classes.name[c], found->class_rows[c]);
    fputc('\n', out);
}

static void print_text(FILE *out, const findings *found, const erm_section *section)
{
    const erm_dataset *set = &found->data.set;
    const double all = (double)set->rows * (double)set->cols;
    fprintf(out, "file       %s: %s data, %s\n", found->path, erm_format_name(found->data.format), found->data.X->ops->name);
    fprintf(out, "size       %" PRId64 " rows, %" PRId64 " columns%s, %" PRId64 " values that are not 0 (%.3g %%)\n", set->rows,
            set->cols, set->feature_name ? " with names" : "", found->stored, all > 0 ? 100 * (double)found->stored / all : 0);
    print_labels(out, found);
    fprintf(out, "constant   %" PRId64 " columns, %" PRId64 " of them 0%s", found->constant, found->empty,
            found->constant > 0 ? ":" : "");
    print_columns(out, found, false);
    fprintf(out, "\nnot finite %" PRId64 " values in %" PRId64 " columns%s", found->bad_values, found->bad_columns,
            found->bad_columns > 0 ? ":" : "");
    print_columns(out, found, true);
    fprintf(out, "\ndigest     %016" PRIx64 "\n", found->digest);
    for (int s = 0; section && s < ERM_SECTIONS; s++)
        fprintf(out, "section    %-13s %12" PRId64 " bytes at %" PRId64 ", checksum %016" PRIx64 "\n", section[s].name,
                section[s].bytes, section[s].offset, section[s].checksum);
}

static void print_json(FILE *out, const findings *found, const erm_section *section)
{
    const erm_dataset *set = &found->data.set;
    char digest[24];
    snprintf(digest, sizeof digest, "%016" PRIx64, found->digest);
    json writer = json_open(out);
    json_text(&writer, "file", found->path);
    json_text(&writer, "format", erm_format_name(found->data.format));
    json_text(&writer, "storage", found->data.X->ops->name);
    json_integer(&writer, "n", set->rows);
    json_integer(&writer, "d", set->cols);
    json_integer(&writer, "nnz", found->stored);
    json_number(&writer, "density", (double)found->stored / ((double)set->rows * (double)set->cols));
    json_flag(&writer, "names", set->feature_name);
    json_integer(&writer, "label_count", found->classes.count);
    if (found->class_rows) {
        json_begin(&writer, "labels");
        for (int64_t c = 0; c < found->classes.count; c++) json_integer(&writer, found->classes.name[c], found->class_rows[c]);
        json_end(&writer);
    }
    json_number(&writer, "label_least", found->least);
    json_number(&writer, "label_most", found->most);
    json_integer(&writer, "constant_columns", found->constant);
    json_integer(&writer, "zero_columns", found->empty);
    json_integer(&writer, "not_finite_columns", found->bad_columns);
    json_integer(&writer, "not_finite_values", found->bad_values);
    json_text(&writer, "digest", digest);
    if (section) {
        json_begin(&writer, "sections");
        for (int s = 0; s < ERM_SECTIONS; s++) json_integer(&writer, section[s].name, section[s].bytes);
        json_end(&writer);
    }
    json_close(&writer);
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

/* A binary file that is damaged is told of section by section. KEEP_GOING, or what to exit with. */
static int look_at_sections(const char *path, erm_section *section, bool *there)
{
    char detail[ERM_DETAIL_SIZE] = "";
    *there = erm_mapped_sections(path, section, detail) == ERM_OK;
    int code = KEEP_GOING;
    for (int s = 0; *there && s < ERM_SECTIONS; s++)
        if (section[s].checksum != section[s].found)
            code =
                complain(EXIT_DATA, "%s: is damaged: its %s, %" PRId64 " bytes at %" PRId64 ", have not the checksum %016" PRIx64,
                         path, section[s].name, section[s].bytes, section[s].offset, section[s].checksum);
    return code;
}

static int print(const findings *found, const erm_section *section, bool as_json)
{
    output out;
    if (!output_open(NULL, &out)) return EXIT_OTHER;
    if (as_json)
        print_json(out.file, found, section);
    else
        print_text(out.file, found, section);
    return output_commit(&out) ? EXIT_FINE : EXIT_OTHER;
}

static int look(findings *found)
{
    char detail[ERM_DETAIL_SIZE] = "";
    if (!look_at_columns(found) || !look_at_labels(found)) return complain(EXIT_OTHER, "out of memory");
    found->digest = erm_dataset_digest(&found->data.set, found->data.X);
    const erm_status status = erm_data_status(&found->data, detail);
    return status == ERM_OK ? KEEP_GOING : complain(exit_for(status), "%s", detail);
}

int inspect_data(const char *path, const data_options *reading, bool as_json)
{
    erm_section section[ERM_SECTIONS];
    bool there = false;
    findings found = {.path = path};
    int code = strcmp(path, "-") == 0 ? KEEP_GOING : look_at_sections(path, section, &there);
    if (code == KEEP_GOING) code = data_file_read(path, reading, NULL, &found.data);
    if (code == KEEP_GOING) code = look(&found);
    if (code == KEEP_GOING) code = print(&found, there ? section : NULL, as_json);
    erm_data_close(&found.data);
    erm_classes_free(&found.classes);
    free(found.class_rows);
    free(found.column);
    return code;
}
