/* Hashes of a problem and of what solves it. Data are hashed as they are stored, where they can be read piece by piece; else, and
 * of penalties whose data have no size that is known here, what they make of random numbers. */
#include "solver/fingerprint.h"

#include <string.h>

#include "base/hash.h"
#include "ermopt/version.h"
#include "matrix/scan.h"
#include "problem/sweep.h"

static void add_text(erm__hash *hash, const char *text) { erm__hash_add(hash, text, strlen(text) + 1); }

static void add_doubles(erm__hash *hash, const double *x, int64_t count)
{
    const bool given = x != NULL;
    erm__hash_add(hash, &given, sizeof given);
    if (given && count > 0) erm__hash_add(hash, x, (size_t)count * sizeof *x);
}

static uint64_t library_mark(void)
{
    erm__hash hash = erm__hash_begin();
    const int64_t layout[] = {ERM_VERSION_MAJOR, ERM_VERSION_MINOR, ERM_VERSION_PATCH, (int64_t)sizeof(void *), 1};
    erm__hash_add(&hash, layout, sizeof layout);
    return erm__hash_end(&hash);
}

static uint64_t text_mark(const char *text) { return erm__hash_of(text, strlen(text)); }

static uint64_t shape_mark(const erm_problem *problem)
{
    const erm_matrix *X = problem->X;
    const int64_t shape[] = {X->rows, X->cols, X->nnz, problem->k, problem->intercept};
    return erm__hash_of(shape, sizeof shape);
}

static uint64_t loss_mark(const erm_loss *loss)
{
    erm__hash hash = erm__hash_begin();
    add_text(&hash, loss->ops->name);
    add_doubles(&hash, &loss->param, 1);
    return erm__hash_end(&hash);
}

static void fill_random(int64_t count, double *x)
{
    erm_rng rng = erm_rng_seed(4);
    for (int64_t j = 0; j < count; j++) x[j] = erm_rng_normal(&rng);
}

/* R and its prox at random points: near 0, where a prox tells kinks apart, and beyond all bounds, which it then returns. */
static void add_behaviour(const erm__certifier *certifier, erm__hash *hash)
{
    const erm__workspace *ws = certifier->ws;
    const erm_regularizer *R = &ws->problem->regularizer;
    const int64_t entries = ws->d * ws->k;
    static const double sizes[] = {1, 1e30, -1e30};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        double values[2];
        fill_random(entries, certifier->trial);
        for (int64_t j = 0; j < entries; j++) certifier->trial[j] *= sizes[s];
        values[0] = R->ops->value(R, certifier->shape, certifier->trial);
        R->ops->prox(R, certifier->shape, 1, NULL, certifier->trial, certifier->trial);
        values[1] = R->ops->value(R, certifier->shape, certifier->trial);
        add_doubles(hash, values, 2);
        add_doubles(hash, certifier->trial, entries);
    }
}

static uint64_t penalty_mark(const erm__certifier *certifier)
{
    const erm__workspace *ws = certifier->ws;
    const erm_regularizer *R = &ws->problem->regularizer;
    erm__hash hash = erm__hash_begin();
    add_text(&hash, R->ops->name);
    add_doubles(&hash, R->param, sizeof R->param / sizeof *R->param);
    add_doubles(&hash, R->factor, ws->d);
    if (R->data) add_behaviour(certifier, &hash);
    return erm__hash_end(&hash);
}

static uint64_t targets_mark(const erm__workspace *ws)
{
    const erm_problem *problem = ws->problem;
    erm__hash hash = erm__hash_begin();
    add_doubles(&hash, problem->y, ws->n * ws->targets);
    add_doubles(&hash, problem->weight, ws->n);
    add_doubles(&hash, problem->offset, ws->n * ws->k);
    return erm__hash_end(&hash);
}

static void add_piece(const erm_piece *piece, void *context)
{
    const int64_t head[] = {piece->column, piece->line, piece->first, piece->count};
    erm__hash_add(context, head, sizeof head);
    add_doubles(context, piece->value, piece->count);
    if (piece->index && piece->count > 0) erm__hash_add(context, piece->index, (size_t)piece->count * sizeof *piece->index);
}

static uint64_t data_mark(erm__certifier *certifier)
{
    erm__workspace *ws = certifier->ws;
    const erm_matrix *X = ws->problem->X;
    erm__hash hash = erm__hash_begin();
    add_text(&hash, X->ops->name);
    if (erm__can_scan(X)) {
        X->ops->scan(X, erm__all_rows(ws), add_piece, &hash);
    } else {
        fill_random(ws->size, certifier->trial);
        certifier->is_at_zero = false;
        erm__sweep_margins(ws, NULL, certifier->trial, false, certifier->margin);
        add_doubles(&hash, certifier->margin, ws->n * ws->k);
    }
    return erm__hash_end(&hash);
}

void erm__fingerprint_take(erm__certifier *certifier, const erm_run *run, const erm_solver_ops *solver, uint64_t seed,
                           erm__fingerprint *print)
{
    const erm_problem *problem = run->problem;
    *print = (erm__fingerprint){.mark = {[ERM_MARK_LIBRARY] = library_mark(),
                                         [ERM_MARK_SOLVER] = text_mark(solver->name),
                                         [ERM_MARK_SEED] = seed,
                                         [ERM_MARK_SHAPE] = shape_mark(problem),
                                         [ERM_MARK_LOSS] = loss_mark(&problem->loss),
                                         [ERM_MARK_PENALTY] = penalty_mark(certifier),
                                         [ERM_MARK_TARGETS] = targets_mark(certifier->ws),
                                         [ERM_MARK_DATA] = data_mark(certifier)}};
}

const char *erm__fingerprint_difference(const erm__fingerprint *a, const erm__fingerprint *b, int count)
{
    static const char *const names[ERM_MARKS] = {[ERM_MARK_LIBRARY] = "version of the library",
                                                 [ERM_MARK_SOLVER] = "solver",
                                                 [ERM_MARK_SEED] = "seed",
                                                 [ERM_MARK_SHAPE] = "shape of the problem",
                                                 [ERM_MARK_LOSS] = "loss",
                                                 [ERM_MARK_PENALTY] = "penalty",
                                                 [ERM_MARK_TARGETS] = "set of labels, weights or offsets",
                                                 [ERM_MARK_DATA] = "data matrix",
                                                 [ERM_MARK_PARAMETERS] = "parameter of the solver"};
    for (int m = 0; m < count; m++)
        if (a->mark[m] != b->mark[m]) return names[m];
    return NULL;
}
