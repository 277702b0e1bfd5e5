/* The algorithms. erm_solve (solve.h) runs them in the only loop there is, which keeps time, budget, stopping, monitor and
 * certificate. How to write your own: solver_own.h. */
#ifndef ERMOPT_SOLVER_H
#define ERMOPT_SOLVER_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/solver_own.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A plain value. params points to the solver's own parameters, borrowed until erm_solve returns; NULL: its defaults. */
typedef struct erm_solver {
    const erm_solver_ops *ops; /* NULL: chosen by erm_solve ("auto") */
    const void *params;
} erm_solver;

/* In every params struct a zero field means its default. */

/* Gradient descent w -= t g, for a differentiable loss and regularizer. */
typedef enum erm_gd_step {
    ERM_GD_BARZILAI_BORWEIN, /* t = s's / s'u, with the non-monotone line search of Zhang and Hager (2004): the default */
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
    double step;     /* of all iterations, times the metric; 0: found by backtracking */
} erm_prox_params;
erm_solver erm_solver_prox(const erm_prox_params *params);

/* Stochastic (sub)gradient descent over mini-batches of reshuffled rows, with a prox step for the regularizer. For any loss.
 * A method for a quick answer: expect F within 1e-2 of its minimum, relatively, after 10 epochs and within 1e-3 after 30
 * (many rows) to some hundreds (few, or ill-conditioned); the other solvers go on. For a loss with a kink the derivatives are
 * averaged too, as dual variables: the certified gap then is some percent of F or less; 3 n k doubles.
 * Steps by few sparse rows, with the rules below but for AdaGrad and Adam, without momentum, and with a penalty that has `entry`
 * (and `advance`), cost what their values cost, whatever d is: columns are brought up to date just in time, averages too. */
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
    double step;       /* 0: from the curvature and the row norms. Single sparse rows then take the mean row's, and longer ones a
                          shorter one of their own, so that they weigh less while steps are long: with ERM_SGD_CONSTANT, always */
    int64_t batch;     /* rows a step; 0: 1 where rows are sparse enough that a step need touch their columns only, else
                          chosen so that a step costs about as much in rows as in W */
    double momentum;   /* heavy ball, 0 <= momentum < 1; not with AdaGrad and Adam */
    bool no_averaging; /* answer with the last iterate instead of the average over the last half to three quarters of all steps */
    bool no_shuffle;   /* take the rows in their order */
} erm_sgd_params;
erm_solver erm_solver_sgd(const erm_sgd_params *params);

/* Proximal SVRG (Xiao and Zhang 2014), for a differentiable loss with bounded curvature and any regularizer. */
typedef struct erm_svrg_params {
    double step;   /* 0: from the curvature and the row norms */
    int64_t batch; /* rows a step; 0: 1 where rows are sparse enough to update W just in time, else a few */
    double inner;  /* passes of stochastic steps after each full gradient; 0: 2, accelerated 1 */
    bool loopless; /* the number of these steps is random (Kovalev, Horvath, Richtarik 2020) */
    /* QNing (Lin, Mairal, Harchaoui 2019): L-BFGS on the Moreau envelope, whose steps are epochs of SVRG; half the passes and
     * less where columns are alike. 45 d k doubles. Not for MCP and SCAD: they are as without. */
    bool accelerated;
} erm_svrg_params;
erm_solver erm_solver_svrg(const erm_svrg_params *params);

