/* Labels as classes: which there are, and the number of each row's. Distinct numbers are found by hashing, so that many rows of
 * few classes cost one look-up a row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "ermopt/dataset.h"
#include "io/words.h"

enum { FIRST_SLOTS = 64 };

/* ---- distinct numbers ---------------------------------------------------------------------------------------------- */

/* A set of numbers: open addressing, an empty slot is NaN. */
typedef struct number_set {
    double *slot;
    int64_t slots, count; /* slots is a power of two */
} number_set;

/* The multiplier is 2^64 over the golden ratio (Knuth, TAOCP 3, section 6.4). */
static double *slot_of(const number_set *set, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    bits *= UINT64_C(0x9e3779b97f4a7c15);
    int64_t s = (int64_t)((bits ^ (bits >> 32)) & (uint64_t)(set->slots - 1));
    while (!isnan(set->slot[s]) && set->slot[s] != number) s = (s + 1) & (set->slots - 1);
    return &set->slot[s];
}

static bool enlarge(number_set *set)
{
    number_set larger = {.slots = set->slots > 0 ? 2 * set->slots : FIRST_SLOTS, .count = set->count};
    larger.slot = malloc((size_t)larger.slots * sizeof *larger.slot);
    if (!larger.slot) return false;
    for (int64_t s = 0; s < larger.slots; s++) larger.slot[s] = NAN;
    for (int64_t s = 0; s < set->slots; s++)
        if (!isnan(set->slot[s])) *slot_of(&larger, set->slot[s]) = set->slot[s];
    free(set->slot);
    *set = larger;
    return true;
}

/* At most half of the slots are taken. NaN is in no set. */
static bool add_number(number_set *set, double number)
{
    if (isnan(number)) return true;
    if (set->count >= set->slots / 2 && !enlarge(set)) return false;
    if (number == 0) number = 0; /* also -0 */
    double *slot = slot_of(set, number);
    if (isnan(*slot)) {
        *slot = number;
        set->count++;
    }
    return true;
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Moves the numbers to the front, rising. */
static void sort_numbers(number_set *set)
{
    int64_t count = 0;
    for (int64_t s = 0; s < set->slots; s++)
        if (!isnan(set->slot[s])) set->slot[count++] = set->slot[s];
    if (count > 0) qsort(set->slot, (size_t)count, sizeof *set->slot, compare_numbers);
}

/* ---- the classes --------------------------------------------------------------------------------------------------- */

static int compare_words(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Adds a copy of `name`; there is room for it. */
static bool add_class(erm_classes *classes, const char *name)
{
    const size_t size = strlen(name) + 1;
    char *copy = malloc(size);
    if (!copy) return false;
    classes->name[classes->count++] = memcpy(copy, name, size);
    return true;
}

static bool make_room(erm_classes *classes, int64_t count)
{
    classes->name = malloc((size_t)(count > 0 ? count : 1) * sizeof *classes->name);
    return classes->name;
}

static bool classes_of_words(const erm_dataset *dataset, erm_classes *classes)
{
    if (!make_room(classes, dataset->label_names)) return false;
    for (int64_t c = 0; c < dataset->label_names; c++)
        if (!add_class(classes, dataset->label_name[c])) return false;
    if (classes->count > 0) qsort(classes->name, (size_t)classes->count, sizeof *classes->name, compare_words);
    return true;
}

static bool classes_of_numbers(const erm_dataset *dataset, erm_classes *classes)
{
    number_set set = {0};
    bool ok = true;
    for (int64_t i = 0; i < dataset->rows && ok; i++) ok = add_number(&set, dataset->y[i]);
    ok = ok && make_room(classes, set.count);
    if (ok) sort_numbers(&set);
    for (int64_t c = 0; c < set.count && ok; c++) {
        char name[ERM_NUMBER_SIZE];
        erm__number_format_shortest(set.slot[c], name);
        ok = add_class(classes, name);
    }
    free(set.slot);
    return ok;
}

erm_status erm_dataset_classes(const erm_dataset *dataset, erm_classes *classes)
{
    *classes = (erm_classes){0};
    if (dataset->label_name ? classes_of_words(dataset, classes) : classes_of_numbers(dataset, classes)) return ERM_OK;
    erm_classes_free(classes);
    return ERM_ENOMEM;
}

void erm_classes_free(erm_classes *classes)
{
    if (!classes) return;
    erm__strings_free(classes->name, classes->count);
    *classes = (erm_classes){0};
}
