/* A table of cells becomes a data set: numbers as they are, words one-hot. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/grow.h"
#include "io/rows.h"
#include "io/table.h"

enum { UNUSED = -2, NONE = -1 };

/* ---- features ------------------------------------------------------------------------------------------------------- */

/* Which feature a number or a word of a column is. */
typedef struct features {
    erm__words names;
    int64_t *first;  /* of each column: where its features begin in `number` */
    int32_t *number; /* one for a column of numbers, one a word for one of words */
    bool *taken;     /* of each name */
} features;

static void features_free(features *self)
{
    erm__words_free(&self->names);
    free(self->first);
    free(self->number);
    free(self->taken);
}

static int64_t features_of(const erm__table *table, int64_t c)
{
    if (c == table->label) return 0;
    return table->column[c].kind == ERM_KIND_WORDS ? table->column[c].words.count : 1;
}

static bool features_allocate(const erm__table *table, int64_t given, features *self)
{
    int64_t total = 0;
    self->first = malloc((size_t)(table->columns + 1) * sizeof *self->first);
    if (!self->first) return false;
    for (int64_t c = 0; c < table->columns; c++) {
        self->first[c] = total;
        total += features_of(table, c);
    }
    self->number = malloc((size_t)(total + 1) * sizeof *self->number);
    self->taken = calloc((size_t)(total + given + 1), sizeof *self->taken);
    if (!self->number || !self->taken) return false;
    for (int64_t t = 0; t < total; t++) self->number[t] = UNUSED;
    return true;
}

/* Words of rows that were left out are no features. */
static void mark_words(const erm__table *table, features *self)
{
    for (int64_t c = 0; c < table->columns; c++) {
        if (c == table->label) continue;
        const bool words = table->column[c].kind == ERM_KIND_WORDS;
        if (!words) self->number[self->first[c]] = NONE;
        for (int64_t i = 0; words && i < table->rows; i++) {
            const double cell = table->cell[i * table->columns + c];
            if (!isnan(cell)) self->number[self->first[c] + (int64_t)cell] = NONE;
        }
    }
}

/* "column", or "column=word", in *name, which grows. */
static bool put_name(const char *column, const char *word, char **name, int64_t *capacity)
{
    const size_t length = strlen(column), word_length = word ? strlen(word) : 0;
    if (!erm__grow(name, capacity, (int64_t)(length + word_length) + 2, 1)) return false;
    memcpy(*name, column, length + 1);
    if (word) (*name)[length] = '=';
    if (word) memcpy(*name + length + 1, word, word_length + 1);
    return true;
}

/* Gives the feature called `name` to `number`. */
static erm_status take_feature(features *self, bool given, const char *name, const char *file, int32_t *number, char *detail)
{
    const int64_t before = self->names.count;
    const int64_t found =
        given ? erm__words_find(&self->names, name, strlen(name)) : erm__words_add(&self->names, name, strlen(name));
    if (found < 0) return given ? ERM_OK : ERM_ENOMEM;
    if (found >= INT32_MAX) return erm__fail(detail, ERM_EDATA, "%s: has more than %" PRId32 " features", file, INT32_MAX - 1);
    if (self->taken[found] || (!given && self->names.count == before))
        return erm__fail(detail, ERM_EDATA, "%s: two features would be called '%.100s'", file, name);
    self->taken[found] = true;
    *number = (int32_t)found;
    return ERM_OK;
}

static erm_status number_features(const erm__table *table, bool given, const char *file, features *self, char *detail)
{
    char *name = NULL;
    int64_t capacity = 0;
    erm_status status = ERM_OK;
    for (int64_t c = 0; c < table->columns && status == ERM_OK; c++) {
        const erm__column *column = &table->column[c];
        for (int64_t t = 0; t < features_of(table, c) && status == ERM_OK; t++) {
            int32_t *number = &self->number[self->first[c] + t];
            if (*number == UNUSED) continue;
            const char *word = column->kind == ERM_KIND_WORDS ? column->words.word[t] : NULL;
            status = put_name(column->name, word, &name, &capacity) ? take_feature(self, given, name, file, number, detail)
                                                                    : ERM_ENOMEM;
        }
    }
    free(name);
    return status;
}

static bool copy_given(const erm_csv_options *options, features *self)
{
    for (int64_t f = 0; f < options->feature_count; f++)
        if (erm__words_add(&self->names, options->features[f], strlen(options->features[f])) < 0) return false;
    return true;
}

/* True if the feature is a word, not seen here, of a column that is here. */
static bool is_absent_word(const erm__table *table, const char *feature)
{
    for (int64_t c = 0; c < table->columns; c++) {
        const size_t length = strlen(table->column[c].name);
        const bool words = c != table->label && table->column[c].kind != ERM_KIND_NUMBERS;
        if (words && strncmp(feature, table->column[c].name, length) == 0 && feature[length] == '=') return true;
    }
    return false;
}

