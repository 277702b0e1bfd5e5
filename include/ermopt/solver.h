/* The algorithms, and how to write your own: a solver is a state, `start`, and `step`. erm_solve (solve.h) runs them in the
 * only loop there is, which keeps time, budget, stopping, monitor and certificate. */
#ifndef ERMOPT_SOLVER_H
#define ERMOPT_SOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ermopt/problem.h"
#include "ermopt/rng.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct erm_solver_ops erm_solver_ops;

/* A plain value. params points to the solver's own parameters, borrowed until erm_solve returns; NULL: its defaults. */
typedef struct erm_solver {
    const erm_solver_ops *ops; /* NULL: chosen by erm_solve ("auto") */
    const void *params;
} erm_solver;

/* In every params struct a zero field means its default. */

/* Gradient descent w -= t g, for a differentiable loss and regularizer. */
typedef enum erm_gd_step {
    ERM_GD_BARZILAI_BORWEIN, /* t = s's / s'u, safeguarded by the non-monotone line search of Zhang and Hager (2004): the default */
    ERM_GD_LINE_SEARCH,      /* backtracking from a growing t until Armijo's condition holds */
    ERM_GD_FIXED             /* t = `step`, or 1 / (bound on the curvature of F) if that is 0 */
} erm_gd_step;
typedef struct erm_gd_params {
    erm_gd_step rule;
    double step;
} erm_gd_params;
erm_solver erm_solver_gd(const erm_gd_params *params);

/* Proximal gradient, for a differentiable loss and any regularizer: FISTA with backtracking and adaptive restart. */
typedef struct erm_prox_params {
    bool plain;      /* ISTA: no momentum */
    bool no_restart; /* keep the momentum whatever happens */
} erm_prox_params;
erm_solver erm_solver_prox(const erm_prox_params *params);

/* Stochastic (sub)gradient descent over mini-batches of reshuffled rows, with a prox step for the regularizer. For any loss.
 * A method for a quick answer: expect F within 1e-2 of its minimum, relatively, after 10 epochs and within 1e-3 after 30
 * (many rows) to some hundreds (few, or ill-conditioned); the other solvers go on. For a loss with a kink the derivatives are
 * averaged too, as dual variables: the certified gap then is some percent of F or less; 3 n k doubles. */
typedef enum erm_sgd_step {
    ERM_SGD_AUTO,         /* the smaller of inverse sqrt and inverse; the former where the regularizer has no modulus mu > 0 */
    ERM_SGD_CONSTANT,     /* t = step */
    ERM_SGD_INVERSE_SQRT, /* t = step / sqrt(1 + number of steps / steps per epoch) */
    ERM_SGD_INVERSE,      /* t = min(step, 1 / (mu (number of steps + 1))), Pegasos */
    ERM_SGD_ADAGRAD,      /* Duchi, Hazan, Singer (2011) */
    ERM_SGD_ADAM          /* Kingma, Ba (2015) */
} erm_sgd_step;
typedef struct erm_sgd_params {
    erm_sgd_step rule;
    double step;       /* 0: from the curvature and the row norms */
    int64_t batch;     /* rows a step; 0: chosen so that a step costs about as much in rows as in W */
    double momentum;   /* heavy ball, 0 <= momentum < 1; not with AdaGrad and Adam */
    bool no_averaging; /* answer with the last iterate instead of the average over the last half to three quarters of all steps */
    bool no_shuffle;   /* take the rows in their order */
} erm_sgd_params;
erm_solver erm_solver_sgd(const erm_sgd_params *params);

/* Proximal SVRG (Xiao and Zhang 2014), for a differentiable loss with bounded curvature and any regularizer. */
typedef struct erm_svrg_params {
    double step;      /* 0: from the curvature and the row norms */
    int64_t batch;    /* rows a step; 0: 1 where rows are sparse enough to update W just in time, else a few */
    double inner;     /* passes of stochastic steps after each full gradient; 0: 2, accelerated 1 */
    bool loopless;    /* the number of these steps is random (Kovalev, Horvath, Richtarik 2020) */
    bool accelerated; /* QNing (Lin, Mairal, Harchaoui 2019): L-BFGS on the Moreau envelope, whose steps are epochs of SVRG; half
                         the passes and less where columns are alike. 45 d k doubles. Not for MCP and SCAD: they are as without */
} erm_svrg_params;
erm_solver erm_solver_svrg(const erm_svrg_params *params);

