/* Sizes, threads and memory for the walk over X. */
#include "problem/workspace.h"

#include "base/threads.h"

enum {
    BLOCK_BYTES = 256 * 1024, /* of X: half of a small L2 cache */
    MOST_BLOCK_ROWS = 1024,
    LARGE_BLOCK_BYTES = 1024 * 1024,
    LEAST_COLUMN_RUN = 64,
    LEAST_SPARSE_RUN = 8, /* values of each column, on average */
    MOST_LANES = 16,      /* more than enough for the threads that share one memory bus */
    LANE_WORK = 16        /* a lane must multiply this many numbers for each that its gradient costs to add up */
};

static int64_t clamp(int64_t x, int64_t low, int64_t high) { return x < low ? low : x > high ? high : x; }

static int64_t largest(int64_t a, int64_t b) { return a > b ? a : b; }

/* Rows that fit in cache together, in fours, as the dense kernels take them. Of columns, so many that each gives a run of values
 * worth reading, or a quarter of them all where those do not fit in a large cache: X is then read twice. */
static int64_t rows_of_a_block(const erm_matrix *X, int64_t values_a_row)
{
    const int64_t row = values_a_row * (int64_t)sizeof(double);
    int64_t rows = clamp(BLOCK_BYTES / row, 4, MOST_BLOCK_ROWS) / 4 * 4;
    if (X->ops->by_columns && X->ops->sparse)
        rows = largest(rows, clamp(LEAST_SPARSE_RUN * X->cols / values_a_row, 1, (X->rows + 3) / 4));
    if (X->ops->by_columns && rows < LEAST_COLUMN_RUN)
        rows = LEAST_COLUMN_RUN * row <= LARGE_BLOCK_BYTES ? LEAST_COLUMN_RUN : largest(LEAST_COLUMN_RUN, (X->rows + 3) / 4);
    return rows < X->rows ? rows : X->rows;
}

/* Lanes and blocks depend on the problem alone, never on the number of threads: so do the bits of every sum. */
static void choose_sizes(erm__workspace *ws)
{
    const erm_problem *problem = ws->problem;
    ws->n = problem->X->rows;
    ws->d = problem->X->cols;
    ws->k = problem->k ? problem->k : 1;
    ws->size = erm_problem_size(problem);
    ws->targets = problem->loss.ops->target_per_output ? ws->k : 1;
    const int64_t first = !problem->X->ops->sparse ? ws->size + 2 * ws->d : ws->k == 1 ? 2 * ws->d + 1 : 0; /* see first_look.c */
    ws->lane_length = largest(largest(ws->size, first), largest(ws->d, ws->k * (ws->k + 1)));
    const int64_t values = problem->X->nnz > ws->n ? problem->X->nnz : ws->n;
    ws->block = rows_of_a_block(problem->X, largest(1, values / ws->n));
    const int64_t blocks = (ws->n + ws->block - 1) / ws->block;
    ws->lanes = clamp(values / (LANE_WORK * largest(1, ws->d)), 1, blocks < MOST_LANES ? blocks : MOST_LANES);
}

/* With what rounding takes from each sum put back (Kahan 1965): many equal weights would all round to one side. */
static double sum_of_weights(const erm_problem *problem)
{
    if (!problem->weight) return (double)problem->X->rows;
    double total = 0, lost = 0;
    for (int64_t i = 0; i < problem->X->rows; i++) {
        const double part = problem->weight[i] - lost, next = total + part;
        lost = (next - total) - part;
        total = next;
    }
    return total;
}

erm_status erm__workspace_open(erm__workspace *ws, const erm_problem *problem, int threads)
{
    const int wanted = threads > 0 ? threads : erm__threads_available();
    *ws = (erm__workspace){.problem = problem, .threads = wanted < MOST_LANES ? wanted : MOST_LANES};
    choose_sizes(ws);
    ws->total_weight = sum_of_weights(problem);
    erm__arena *arena = &ws->arena;
    const int64_t rows = ws->lanes * ws->block;
    ws->lane_gradient = erm__arena_doubles(arena, ws->lanes * ws->lane_length);
    ws->lane_value = erm__arena_doubles(arena, ws->lanes);
    ws->margin = erm__arena_doubles(arena, rows * ws->k);
    ws->derivative = erm__arena_doubles(arena, rows * ws->k);
    ws->label = erm__arena_doubles(arena, rows * ws->targets);
    ws->weight = erm__arena_doubles(arena, rows);
    ws->offset = erm__arena_doubles(arena, rows * ws->k);
    ws->bias = erm__arena_doubles(arena, ws->k);
    ws->row_value = erm__arena_doubles(arena, ws->lanes * ws->d);
    ws->row_index = erm__arena_take(arena, ws->lanes * ws->d, sizeof(int32_t));
    return arena->failed ? ERM_ENOMEM : ERM_OK;
}

void erm__workspace_close(erm__workspace *ws) { erm__arena_free(&ws->arena); }
