/* Coordinate descent for several outputs: the model of the loss, steps along features, and runs of passes.
 *
 *     minimise over D (d x k), e (k):   <G, D> + (1/2S) sum_i u_i'H_i u_i + R(W + D),      u_i = D'x_i + e
 *
 * H_i is the loss's Hessian at row i's margins: s_i I (multi-task squares), s_i (diag(p_i) - p_i p_i') (cross-entropy), or a
 * diagonal. U is kept up to date: a step along a feature costs two runs over its column, each of whose stored values meets k
 * outputs. Rows of U and P are filled up with zeros to whole lanes. */
#ifndef ERM_CD_MANY_H
#define ERM_CD_MANY_H

#include "ermopt/solver.h"
#include "problem/workspace.h"
#include "solver/descent/cd.h"

enum { ERM_MANY_LANES = 4 };

typedef enum erm__bend { ERM_BEND_CONSTANT, ERM_BEND_DIAGONAL, ERM_BEND_SOFTMAX } erm__bend;
typedef enum erm__pieces { ERM_PIECES_ENTRIES, ERM_PIECES_ROWS, ERM_PIECES_GROUPS } erm__pieces; /* entry, advance, groups */

/* A column of X as the model sees it: a value for each listed row, or for all rows where `index` is NULL. */
typedef struct erm__many_column {
    int64_t count;
    const int32_t *index;
    const double *x;
} erm__many_column;

/* What the loops over rows need of the model. */
typedef struct erm__many_rows {
    erm__bend bend;
    int64_t n, pitch; /* k in whole lanes */
    const double *s;  /* n weights; NULL: all 1 */
    double damping;   /* times s_i I is added to H_i, but where that is constant */
    double *P;        /* n pitch: probabilities, or the weighted diagonal; NULL where H_i is constant */
    double *U;        /* n pitch */
    double *mean;     /* n: p_i'u_i of a softmax */
    double *sure;     /* n: 1 where some class has most of the probability, else 0 */
} erm__many_rows;

/* The model on the working set by a matrix: of all entries that may move, output by output; where H is constant, of the features,
 * for all outputs the same, and slopes are those of output 0 for all features, then of output 1 ... */
typedef struct erm__many_matrix {
    int64_t room;             /* the largest order; 0: none */
    int64_t f, m, values;     /* features (the intercept the last), order of A, slopes */
    int32_t *feature, *place; /* which they are (d: the intercept); d + 1: where a feature is */
    int64_t *cursor;          /* of each feature: the next stored value of a sparse column */
    int32_t *variable;        /* of f k: where in A, or -1 */
    int32_t *member;          /* m: whose feature a variable is */
    int64_t *begin, *block;   /* k + 1: the first variable of an output, its products in `blocks` */
    double *A;                /* m m, symmetric */
    double *start, *slope, *change, *other_slope, *other_change; /* values: the gradient at `from` and now; w - from */
    double *packed, *rows, *x, *weight, *blocks;                 /* for the sum: of blocks of rows, and of outputs */
    double *made;                                                /* is there an A? In scratch memory, as A is */
    bool same;                                                   /* and is it that of the features listed? */
} erm__many_matrix;

typedef struct erm__many {
    erm_cd_params params;
    erm__many_matrix matrix;
    bool by_matrix;
    erm__columns *X;
    const erm_regularizer *R;
    erm_shape shape;
    erm__many_rows rows;
    erm__pieces pieces;
    erm__groups_of groups;  /* of ERM_PIECES_GROUPS */
    int64_t n, d, k, units; /* unit `units` is the intercept */
    double total_weight;    /* S */
    bool intercept;
    const double *centre;        /* d: what dense columns are taken less; NULL: nothing */
    double *w;                   /* size: run->w, whose intercept is that of columns less their centres */
    double *g;                   /* size: the gradient of the loss part where the model was made, in those coordinates */
    double *from;                /* size: w there */
    double *drift;               /* d k: of ERM_PIECES_ROWS */
    double *M;                   /* size: an upper bound on each feature's own Hessian, a diagonal */
    double *mean_square;         /* d */
    double *x, *weighted, *ones; /* n: the present column; the same times s; 1 */
    erm__many_column column;     /* in x: that of feature `present`, -1: none */
    int64_t present;
    double *value, *lanes;   /* widest k; pitch */
    int32_t *entry;          /* k: the outputs that are worked on */
    int64_t widest;          /* features in the largest unit */
    double *z;               /* n k: margins */
    double *score, *scratch; /* units */
    int32_t *list, *active;  /* units + 1 */
    int32_t *moved, *absent; /* d */
    int64_t count;           /* of the working set */
    int64_t wanted;
    bool complete; /* it holds all that would move */
    double loss, penalty;
    erm__anderson anderson;
    double *point;              /* size: extrapolated */
    double *other, *other_mean; /* as rows.U and rows.mean: of another point, and scratch */
    double passes;              /* over columns that a model is likely to take */
    double damping;             /* of the loss's largest curvature */
} erm__many;

/* ---- loops over rows (cd_many_rows.c) ---- */

