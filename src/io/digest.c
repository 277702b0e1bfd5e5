/* What identifies the content of a data set: a sum, modulo 2^64, of hashes of its parts, so that the order in which the parts are
 * read does not matter, nor how they are stored.
 *     value x of row i and column j:  h(h(bits of x, row i + KEY_2 j))      where x is not 0
 *     label of row i:                 the same of column -1, the bits those of y or, of a word, its hash
 *     name of column j:               the same of row -1, the bits those of its hash; unless all are called 1, 2, 3 ... */
#include <string.h>

#include "base/hash.h"
#include "base/threads.h"
#include "ermopt/dataset.h"
#include "io/column_names.h"

enum { BLOCK_VALUES = 1 << 16 };

/* Odd; digits of pi behind those of hash.c. */
#define KEY_1 UINT64_C(0x452821e638d01377)
#define KEY_2 UINT64_C(0xbe5466cf34e90c6d)
#define KEY_3 UINT64_C(0xc0ac29b7c97c50dd)
#define KEY_4 UINT64_C(0x3f84d5b5b5470917)

static uint64_t row_key(int64_t row) { return erm__fold((uint64_t)row ^ KEY_3, KEY_4) ^ (uint64_t)row; }

static uint64_t part(uint64_t row, int64_t column, uint64_t bits)
{
    const uint64_t place = row + (uint64_t)column * KEY_2;
    return erm__fold(erm__fold(bits ^ KEY_1, place) ^ bits, KEY_4);
}

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* ---- values --------------------------------------------------------------------------------------------------------- */

typedef struct sum {
    int64_t begin; /* the row that the call numbers 0 */
    uint64_t total;
} sum;

static void add_piece(const erm_piece *piece, void *context)
{
    sum *const to = context;
    const uint64_t line = piece->column ? 0 : row_key(to->begin + piece->line);
    uint64_t total = 0;
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = piece->first + (piece->index ? piece->index[p] : p);
        const uint64_t row = piece->column ? row_key(to->begin + place) : line;
        const uint64_t one = part(row, piece->column ? piece->line : place, bits_of(piece->value[p]));
        total += piece->value[p] != 0 ? one : 0;
    }
    to->total += total;
}

/* Sums of whole numbers are the same in any order. */
static uint64_t sum_of_values(const erm_matrix *X)
{
    const int64_t n = X->rows;
    if (n == 0) return 0;
    int64_t block = BLOCK_VALUES / (X->nnz / n + 1) + 1;
    if (X->ops->by_columns && block < (n + 15) / 16) block = (n + 15) / 16;
    const int threads = X->nnz > BLOCK_VALUES ? erm__threads_available() : 1;
    uint64_t total = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) reduction(+ : total) if (threads > 1)
    for (int64_t begin = 0; begin < n; begin += block) {
        sum of_block = {.begin = begin};
        X->ops->scan(X, (erm_rows){.begin = begin, .count = n - begin < block ? n - begin : block}, add_piece, &of_block);
        total += of_block.total;
    }
    return total;
}

/* ---- labels and names ----------------------------------------------------------------------------------------------- */

static uint64_t word_hash(const char *word) { return erm__hash_of(word, strlen(word)); }

static uint64_t sum_of_labels(const erm_dataset *dataset)
{
    uint64_t total = 0;
    for (int64_t i = 0; i < dataset->rows; i++) {
        const double y = dataset->y[i];
        const uint64_t bits = !dataset->label_name ? bits_of(y == 0 ? 0 : y) : word_hash(dataset->label_name[(int64_t)y]);
        total += part(row_key(i), -1, bits);
    }
    return total;
}

static uint64_t sum_of_names(const erm_dataset *dataset)
{
    uint64_t total = 0;
    if (!erm__has_names(dataset)) return 0;
    for (int64_t j = 0; j < dataset->cols; j++) total += part(row_key(-1), j, word_hash(dataset->feature_name[j]));
    return total;
}

uint64_t erm_dataset_digest(const erm_dataset *dataset, const erm_matrix *X)
{
    const erm_csr own = erm_dataset_matrix(dataset);
    const uint64_t values = sum_of_values(X ? X : &own.base);
    const uint64_t all = values + sum_of_labels(dataset) + sum_of_names(dataset);
    return erm__fold(all ^ KEY_1, erm__fold((uint64_t)dataset->rows ^ KEY_2, (uint64_t)dataset->cols ^ KEY_3) ^ KEY_4) ^ all;
}
