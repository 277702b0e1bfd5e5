/* The table of "auto": the first line whose condition holds and whose solver can do the
 * problem (suits.c). docs/solvers.md explains it. */
#include "solver/choose.h"

#include <math.h>

#include "solver/suits.h"

enum {
    MOST_GRAM_COLS = 4000,      /* d^2 doubles are 128 MB, and a factor some seconds */
    MOST_NEWTON_COLS = 1000,    /* a factor takes less than 0.1 s */
    MOST_ROWS_OF_ROWS = 1000,   /* the same for a matrix of rows */
    SAMPLE_ROWS_A_COLUMN = 20,  /* from so many on, a sample of the rows is a good preconditioner */
    MOST_DIRECT_WORK = 1000000, /* n d^2: some milliseconds */
    ROWS_A_COLUMN_OF_ALM = 10,  /* from so many on, the rows near a kink are few */
    MOST_SAMPLE_COLS = 400,     /* the Hessian of 100 rows a column takes some tenths of a second */
    MANY_VALUES = 1 << 20,      /* of X: no cache holds more, so that a pass over them is what a step costs */
    PLACES = 16,
    ROWS_AT_EACH = 16 /* where rows are looked at */
};

/* Of dual coordinate ascent against Newton's method by conjugate gradients, on text and on sparse rows
 * of any kind: as measured. */
static const double MOST_COUPLING_OF_TEXT = 64, MOST_COUPLING = 1;

typedef struct rule {
    bool (*holds)(const erm_problem *problem);
    erm_solver solver;
    const char *why;
} rule;

static bool always(const erm_problem *p) { return p != NULL; }
static bool has_a_kink(const erm_problem *p) { return !p->loss.ops->differentiable; }
static bool is_small(const erm_problem *p)
{
    const double n = (double)p->X->rows, d = (double)p->X->cols;
    return (n + d) * d * d <= MOST_DIRECT_WORK;
}
static bool has_few_columns(const erm_problem *p) { return p->X->cols <= MOST_NEWTON_COLS; }
static bool has_a_gram_matrix(const erm_problem *p) { return p->X->cols <= MOST_GRAM_COLS; }
static bool is_tall(const erm_problem *p) { return p->X->rows >= 2 * p->X->cols && has_a_gram_matrix(p); }
static bool has_few_rows_near_kinks(const erm_problem *p)
{
    return p->X->rows >= ROWS_A_COLUMN_OF_ALM * p->X->cols && !p->X->ops->by_columns;
}
static bool is_tall_with_few_columns(const erm_problem *p) { return has_few_columns(p) && has_few_rows_near_kinks(p); }
static bool is_tall_with_a_gram_matrix(const erm_problem *p) { return has_a_gram_matrix(p) && has_few_rows_near_kinks(p); }
static bool is_very_tall(const erm_problem *p)
{
    return p->loss.ops != erm_loss_squared().ops && p->X->cols <= MOST_GRAM_COLS &&
           p->X->rows >= SAMPLE_ROWS_A_COLUMN * p->X->cols && !is_small(p);
}
static bool has_few_columns_of_rows(const erm_problem *p)
{
    return is_very_tall(p) && p->X->cols <= MOST_SAMPLE_COLS && p->X->rows >= 2 * SAMPLE_ROWS_A_COLUMN * p->X->cols &&
           !p->X->ops->by_columns;
}
/* Dense rows, and a penalty that bends along every feature. */
static bool has_dense_rows(const erm_problem *p)
{
    const erm_regularizer *R = &p->regularizer;
    return !p->X->ops->sparse && !p->X->ops->by_columns && R->ops->modulus && R->ops->modulus(R, p->X->cols) > 0;
}
static bool has_few_dense_columns(const erm_problem *p)
{
    return has_few_columns_of_rows(p) && has_dense_rows(p) && p->X->nnz >= MANY_VALUES;
}

/* The mean ||x||^2 of some rows, in short runs at equal distances. */
static double square_of_rows(const erm_matrix *X)
{
    double square[ROWS_AT_EACH], sum = 0, seen = 0;
    for (int64_t place = 0; place < PLACES; place++) {
        const int64_t begin = place * X->rows / PLACES, end = (place + 1) * X->rows / PLACES, all = end - begin;
        const int64_t count = all < ROWS_AT_EACH ? all : ROWS_AT_EACH;
        if (count == 0) continue;
        X->ops->row_sqnorms(X, (erm_rows){.begin = begin, .count = count}, square);
        for (int64_t t = 0; t < count; t++) sum += square[t];
        seen += (double)count;
    }
    return seen > 0 ? sum / seen : 0;
}

/* c = C ||x||^2 / (lambda S), C the curvature of the loss: an epoch of dual coordinate ascent leaves at most exp(-1 / (1 + c)) of
 * the gap, on average (Shalev-Shwartz and Zhang 2013, theorem 5); INFINITY where that is nothing. */