/* out[0 .. pitch - 1] = sum x (H u), of all outputs; x: weighted where H is not a diagonal. */
void erm__many_dot(const erm__many_rows *rows, erm__many_column column, double *out);
/* The same of `count` outputs: out[e] for output entry[e]. */
void erm__many_dot_some(const erm__many_rows *rows, erm__many_column column, int64_t count, const int32_t *entry, double *out);
/* U += x change', and what follows from U; change: pitch values. */
void erm__many_add(const erm__many_rows *rows, erm__many_column column, const double *change);
void erm__many_add_some(const erm__many_rows *rows, erm__many_column column, int64_t count, const int32_t *entry,
                        const double *change);
/* out[0 .. pitch - 1] = sum x^2 of a diagonal that bounds H; x as for erm__many_dot, and once more as it is. */
void erm__many_bound(const erm__many_rows *rows, erm__many_column weighted, const double *x, double *out);
/* sum u'H u */
double erm__many_energy(const erm__many_rows *rows);
/* mean and sure from P and U. */
void erm__many_means(const erm__many_rows *rows);
void erm__many_sure(const erm__many_rows *rows);

/* ---- the model (cd_many_model.c) ---- */

/* H at z, U = 0. */
void erm__many_begin(erm__many *self, erm_run *run);
/* M of the listed units and of the intercept. */
void erm__many_open(erm__many *self);
/* The features of a unit. */
int64_t erm__many_size(const erm__many *self, int64_t unit);
int64_t erm__many_member(const erm__many *self, int64_t unit, int64_t p);
/* Where feature j, or (j = d) the intercept, has its k values in w, g, M. */
static inline int64_t erm__many_at(const erm__many *self, int64_t j) { return j * self->k; }
/* slope[0 .. k - 1] = the gradient of the model in feature j; of `count` listed outputs alone where `entry`. */
void erm__many_slope(erm__many *self, int64_t j, int64_t count, const int32_t *entry, double *slope);
/* w_j += change, U with it. */
void erm__many_move(erm__many *self, int64_t j, int64_t count, const int32_t *entry, const double *change);
/* The model less its value at `from`, without R. */
double erm__many_value(const erm__many *self);
/* U from w - from. */
void erm__many_refresh(erm__many *self);
/* The gradient where the model was made, of the column as the model sees it. */
double erm__many_gradient(const erm__many *self, int64_t j, int64_t c);
/* shift (k) = what the intercept of the columns as the model sees them has changed by. */
void erm__many_shift(erm__many *self, double *shift);
/* A copy of U (or the slopes), and back again. */
void erm__many_keep(erm__many *self, bool back);
/* Does dense storage of column j allow to take its mean off? */
bool erm__many_is_centred(const erm__many *self, int64_t j);

/* ---- the same by a matrix (cd_many_matrix.c) ---- */
void erm__many_take_matrix(erm__many *self, erm_run *run);
/* Lists its variables. Does it cost less than the passes over columns that it spares? curvature: the loss's. */
bool erm__many_matrix_pays(erm__many *self, double curvature);
bool erm__many_matrix_has(const erm__many *self, int64_t j, int64_t c);
/* A of the variables listed (cd_many_sum.c). */
void erm__many_matrix_sum(erm__many *self, int threads);
/* A for the working set, slopes at `from`, and M of it. */
void erm__many_matrix_begin(erm__many *self, int threads);
void erm__many_matrix_slope(const erm__many *self, int64_t j, int64_t count, const int32_t *entry, double *slope);
void erm__many_matrix_move(erm__many *self, int64_t j, int64_t count, const int32_t *entry, const double *change);
double erm__many_matrix_value(const erm__many *self);
/* Slopes from w - from. */
void erm__many_matrix_refresh(erm__many *self);
void erm__many_matrix_keep(erm__many *self, bool back);

/* ---- the penalty (cd_many_penalty.c) ---- */

/* Minimises over a unit (entry: over `count` outputs of it) the bound of the model. Returns |change| in the metric of M. */
double erm__many_step(erm__many *self, int64_t unit, int64_t count, const int32_t *entry);
/* Is output c of feature j not held, or would it move if its slope were a little steeper, or flatter? */
bool erm__many_matters(const erm__many *self, int64_t j, int64_t c, double curvature);
/* score of every unit: |change| sqrt(curvature) of its own prox-gradient step, INFINITY where it is in the inside of its pieces.
 * *worst: the largest of the former. *support: how many are inside. Returns how many would move. */
int64_t erm__many_scores(erm__many *self, double curvature, double *worst, int64_t *support);
/* The outputs of a feature that are not 0, or may move both ways. */
int64_t erm__many_entries(const erm__many *self, int64_t unit, int32_t *entry);

/* ---- passes (cd_many_solve.c) ---- */

/* Until a pass changes no more than tol, or ratio times what the first one did. Returns the first one's change. */
double erm__many_solve(erm__many *self, erm_run *run, double tol, double ratio);

/* ---- the solver (cd_many.c) ---- */
erm_status erm__many_start(void *state, erm_run *run);
erm_status erm__many_run(void *state, erm_run *run);

#endif