/* SAGA (Defazio, Bach, Lacoste-Julien 2014): as SVRG, but with the derivative of each row at the time when it was drawn last. */
typedef struct erm_saga_params {
    double step;   /* as for SVRG */
    int64_t batch; /* as for SVRG */
    double
        inner; /* passes of stochastic steps between full gradients, which serve to judge the step and take rounding out; 0: 4 */
} erm_saga_params;
erm_solver erm_solver_saga(const erm_saga_params *params);

/* Hogwild (Niu, Recht, Re, Wright 2011): SGD by `threads` threads that move one W without locks, row by row; for sparse rows,
 * where they seldom meet. For any loss, and a regularizer that is a sum over the entries of W and has `advance`.
 * THE ONE SOLVER WHOSE ANSWER IS NOT REPRODUCIBLE: with more than one thread its last digits are chance. Accuracy as SGD. */
typedef struct erm_hogwild_params {
    double step; /* of the first epoch; 0: from the loss and the row norms */
} erm_hogwild_params;
erm_solver erm_solver_hogwild(const erm_hogwild_params *params);

/* Newton's method with the exact Hessian, factored by Cholesky, and a line search on cached margins; for a differentiable
 * loss, one output, and a regularizer that is none, L2 or a distance. Quadratic convergence; ridge and least squares in two
 * steps. Cost of a step: n d^2; memory: a few (d + 1)^2 + 4 n doubles. With n < 0.6 d and a penalty on every feature it works on
 * the n x n matrix of the rows instead: n^2 d once, n^3 a step, memory 2 n^2 + 1000 n + 200 d. No parameters: pass NULL. */
erm_solver erm_solver_newton(const void *params);

/* Truncated Newton's method: the same equations, solved roughly by preconditioned conjugate gradients, each iteration of which
 * reads X once; for a differentiable loss, any number of outputs, and a regularizer that is none, L2 or a distance. For many
 * columns or outputs, and where a Gram matrix of all rows costs more than some passes over X. Superlinear convergence.
 * Memory: 5 n k + 12 (d + 1) k doubles; with the sample k (d + 1)^2 and what a Gram matrix takes besides. */
typedef enum erm_newton_cg_preconditioner {
    ERM_NEWTON_CG_AUTO,     /* the sample where making it costs no more than some products with the Hessian */
    ERM_NEWTON_CG_DIAGONAL, /* of the Hessian */
    ERM_NEWTON_CG_SAMPLE /* for each output the Hessian of at least ten rows a column (five with several), factored by Cholesky */
} erm_newton_cg_preconditioner;
typedef struct erm_newton_cg_params {
    erm_newton_cg_preconditioner preconditioner;
} erm_newton_cg_params;
erm_solver erm_solver_newton_cg(const erm_newton_cg_params *params);

/* Proximal Newton's method for many rows and few columns: exact gradients, one pass over X a step, and the Hessian of a sample of the
 * rows, corrected by what the steps show; for a differentiable loss, one output, and a penalty on single entries or a (sparse)
 * group lasso. X is not copied. Memory: 6 n + 3 (d + 1)^2 doubles and what a Gram matrix takes, and with many rows a quarter of that
 * again. No parameters: pass NULL. */
erm_solver erm_solver_prox_newton(const void *params);

/* L-BFGS, for a differentiable loss and regularizer and any number of outputs: most steps read X once. Linear convergence that
 * grows faster with the pairs. OWL-QN is its form for L1 and the elastic net (and none and L2). In the metric of the columns
 * both, so that their scales do not matter. */
