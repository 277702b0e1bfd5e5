/* A data set as CSV text (RFC 4180), which reads back to the same bits. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/detail.h"
#include "base/number.h"
#include "ermopt/dataset.h"
#include "io/column_names.h"
#include "io/text.h"

typedef struct writer {
    const erm_dataset *set;
    const char *path;
    char separator;
    erm__atomic_file file;
    char *line; /* of numbers */
} writer;

/* ---- what cannot be written ------------------------------------------------------------------------------------------------ */

/* Words that are read as a missing cell, or refused. */
static bool is_readable(const char *word)
{
    static const char *const missing[] = {"", "na", "nan", "n/a", "null", "?"};
    const char *const end = word + strlen(word);
    bool readable = !erm__text_find_bad(word, end) && !erm__text_is_infinite(word, end);
    for (size_t w = 0; w < sizeof missing / sizeof *missing; w++) readable = readable && !erm__text_is(word, end, missing[w]);
    return readable;
}

static erm_status check(const writer *self, char *detail)
{
    const erm_dataset *set = self->set;
    for (int64_t w = 0; set->label_name && w < set->label_names; w++)
        if (!is_readable(set->label_name[w]))
            return erm__fail(detail, ERM_EDATA, "%.200s: the label '%.100s' cannot be written; it would not read back",
                             self->path, set->label_name[w]);
    for (int64_t j = 0; set->feature_name && j < set->cols; j++)
        if (erm__text_find_bad(set->feature_name[j], set->feature_name[j] + strlen(set->feature_name[j])))
            return erm__fail(detail, ERM_EDATA, "%.200s: the name of column %" PRId64 " is no UTF-8 text of one line", self->path,
                             j + 1);
    for (int64_t i = 0; i < set->rows && !set->label_name; i++)
        if (!isfinite(set->y[i]))
            return erm__fail(detail, ERM_EDATA, "%.200s: y[%" PRId64 "] is not finite and cannot be written", self->path, i);
    for (int64_t p = 0; p < set->nnz; p++)
        if (!isfinite(set->value[p]))
            return erm__fail(detail, ERM_EDATA, "%.200s: value[%" PRId64 "] is not finite and cannot be written", self->path, p);
    return ERM_OK;
}

/* ---- cells ----------------------------------------------------------------------------------------------------------------- */

static bool needs_quotes(const writer *self, const char *word)
{
    const size_t length = strlen(word);
    return length == 0 || strchr(word, '"') || strchr(word, self->separator) || word[0] == ' ' || word[length - 1] == ' ';
}

static void put_word(writer *self, const char *word)
{
    if (!needs_quotes(self, word)) {
        erm__atomic_write(&self->file, word, strlen(word));
        return;
    }
    erm__atomic_write(&self->file, "\"", 1);
    for (const char *p = word; *p; p++) {
        if (*p == '"') erm__atomic_write(&self->file, p, 1); /* doubled */
        erm__atomic_write(&self->file, p, 1);
    }
    erm__atomic_write(&self->file, "\"", 1);
}

/* The column of labels has a name of its own. */
static const char *label_column(const erm_dataset *set)
{
    static const char *const names[] = {"label", "label_", "label__", "label___"};
    size_t t = 0;
    for (int64_t j = 0; j < set->cols && t + 1 < sizeof names / sizeof *names; j++)
        if (strcmp(set->feature_name[j], names[t]) == 0) {
            t++;
            j = -1;
        }
    return names[t];
}

static void put_header(writer *self)
{
    const erm_dataset *set = self->set;
    const bool words_alone = set->cols == 0 && set->label_name; /* the first row would be taken for names */
    if (!erm__has_names(set) && !words_alone) return;
    for (int64_t j = 0; j < set->cols; j++) {
        put_word(self, set->feature_name[j]);
        erm__atomic_write(&self->file, &self->separator, 1);
    }
    put_word(self, label_column(set));
    erm__atomic_write(&self->file, "\n", 1);
}

static void put_row(writer *self, int64_t i)
{
    const erm_dataset *set = self->set;
    char *to = self->line;
    int64_t p = set->start[i];
    for (int64_t j = 0; j < set->cols; j++) {
        const bool stored = p < set->start[i + 1] && set->index[p] == j;
        if (stored)
            to += erm__number_format_shortest(set->value[p++], to);
        else
            *to++ = '0';
        *to++ = self->separator;
    }
    if (!set->label_name) to += erm__number_format_shortest(set->y[i], to);
    erm__atomic_write(&self->file, self->line, (size_t)(to - self->line));
    if (set->label_name) put_word(self, set->label_name[(int64_t)set->y[i]]);
    erm__atomic_write(&self->file, "\n", 1);
}

erm_status erm_dataset_write_csv(const erm_dataset *dataset, char separator, const char *path, char *detail)
{
    if (!dataset || !path) return erm__fail(detail, ERM_EINVAL, "no %s", dataset ? "path to write to" : "data set to write");
    if (!dataset->start) return erm__fail(detail, ERM_EINVAL, "%.200s: the data set has no values", path);
    writer self = {.set = dataset, .path = path, .separator = separator ? separator : ','};
    if (!strchr(",;\t|", self.separator))
        return erm__fail(detail, ERM_EINVAL, "%.200s: cells cannot be separated by '%c'", path, self.separator);
    erm_status status = check(&self, detail);
    if (status != ERM_OK) return status;
    self.line = malloc((size_t)(dataset->cols + 1) * ERM_NUMBER_SIZE);
    if (!self.line) return erm__fail(detail, ERM_ENOMEM, "%.200s: no memory for a row", path);
    status = erm__atomic_open(&self.file, path, detail);
    if (status == ERM_OK) {
        put_header(&self);
        for (int64_t i = 0; i < dataset->rows && self.file.error == 0; i++) put_row(&self, i);
        status = erm__atomic_commit(&self.file, detail);
    }
    free(self.line);
    return status;
}