static erm_status check_given(const erm__table *table, const features *self, const char *file, int64_t count, char *detail)
{
    if (self->names.count < count) return erm__fail(detail, ERM_EINVAL, "two of the given features have one name");
    for (int64_t f = 0; f < count; f++)
        if (!self->taken[f] && !is_absent_word(table, self->names.word[f]))
            return erm__fail(detail, ERM_EDATA, "%s: has no column for the feature '%.100s'", file, self->names.word[f]);
    return ERM_OK;
}

static erm_status find_features(const erm__table *table, const char *file, const erm_csv_options *options, features *self,
                                char *detail)
{
    const bool given = options->features;
    if (!features_allocate(table, options->feature_count, self) || (given && !copy_given(options, self))) return ERM_ENOMEM;
    mark_words(table, self);
    const erm_status status = number_features(table, given, file, self, detail);
    return status == ERM_OK && given ? check_given(table, self, file, options->feature_count, detail) : status;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------ */

typedef struct entry {
    int32_t index;
    double value;
} entry;

static int compare_entries(const void *a, const void *b)
{
    const int32_t x = ((const entry *)a)->index, y = ((const entry *)b)->index;
    return (x > y) - (x < y);
}

/* The entries of one row, rising; returns how many. */
static int64_t collect(const erm__table *table, const features *self, bool keep_missing, int64_t i, entry *entries)
{
    int64_t count = 0;
    bool rising = true;
    for (int64_t c = 0; c < table->columns; c++) {
        const double cell = table->cell[i * table->columns + c];
        const bool words = table->column[c].kind == ERM_KIND_WORDS;
        if (c == table->label || (isnan(cell) && (words || !keep_missing))) continue;
        const int32_t feature = self->number[self->first[c] + (words ? (int64_t)cell : 0)];
        if (feature < 0 || (!words && cell == 0)) continue;
        rising = rising && (count == 0 || entries[count - 1].index < feature);
        entries[count++] = (entry){feature, words ? 1 : cell};
    }
    if (!rising) qsort(entries, (size_t)count, sizeof *entries, compare_entries);
    return count;
}

static bool add_row(const erm__table *table, int64_t i, const entry *entries, int64_t count, erm__rows *rows)
{
    if (!erm__rows_reserve(rows, 1, count)) return false;
    for (int64_t t = 0; t < count; t++) erm__rows_add_value(rows, entries[t].index, entries[t].value);
    if (table->label < 0) return erm__rows_end_row(rows, 0, NULL, 0);
    const erm__column *label = &table->column[table->label];
    const double y = table->cell[i * table->columns + table->label];
    const char *word = label->kind == ERM_KIND_WORDS ? label->words.word[(int64_t)y] : NULL;
    return erm__rows_end_row(rows, y, word, word ? strlen(word) : 0);
}

static erm_status encode_rows(const erm__table *table, const char *file, bool keep_missing, features *self, erm_dataset *dataset,
                              char *detail)
{
    erm__rows rows = {.lines = 1};
    entry *entries = malloc((size_t)(table->columns + 1) * sizeof *entries);
    bool ok = entries;
    for (int64_t i = 0; i < table->rows && ok; i++)
        ok = add_row(table, i, entries, collect(table, self, keep_missing, i, entries), &rows);
    free(entries);
    if (!ok) {
        erm__rows_free(&rows);
        return ERM_ENOMEM;
    }
    const erm_libsvm_options options = {.base = ERM_INDEX_ZERO, .cols = self->names.count};
    return erm__rows_join(&rows, 1, file, &options, dataset, detail);
}

erm_status erm__table_encode(const erm__table *table, const char *file, const erm_csv_options *options, erm_dataset *dataset,
                             char *detail)
{
    features self = {0};
    erm_status status = ERM_OK;
    if (table->rows == 0) status = erm__fail(detail, ERM_EDATA, "%s: has no rows", file);
    if (status == ERM_OK) status = find_features(table, file, options, &self, detail);
    if (status == ERM_OK) status = encode_rows(table, file, options->missing == ERM_MISSING_NAN, &self, dataset, detail);
    if (status == ERM_ENOMEM) erm__fail(detail, status, "%s: no memory for its %" PRId64 " rows", file, table->rows);
    if (status == ERM_OK) {
        dataset->index_base = 1; /* so that column j is the (j + 1)-th, as in text */
        dataset->feature_name = self.names.word;
        self.names.word = NULL;
        self.names.count = 0;
    }
    features_free(&self);
    return status;
}