static double coupling(const erm_problem *p)
{
    const int64_t k = p->k ? p->k : 1;
    const double curvature = p->loss.ops->curvature(&p->loss, k);
    const double modulus = p->regularizer.ops->modulus ? p->regularizer.ops->modulus(&p->regularizer, p->X->cols) : 0;
    double S = p->weight ? 0 : (double)p->X->rows;
    for (int64_t i = 0; p->weight && i < p->X->rows; i++) S += p->weight[i];
    return isfinite(curvature) && modulus > 0 ? curvature * square_of_rows(p->X) / (modulus * S) : INFINITY;
}

/* Rows that are hardly more alike than chance has it: the dual is far better than its bound. Losses with straight parts
 * leave most rows at rest. */
static bool is_text(const erm_problem *p)
{
    return p->loss.ops->classifies && p->X->ops->sparse && p->X->cols > p->X->rows &&
           (p->loss.ops->dual_form || coupling(p) <= MOST_COUPLING_OF_TEXT);
}
static bool is_penalised_well(const erm_problem *p)
{
    if (!p->X->ops->sparse || p->k > 1 || p->loss.ops == erm_loss_squared().ops) return false;
    const double c = coupling(p);
    return c > 0 && c <= MOST_COUPLING && !erm__suits(p, erm_solver_newton_cg(NULL), NULL);
}
/* Without a penalty that bends along every feature there is no matrix of the rows. */
static bool has_few_rows(const erm_problem *p)
{
    const erm_regularizer *R = &p->regularizer;
    return p->X->rows <= MOST_ROWS_OF_ROWS && 10 * p->X->rows < 6 * p->X->cols && R->ops->modulus &&
           R->ops->modulus(R, p->X->cols) > 0;
}

erm_solver erm__choose_solver(const erm_problem *problem, const char **why)
{
    const rule rules[] = {
        {is_small, erm_solver_direct(NULL), "least squares on so few data: orthogonal factors, the most digits"},
        {is_tall_with_few_columns, erm_solver_alm(NULL),
         "straight lines and far more rows than columns: Newton steps on the rows near a kink"},
        {has_few_columns, erm_solver_interior(NULL), "straight lines and few columns: Newton steps on the barrier, any scaling"},
        {has_a_kink, erm_solver_dual(NULL), "many columns: one dual variable at a time, for rows that are cheap to read"},
        {is_tall_with_a_gram_matrix, erm_solver_alm(NULL),
         "straight lines, no strong convexity and many rows: Newton steps on the rows near a kink"},
        {has_a_gram_matrix, erm_solver_interior(NULL), "straight lines and no strong convexity: Newton steps on the barrier"},
        {has_a_kink, erm_solver_multipliers(NULL),
         "a loss with a kink: smoothed around what is found, again and again, for a solver that suits the penalty"},
        {is_text, erm_solver_dual(NULL), "classes from sparse rows with more columns than rows: one dual variable at a time"},
        {has_few_dense_columns, erm_solver_prox_newton(NULL),
         "far more dense rows than columns: Newton steps on a sample's Hessian, a pass over X each"},
        {is_very_tall, erm_solver_newton_cg(NULL),
         "far more rows than columns: Newton's method, preconditioned by a sample of rows"},
        {has_few_rows, erm_solver_newton(NULL), "few rows: Newton's method on the matrix of the rows"},
        {has_few_columns, erm_solver_newton(NULL), "few columns: Newton's method with the factored Hessian"},
        {is_penalised_well, erm_solver_dual(NULL),
         "sparse rows and a penalty as strong as one row's curvature: one dual variable at a time, some ten epochs"},
        {always, erm_solver_newton_cg(NULL), "a smooth problem: Newton's method by conjugate gradients"},
        {is_tall, erm_solver_gram(NULL),
         "squared loss and more rows than columns: coordinates on the Gram matrix, X is read a few times"},
        {has_few_columns_of_rows, erm_solver_prox_newton(NULL),
         "far more rows than columns: proximal Newton steps on a sample's Hessian, a pass over X each"},
        {always, erm_solver_cd(NULL), "a penalty on coordinates, rows or groups: coordinate descent on working sets"},
        {always, erm_solver_prox(NULL), "a differentiable loss and a penalty with a prox: accelerated proximal gradient"},
    };
    for (size_t row = 0; row < sizeof rules / sizeof *rules; row++) {
        if (problem->X->out_of_core && rules[row].solver.ops->needs & ERM_NEEDS_COLUMNS) continue; /* a copy might not fit */
        if (rules[row].holds(problem) && erm__suits(problem, rules[row].solver, NULL) == ERM_OK) {
            *why = rules[row].why;
            return rules[row].solver;
        }
    }
    *why = "only stochastic gradients take this loss and penalty: a quick answer";
    return erm_solver_sgd(NULL);
}
