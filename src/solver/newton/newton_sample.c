/* A problem of some of the rows, whose solution is where to start: what many rows have to say in the first steps, far from the
 * minimum, a few can say (Byrd, Chin, Nocedal, Wu 2012, "Sample size selection in optimization methods for machine learning").
 * One row is drawn from each of as many runs of rows of equal length. */
#include "solver/newton/newton_sample.h"

#include <string.h>

enum { ROWS_A_COLUMN = 20, LEAST_ROWS_A_COLUMN = 5, SHARE = 16, MOST_SHARE = 8, LEAST = 500 };

int64_t erm__subproblem_rows(const erm_run *run)
{
    const erm__workspace *ws = run->workspace;
    const int64_t m = ws->size / ws->k, most = ws->n / MOST_SHARE;
    if (ws->k > 1 || ws->problem->X->ops->by_columns || most < LEAST || most / LEAST_ROWS_A_COLUMN < m) return 0;
    const int64_t wanted = ROWS_A_COLUMN * m > ws->n / SHARE ? ROWS_A_COLUMN * m : ws->n / SHARE;
    return wanted < most ? wanted : most;
}

/* Those of `width` values a row that belong to the rows of the list; NULL if `from` is. */
static const double *gather(erm__arena *arena, const double *from, int64_t rows, int64_t width, const int64_t *list)
{
    double *const to = from ? erm__arena_doubles(arena, rows * width) : NULL;
    for (int64_t t = 0; to && t < rows; t++) memcpy(to + t * width, from + list[t] * width, (size_t)width * sizeof(double));
    return to;
}

static int64_t *draw(erm__arena *arena, erm_rng rng, int64_t n, int64_t rows)
{
    int64_t *const list = erm__arena_take(arena, rows, sizeof *list);
    for (int64_t t = 0; list && t < rows; t++) {
        const int64_t begin = t * n / rows, end = (t + 1) * n / rows;
        list[t] = begin + (int64_t)erm_rng_below(&rng, (uint64_t)(end - begin));
    }
    return list;
}

erm_status erm__subproblem_open(erm__subproblem *self, const erm_run *run, int64_t rows)
{
    const erm__workspace *whole = run->workspace;
    erm__arena arena = {0};
    const int64_t *const list = draw(&arena, run->rng, whole->n, rows);
    self->problem = *run->problem;
    if (list) {
        self->X = erm_rows_view_of(run->problem->X, rows, list);
        self->problem.X = &self->X.base;
        self->problem.y = gather(&arena, run->problem->y, rows, whole->targets, list);
        self->problem.weight = gather(&arena, run->problem->weight, rows, 1, list);
        self->problem.offset = gather(&arena, run->problem->offset, rows, whole->k, list);
    }
    erm_status status = arena.failed ? ERM_ENOMEM : erm__workspace_open(&self->ws, &self->problem, whole->threads);
    erm__arena_join(&self->ws.arena, &arena);
    self->run = *run;
    self->run.problem = &self->problem;
    self->run.workspace = &self->ws;
    self->run.w = erm__arena_doubles(&self->ws.arena, run->size);
    return self->run.w ? status : ERM_ENOMEM;
}

void erm__subproblem_close(erm__subproblem *self, erm_run *run) { erm__arena_join(&run->workspace->arena, &self->ws.arena); }
