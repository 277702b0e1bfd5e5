/* Solving a problem to a certified gap.
 *
 *     erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1e-4), .intercept = true};
 *     erm_result result;
 *     erm_status status = erm_solve(&problem, &(erm_options){.tol = 1e-8}, w, &result);
 */
#ifndef ERMOPT_SOLVE_H
#define ERMOPT_SOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ermopt/problem.h"
#include "ermopt/solver.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where a run stands. Given to the monitor after every epoch. */
typedef struct erm_progress {
    int64_t epoch;               /* epochs (outer iterations) done */
    double passes;               /* over the data so far, as in erm_result */
    double seconds;              /* since erm_solve was called */
    erm_certificate certificate; /* the latest; not made after every epoch */
    bool fresh;                  /* it was made after this epoch */
    double relative_gap;         /* what is compared with tol: gap / |primal|, or kkt where there is no dual bound */
    double tol;
    int64_t max_epochs;
    const double *w; /* W and b after this epoch, as erm_solve would return them; valid until the monitor returns */
} erm_progress;

/* Return false to cancel. Called from the thread that called erm_solve. */
typedef bool (*erm_monitor)(const erm_progress *now, void *data);

/* Ready-made monitor: one line that rewrites itself, for terminals. data is the FILE * to write to. */
bool erm_monitor_print(const erm_progress *now, void *data);

/* A zero field means its default, so {0}, or NULL for the whole, is all defaults. */
typedef struct erm_options {
    erm_solver solver;   /* {0}: chosen from the problem */
    double tol;          /* stop when gap <= tol |primal| (or kkt <= tol where there is no dual bound); default 1e-6 */
    int64_t max_epochs;  /* default 1000000 */
    double max_seconds;  /* default: none */
    int threads;         /* default: all the process may use. The answer has the same bits for every number */
    uint64_t seed;       /* for stochastic solvers; every value is a seed, 0 too */
    int64_t check_every; /* epochs between certificates; default: ever rarer, so that they cost a small part of the time */
    erm_monitor monitor;
    void *monitor_data;
    const char *checkpoint;    /* a file, see below; default: none */
    double checkpoint_seconds; /* from one writing to the next, at the end of an epoch; default 60 */
} erm_options;

/* Checkpoints: a run that was killed, or ran out of its budget, goes on where it was and ends with the same bits as one that was
 * not. The file is written every checkpoint_seconds and when the run ends (unless it diverged), in one step: readers see the old
 * one or all of the new one. Where it exists, erm_solve goes on from it (max_epochs counts all epochs since the first start,
 * max_seconds those of this call); w then need not be what it was, as the file knows where the run started. It stays when the run
 * has ended: remove it when the answer is safe; before that, a smaller tol goes on from there.
 *
 * The file is refused with ERM_EINVAL and a sentence if it is about other data, labels, weights, loss, penalty, solver,
 * parameters or seed, or from another version of the library, or if this processor or build rounds differently; with ERM_EDATA if
 * it is damaged. tol, budgets, threads, check_every and monitor may change; the bits are those of an uninterrupted run if tol and
 * check_every do not. A solver whose ops do not say ERM_CAN_RESUME (hogwild) is refused with ERM_EUNSUPPORTED. A path that cannot
 * be written is refused with ERM_EIO before the work begins. If writing fails later (a full disk), the run ends with ERM_EIO (or
 * ERM_ENOMEM), but with the best point so far in w, and result->stop is not ERM_STOP_NONE.
 *
 * Size: what the solver says that it takes, but for what its steps leave as it was at the start (a Gram matrix, a copy of X).
 * Cost: that much to write, and a walk over X to recognise the data; memory: copies of a few vectors, and of the
 * file when it is read. */

/* Why erm_solve ended: name, text. */
#define ERM_STOP_LIST(X)                                                                                                         \
    X(ERM_STOP_NONE, "did not start")                                                                                            \
    X(ERM_STOP_CONVERGED, "converged")                                                                                           \
    X(ERM_STOP_MAX_EPOCHS, "max-epochs")                                                                                         \
    X(ERM_STOP_TIME, "max-seconds")                                                                                              \
    X(ERM_STOP_CANCELLED, "cancelled")                                                                                           \
    X(ERM_STOP_DIVERGED, "diverged")     /* an iterate was not finite, or F exploded; w is the best point before that */         \
    X(ERM_STOP_STALLED, "stalled")       /* at rounding level: no further progress is possible in double precision */            \
    X(ERM_STOP_UNATTAINED, "unattained") /* the infimum is not attained (separable data without a penalty ...) */                \
    X(ERM_STOP_NOT_UNIQUE, "not-unique") /* a minimiser, but one of many: the columns of X are dependent */

typedef enum erm_stop {
#define ERM_STOP_ENUM(name, text) name,
    ERM_STOP_LIST(ERM_STOP_ENUM)
#undef ERM_STOP_ENUM
} erm_stop;

/* "converged", "max-epochs", ...; never NULL. */
const char *erm_stop_text(erm_stop stop);

typedef struct erm_result {
    erm_stop stop;
    char detail[ERM_DETAIL_SIZE]; /* one sentence a user can act on; on failure too */
    const char *solver;           /* the name of the solver that ran */
    int64_t resumed;              /* the epoch of the checkpoint that the run went on from; 0: it started here */
    const char *why;              /* where auto chose it: the reason, a constant; else NULL */
    int threads;                  /* used */
    int64_t epochs;
    /* How often the solver read X: parts of it as parts, and a gradient that a certificate hands on to it as the pass that it
     * cost. What checks and certificates read besides is not in it. */
    double passes;
    double seconds;
    double tol;
    erm_certificate certificate; /* of the w that is returned */
    int64_t nonzeros;            /* of W, without the intercept */
    int64_t workspace_bytes;     /* the most memory that was allocated at one time */
    int64_t copied_bytes;        /* of these, copies of X's columns, for a solver that needs them */
} erm_result;

/* Minimises. w (erm_problem_size(problem) doubles) holds the starting point (zeros are fine) and receives the answer: the
 * best point certified.
 *
 * ERM_OK: w and result are valid; look at result->stop. Running out of budget is not an error, and w is then the best
 * so far. Any other status (but see checkpoints): w is untouched, result->detail (where result is not NULL) says what was wrong.
 * options and result may be NULL. Thread-safe and re-entrant; nothing is printed; memory is freed on every path. */
erm_status erm_solve(const erm_problem *problem, const erm_options *options, double *w, erm_result *result);

#ifdef __cplusplus
}
#endif

#endif