typedef struct erm_lbfgs_params {
    int64_t pairs; /* steps that are remembered, of d k doubles twice each; 0: 20 */
} erm_lbfgs_params;
erm_solver erm_solver_lbfgs(const erm_lbfgs_params *params);
erm_solver erm_solver_owlqn(const erm_lbfgs_params *params);

/* Least squares and ridge by Householder QR with column pivoting and refinement: the most digits that the data allow, on a
 * copy of X. For the squared loss, one output, and a regularizer that is none, L2 or a distance. Dependent columns are
 * found: then the fit is one of many, and erm_solve stops with ERM_STOP_NOT_UNIQUE. No parameters: pass NULL. */
erm_solver erm_solver_direct(const void *params);

/* Primal-dual interior point, for losses of straight lines (hinge, absolute, quantile, epsilon-insensitive), one output, and a regularizer
 * that is none, L2 or a distance: support vector machines and quantile regression to many digits in 15 to 30 steps, whatever
 * the scaling. Cost of a step: n d^2; memory: a few (d + 1)^2 + 15 n doubles (27 n for epsilon-insensitive). No parameters: pass NULL. */
erm_solver erm_solver_interior(const void *params);

/* Augmented Lagrangian whose subproblems are solved by semismooth Newton steps, for the same problems as the interior point: some 30
 * to 40 steps, more where the penalty is tiny. Only rows near a kink enter the matrix of a step, soon no more than a few for
 * each column: so a step costs two passes over X, and d^3. The fastest where n is well above d. Memory: (d + 1)^2 + 10 n
 * doubles and what a Gram matrix takes. No parameters: pass NULL. */
erm_solver erm_solver_alm(const void *params);

/* Coordinate descent, for a differentiable loss, one output, and any separable regularizer or penalty on groups: lasso, elastic
 * net, boxes, MCP, SCAD, group and sparse group lasso. Each coordinate (or group) goes to its minimum in turn, on a working
 * set of the features that violate optimality most, with Anderson extrapolation; losses that are not quadratic by Newton's
 * method around it (prox-Newton), with a line search on the margins; features that cannot matter are screened out by the
 * gap. Of X stored by rows the features that are worked on are copied (result.copied_bytes); of sparse X, however it is stored,
 * those of a small working set are also laid out row by row, as that is how they are read fastest: memory for two copies is
 * reserved, and used as far as is needed. Memory: some 30 n + 20 d doubles, for small working sets m^2 + 300 m,
 * m = min(d, 1024), and the squares of the sizes of groups up to 32. */
typedef struct erm_cd_params {
    bool random_order;   /* of the coordinates, anew in each round; else cyclic */
    bool no_working_set; /* all features at once */
    bool no_anderson;
    bool no_screening;
} erm_cd_params;
erm_solver erm_solver_cd(const erm_cd_params *params);

/* Coordinate descent and Newton steps on the Gram matrix X'X, which is computed once; for the squared loss, one output, and a
 * regularizer of single entries (lasso, elastic net, non-negative, boxes, MCP, SCAD; not erm_sum) or (sparse) group lasso. For
 * n well above d, d up to some thousands. A step reads X once, to refine against it: 2 or 3 reach any gap. Cost: n d^2 once;
 * memory: 2 (d + 1)^2 doubles and what the Gram matrix takes. No parameters: pass NULL. */
erm_solver erm_solver_gram(const void *params);

/* Stochastic dual coordinate ascent with shrinking, row by row, for a loss with a dual step (all but Poisson, gamma, Tweedie,
 * cross-entropy) and a separable, strongly convex regularizer (L2, a distance, elastic net; no factor 0): support vector machines
 * and others on large sparse data. Cost of a step: up to 10 passes over X; memory: some 20 n k + 20 d k doubles, and X again
 * where it is stored by columns, twice for a moment. */
typedef struct erm_dual_params {
    bool no_shrinking; /* visit all rows in every epoch */
    bool no_leaps;     /* only steps along single dual variables */
} erm_dual_params;
erm_solver erm_solver_dual(const erm_dual_params *params);