/* SAGA (Defazio, Bach, Lacoste-Julien 2014): as SVRG, but with the derivative of each row at the time when it was drawn last. */
typedef struct erm_saga_params {
    double step;   /* as for SVRG */
    int64_t batch; /* as for SVRG */
    double inner;  /* passes of stochastic steps between full gradients, which judge the step and take rounding out; 0: 4 */
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
 * Memory: 5 n k + 12 (d + 1) k doubles; with the sample k (d + 1)^2 and what a Gram matrix takes besides; without, of large dense
 * X a copy in floats. */
typedef enum erm_newton_cg_preconditioner {
    ERM_NEWTON_CG_AUTO,     /* the sample where making it costs no more than some products with the Hessian */
    ERM_NEWTON_CG_DIAGONAL, /* of the Hessian */
    ERM_NEWTON_CG_SAMPLE    /* for each output the Hessian of at least ten rows a column (five with several), by Cholesky */
} erm_newton_cg_preconditioner;
typedef struct erm_newton_cg_params {
    erm_newton_cg_preconditioner preconditioner;
} erm_newton_cg_params;
erm_solver erm_solver_newton_cg(const erm_newton_cg_params *params);

/* Proximal Newton's method for many rows and few columns: exact gradients, one pass over X a step, and the Hessian of a sample of
 * the rows, corrected by what the steps show; for a differentiable loss, one output, and a penalty on single entries or a
 * (sparse) group lasso. X is not copied. Memory: 6 n + 3 (d + 1)^2 doubles and what a Gram matrix takes, and with many rows a
 * quarter of that again. No parameters: pass NULL. */
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

/* Primal-dual interior point, for losses of straight lines (hinge, absolute, quantile, epsilon-insensitive), one output, and a
 * regularizer that is none, L2 or a distance: support vector machines and quantile regression to many digits in 15 to 30 steps,
 * whatever the scaling. Cost of a step: n d^2; memory: a few (d + 1)^2 + 15 n doubles (27 n for
 * epsilon-insensitive). No parameters: pass NULL. */
erm_solver erm_solver_interior(const void *params);

/* Augmented Lagrangian whose subproblems are solved by semismooth Newton steps, for the same problems as the interior point: some
 * 30 to 40 steps, more where the penalty is tiny. Only rows near a kink enter the matrix of a step, soon no more than a few for
 * each column: so a step costs two passes over X, and d^3. The fastest where n is well above d. Memory: (d + 1)^2 + 10 n
 * doubles and what a Gram matrix takes. No parameters: pass NULL. */
erm_solver erm_solver_alm(const void *params);

/* Coordinate descent, for a differentiable loss and any separable regularizer or penalty on rows of W or groups: lasso, elastic
 * net, boxes, MCP, SCAD, L2,1 norm, group and sparse group lasso. Each coordinate (or row, or group) goes to its minimum in turn,
 * on a working set of the features that violate optimality most, with Anderson extrapolation; losses that are not quadratic by
 * Newton's method around it (prox-Newton), with a line search on the margins; features that cannot matter are screened out by the
 * gap. Of X stored by rows the features that are worked on are copied (result.copied_bytes); of sparse X, however it is stored,
 * those of a small working set are also laid out row by row, as that is how they are read fastest: memory for two copies is
 * reserved, and used as far as is needed. Memory: some 30 n + 20 d doubles, for small working sets m^2 + 300 m,
 * m = min(d, 1024), and the squares of the sizes of groups up to 32.
 * Several outputs (multinomial and multi-task lasso): the model has the loss's whole Hessian, and a step along a feature moves
 * all outputs; of small working sets of many rows the matrix is summed. There is no screening. Memory: 6 n k + 15 d k doubles,
 * and for the matrix m^2 + 2000 m, m = min(d k, 2048), for squares min(d, 2048). */
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

/* The proximal method of multipliers: for a loss with a kink (and a dual_form, or a dual_step and at most 1024 outputs) and any
 * convex penalty or set: l1 support vector machines, sparse quantile regression, non-negative least absolute deviations ... Some
 * 15 to 40 times it smooths the loss around what it found last, and solves that: one output by Newton steps, whose matrix is a
 * sum over the rows near a kink and holds the features that matter (penalties on single entries) or up to 1000, all of them (any
 * other penalty); more features in groups by coordinate descent; all else by proximal gradients, which may take thousands of
 * passes. No bound where R has no conjugate (total variation): it then goes on until it stands still. Memory: 14 n k + 40 d k + 3
 * m^2 doubles, m = min(d, 2000), or what cd or prox take. No parameters: pass NULL. */
erm_solver erm_solver_multipliers(const void *params);

/* The names of all solvers, "auto" first: 0, 1, ... until NULL. */
const char *erm_solver_name(int64_t index);

/* The solver of that name with its default parameters; false if there is none. */
bool erm_solver_from_name(const char *name, erm_solver *solver);

#ifdef __cplusplus
}
#endif

#endif
