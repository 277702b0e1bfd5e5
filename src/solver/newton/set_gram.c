/* The Gram matrix of some columns of X over some of its rows: the rows are written out block by
 * block, and multiplied by tiles. */
#include "solver/newton/set_gram.h"

#include <string.h>

#include "matrix/scan.h"

enum { BLOCK_ROWS = 4 * ERM_SYRK_ROWS, PANELS_A_PART = 2 };

bool erm__set_gram_suits(const erm_matrix *X) { return erm__can_scan(X); }

void erm__set_gram_take(erm__set_gram *self, erm_run *run, int64_t room)
{
    self->room = room;
    self->place = erm_run_take_bytes(run, run->d, sizeof *self->place);
    if (run->problem->X->ops->by_columns) self->slot = erm_run_take_bytes(run, run->workspace->n, sizeof *self->slot);
    self->block = erm__run_scratch(run, BLOCK_ROWS * room);
    self->centre = erm_run_take(run, room);
    self->packed = erm__run_scratch(run, erm__panels(room + 1) * ERM_PANEL * ERM_SYRK_ROWS);
    self->x = erm_run_take_bytes(run, ERM_SYRK_ROWS, sizeof *self->x);
    if (!erm_run_ok(run)) return;
    for (int64_t j = 0; j < run->d; j++) self->place[j] = -1;
    for (int64_t i = 0; self->slot && i < run->workspace->n; i++) self->slot[i] = -1;
}

/* What a visit writes to. */
typedef struct block {
    const erm__set_gram *gram;
    int64_t count, first; /* columns; the number of the call's first row, where rows have slots */
} block;

static void write_piece(const erm_piece *piece, void *context)
{
    const block *const to = context;
    const erm__set_gram *const gram = to->gram;
    const int32_t own = piece->column ? gram->place[piece->line] : 0;
    if (own < 0) return;
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = erm__piece_place(piece, p), row = piece->column ? place : piece->line;
        const int64_t slot = gram->slot ? gram->slot[to->first + row] : row, column = piece->column ? own : gram->place[place];
        if (slot >= 0 && column >= 0) gram->block[slot * to->count + column] = piece->value[p];
    }
}

static void write_block(erm__set_gram *self, const erm_matrix *X, int64_t count, int64_t rows, const int64_t *list)
{
    memset(self->block, 0, (size_t)(rows * count) * sizeof(double));
    block to = {.gram = self, .count = count, .first = list[0]};
    if (!self->slot) {
        X->ops->scan(X, (erm_rows){.count = rows, .list = list}, write_piece, &to);
        return;
    }
    for (int64_t t = 0; t < rows; t++) self->slot[list[t]] = (int32_t)t;
    X->ops->scan(X, (erm_rows){.begin = list[0], .count = list[rows - 1] - list[0] + 1}, write_piece, &to);
    for (int64_t t = 0; t < rows; t++) self->slot[list[t]] = -1;
}

/* A's lower triangle += the block's rows. */
static void add_block(erm__set_gram *self, const erm_run *run, int64_t count, int64_t m, int64_t rows, const double *h, double *A)
{
    const erm__packed packed = {.m = m, .left = self->packed, .right = self->packed};
    const int64_t panels = erm__panels(m);
    const int threads = run->workspace->threads;
    for (int64_t begin = 0; begin < rows; begin += ERM_SYRK_ROWS) {
        const int64_t some = rows - begin < ERM_SYRK_ROWS ? rows - begin : ERM_SYRK_ROWS;
        for (int64_t t = 0; t < some; t++) self->x[t] = self->block + (begin + t) * count;
        erm__syrk_pack(&packed, 0, some, count, self->x, run->centre ? self->centre : NULL, h + begin);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (threads > 1 && panels > 4 * PANELS_A_PART)
        for (int64_t p = 0; p < panels; p += PANELS_A_PART)
            erm__syrk_add(&packed, some, p, p + PANELS_A_PART < panels ? p + PANELS_A_PART : panels, NULL, 0, A);
    }
}

void erm__set_gram_sum(erm__set_gram *self, erm_run *run, int64_t count, const int32_t *columns, int64_t rows,
                       const int64_t *list, const double *h, double *A)
{
    const int64_t m = count + (run->problem->intercept ? 1 : 0);
    const double scale = 1 / run->workspace->total_weight;
    memset(A, 0, (size_t)(m * m) * sizeof *A);
    for (int64_t t = 0; t < count; t++) {
        self->place[columns[t]] = (int32_t)t;
        if (run->centre) self->centre[t] = run->centre[columns[t]];
    }
    for (int64_t begin = 0; begin < rows; begin += BLOCK_ROWS) {
        const int64_t some = rows - begin < BLOCK_ROWS ? rows - begin : BLOCK_ROWS;
        write_block(self, run->problem->X, count, some, list + begin);
        add_block(self, run, count, m, some, h + begin, A);
    }
    for (int64_t t = 0; t < count; t++) self->place[columns[t]] = -1;
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j <= i; j++) A[j * m + i] = A[i * m + j] *= scale;
    run->passes += (double)rows / (double)run->workspace->n;
}
