/* Rows of X gathered into rows of directions, a block at a time. */
#include <string.h>

#include "base/syrk.h"
#include "matrix/scan.h"
#include "problem/smoother.h"
#include "problem/sweep.h"
#include "problem/take.h"

typedef struct gathering {
    const erm__smoother *to;
    erm__workspace *ws;
    int64_t samples; /* at a time */
    double *rows;    /* samples k rows of m */
    double *shift;   /* k x m: what centred columns take off the rows */
    double *taken;   /* for matrices without scan */
    bool scans;
} gathering;

static erm_status take_memory(gathering *self)
{
    erm__workspace *ws = self->ws;
    const int64_t k = ws->k, m = self->to->m;
    self->samples = erm__smoother_samples(ws);
    self->rows = erm__arena_doubles(&ws->arena, self->samples * k * m);
    self->shift = erm__arena_doubles(&ws->arena, k * m);
    self->taken = erm__arena_doubles(&ws->arena, self->scans ? 0 : erm__take_scratch(ws->d));
    return ws->arena.failed ? ERM_ENOMEM : ERM_OK;
}

static void gather_piece(const erm_piece *piece, void *context)
{
    const gathering *self = context;
    const int64_t k = self->ws->k, m = self->to->m;
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = erm__piece_place(piece, p);
        const int64_t j = piece->column ? piece->line : place, row = piece->column ? place : piece->line;
        for (int64_t c = 0; c < k; c++) {
            const int64_t i = j * k + c, direction = self->to->direction[i];
            if (direction >= 0) self->rows[(row * k + c) * m + direction] += self->to->along[i] * piece->value[p];
        }
    }
}

/* rows = those of `samples` from `begin` on, centred, with the intercepts' ones. */
static void gather(gathering *self, int64_t begin, int64_t samples)
{
    const erm__workspace *ws = self->ws;
    const erm_rows range = {.begin = begin, .count = samples};
    const int64_t k = ws->k, m = self->to->m;
    memset(self->rows, 0, (size_t)(samples * k * m) * sizeof(double));
    if (self->scans) {
        ws->problem->X->ops->scan(ws->problem->X, range, gather_piece, self);
    } else {
        erm__taken taken;
        erm__take_rows(ws->problem->X, range, self->taken, &taken);
        for (int64_t t = 0; t < samples; t++) gather_piece(&(erm_piece){.line = t, .count = ws->d, .value = taken.x[t]}, self);
    }
    for (int64_t r = 0; r < samples * k; r++) {
        double *const row = self->rows + r * m;
        for (int64_t p = 0; p < self->to->count; p++) row[p] -= self->shift[r % k * m + p];
        if (ws->problem->intercept) row[self->to->count + r % k] = 1;
    }
}

/* The columns' means, gathered as a row of X is. mean: 2 d */
static void set_shift(gathering *self, double *mean)
{
    erm__workspace *ws = self->ws;
    if (!ws->problem->intercept) return;
    erm__column_means(ws, mean + ws->d, mean);
    gathering shift = *self;
    shift.rows = self->shift;
    gather_piece(&(erm_piece){.count = ws->d, .value = mean}, &shift);
}

int64_t erm__smoother_samples(const erm__workspace *ws)
{
    int64_t samples = ws->n < ERM_SYRK_ROWS ? ws->n : ERM_SYRK_ROWS;
    if (!erm__can_scan(ws->problem->X) && samples > ERM_TAKE_ROWS) samples = ERM_TAKE_ROWS;
    return ws->k > 1 ? 1 + samples / ws->k : samples;
}

erm_status erm__smoother_rows(const erm__smoother *smoother, erm__workspace *ws, erm__smoother_visit visit, void *context)
{
    gathering self = {.to = smoother, .ws = ws, .scans = erm__can_scan(ws->problem->X)};
    double *const mean = erm__arena_doubles(&ws->arena, 2 * ws->d);
    if (take_memory(&self)) return ERM_ENOMEM;
    set_shift(&self, mean);
    for (int64_t begin = 0; begin < ws->n; begin += self.samples) {
        const int64_t samples = ws->n - begin < self.samples ? ws->n - begin : self.samples;
        gather(&self, begin, samples);
        visit(begin, samples, self.rows, context);
    }
    return ERM_OK;
}