/* The names of all solvers, "auto" first: 0, 1, ... until NULL. */
const char *erm_solver_name(int64_t index);

/* The solver of that name with its default parameters; false if there is none. */
bool erm_solver_from_name(const char *name, erm_solver *solver);

/* ---- writing your own ---------------------------------------------------------------------------------------------- */

/* What a solver needs of a problem; erm_solve refuses the others with ERM_EUNSUPPORTED and a sentence. */
enum {
    /* of the loss */
    ERM_NEEDS_DIFFERENTIABLE_LOSS = 1 << 0, /* loss.ops->differentiable */
    ERM_NEEDS_BOUNDED_CURVATURE = 1 << 1,   /* loss curvature is finite */
    ERM_NEEDS_SQUARED_LOSS = 1 << 2,        /* loss.ops is that of erm_loss_squared */
    ERM_NEEDS_KINK = 1 << 3,                /* loss.ops->dual_form, and not differentiable: straight lines that meet */
    ERM_NEEDS_DUAL_STEP = 1 << 4,           /* loss.ops->dual_form or dual_step */
    /* of the regularizer */
    ERM_NEEDS_DIFFERENTIABLE_REGULARIZER = 1 << 5, /* regularizer.ops->grad */
    ERM_NEEDS_DIAGONAL_HESSIAN = 1 << 6,           /* regularizer.ops->hessian, and separable */
    ERM_NEEDS_ELASTIC_NET = 1 << 7,                /* regularizer.ops are those of erm_l1, erm_elastic_net, erm_l2 or erm_none */
    ERM_NEEDS_ADVANCE = 1 << 8,                    /* regularizer.ops->advance, and separable */
    ERM_NEEDS_ADVANCE_OR_GROUPS = 1 << 9,          /* the same, or a (sparse) group lasso */
    ERM_NEEDS_COORDINATES = 1 << 10,               /* separable, with `entry` or `advance`, or has `blocks` */
    ERM_NEEDS_STRONG_CONVEXITY =
        1 << 11, /* regularizer.ops->modulus > 0, separable, and advance or a constant diagonal Hessian */
    /* of the rest */
    ERM_NEEDS_ONE_OUTPUT = 1 << 12,    /* k = 1 */
    ERM_NEEDS_COLUMNS = 1 << 13,       /* columns of X: where it is stored by rows, it is copied once */
    ERM_TOUCHES_SINGLE_ROWS = 1 << 14, /* reads X row by row: on sparse X the columns are then not centred */
    ERM_IS_NOISY = 1 << 15,            /* no progress for a while does not mean that it stands still */
    /* Can go on from a checkpoint to the same bits. All that a step changes, and later steps depend on, is then in the state, in
     * the run, and in memory taken with erm_run_take, which are written as they are. Elements of at most 8 bytes (and states)
     * hold numbers alone. Larger ones may hold pointers too: a pointer that steps change must point into that memory (or
     * not be used before it is set again), and any other must stay what `start` has made it. `start` makes the same
     * bits of the same problem, seed and starting point every time. */
    ERM_CAN_RESUME = 1 << 16
};

/* What a solver sees. The coordinates are its own affair: erm_solve may centre the columns when there is an intercept (W stays
 * what it is, b then is the intercept of the centred columns), so W and b must be touched only through what is here. */
typedef struct erm_run {
    const erm_problem *problem;
    const void *params;
    int64_t d, k, size; /* W is w[0 .. d k - 1]; size = d k, and k more with an intercept */
    double *w;          /* in `start`: where to start; after each `step`: the answer so far */
    /* d + 1 values: metric[j] = 1 / (mean square of column j as the solver sees it), 1 where the column is zero; the last is 1 for
     * the intercept. Steps t metric[j] make a solver invariant to column scales. NULL where the regularizer is not separable. */
    const double *metric;
    const double *centre; /* d: the column means that the intercept is relative to; NULL: none. For solvers that read rows */
    erm_shape shape;      /* for calls of the regularizer, with its scratch */
    double passes;        /* over the data so far, counted by the calls below */
    /* Set by a solver that knows dual variables: s_i a_i (n k values, taken in `start`), a_i in the domain of l*, which at
     * the optimum are s_i l'(z_i). The certificate tries them beside its own, made feasible for the intercept and free
     * features, for any k; a loss with a kink needs them for a tight bound. */
    const double *dual;
    /* Set with it where there is no intercept, by a solver that has just multiplied them with X: d k values, X's a / S. Else NULL. */
    const double *dual_product;
    /* Set by a solver that finds fewer independent columns (and intercept) than there are: the minimiser is not unique. */
    int64_t rank;
    erm_rng rng;
    double tol; /* what the relative gap must come down to */
    double gap; /* what it was in the last certificate; INFINITY: not known */
    /* In `start`, where the columns are not centred: d values, the gradient of the loss part in W at the starting point. Else
     * NULL. */
    const double *gradient;
    /* Set by a solver that knows a gap of its own: it is above tol at w, and a certificate would be made in vain. */
    bool unfinished;
    /* Set by a solver that is yet to compare F at w with where it came from: F may be of any size there, even infinite. */
    bool untried;
    /* Set by a solver whose next step begins with the gradient at w: a certificate after each step costs no more than that. */
    bool begins_with_gradient;
    uint64_t parameter_hash;          /* the library's own: of what erm_run_parameters was told */
    struct erm__workspace *workspace; /* the library's own, as are these: NULL without ERM_NEEDS_COLUMNS */
    struct erm__columns *columns;
} erm_run;

struct erm_solver_ops {
    const char *name;
    size_t state_size; /* bytes, allocated by erm_solve, zeroed */
    unsigned needs;
    /* Takes all the memory it will ever need with erm_run_take, then does what the first step needs. */
    erm_status (*start)(void *state, erm_run *run);
    /* One epoch or outer iteration. Allocates nothing. */
    erm_status (*step)(void *state, erm_run *run);
    /* NULL, or: from now on run->problem has another amount of the same regularizer, or w is elsewhere. What is known of the loss
     * stays true. Such a solver stays open along a path. Allocates nothing. */
    void (*changed)(void *state, erm_run *run);
};

/* `count` zeroed doubles, 64-byte aligned, freed by erm_solve. NULL when memory ran out: take everything, then ask once with
 * erm_run_ok, return ERM_ENOMEM if it is false. Only in `start`. */
double *erm_run_take(erm_run *run, int64_t count);
void *erm_run_take_bytes(erm_run *run, int64_t count, size_t size);
bool erm_run_ok(const erm_run *run);

/* In `start` of a solver that can resume: the parameters that the steps depend on, as doubles. A checkpoint that was written with
 * others is refused. */
void erm_run_parameters(erm_run *run, int count, const double *values);

/* (1/S) sum over rows of s_i l_i(w): the loss part of F, without the regularizer. For all rows: {.count = n}. */
double erm_run_loss(erm_run *run, erm_rows rows, const double *w);
/* The same, and its gradient in g (size entries, overwritten). g may not alias w. */
double erm_run_gradient(erm_run *run, erm_rows rows, const double *w, double *g);

/* lambda R(W), its prox with steps step * metric[j] (metric NULL: 1) applied to W, with the intercept copied through, and
 * its gradient added to g. */
double erm_run_penalty(erm_run *run, const double *w);
void erm_run_prox(erm_run *run, double step, const double *metric, const double *v, double *w);
void erm_run_penalty_gradient(erm_run *run, const double *w, double *g);

/* An estimate of the largest eigenvalue that the Hessian of the loss part can have, in the metric (NULL: plain): the loss's
 * curvature times that of (1/S) X'X, from 30 power iterations, raised by 5 %. INFINITY where the loss has no bound. scratch:
 * 2 size doubles. */
double erm_run_smoothness(erm_run *run, const double *metric, double *scratch);

#ifdef __cplusplus
}
#endif

#endif
