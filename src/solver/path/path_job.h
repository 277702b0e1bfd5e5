/* What the parts of a path share. */
#ifndef ERM_PATH_JOB_H
#define ERM_PATH_JOB_H

#include "ermopt/path.h"
#include "problem/certifier.h"
#include "problem/prepare.h"
#include "solver/path/path_columns.h"
#include "solver/path/quadratic.h"
#include "solver/run.h"

static const double ERM_PATH_TIGHT = 0.25; /* of tol: what the core is solved to */

/* R for some of the features, which are whole groups where there are groups. */
typedef struct erm__restricted {
    erm_regularizer R;
    erm_groups groups;
    erm_bounds bounds;
    double *factor, *low, *high; /* d each */
    int32_t *group;              /* d */
} erm__restricted;

/* A solver that stays open for all lambdas. */
typedef struct erm__kept {
    erm_solver solver;
    erm_run run;
    void *state;
    double *last; /* size */
    bool started;
    bool elsewhere; /* w was moved by others since its last step */
    bool lost;      /* its w was not finite */
} erm__kept;

typedef struct erm__path_job erm__path_job;

/* How a lambda is solved: from job->w, with job->certificate and the certifier's margins and gradient at it, to job->w. */
typedef struct erm__path_engine {
    erm_status (*open)(erm__path_job *job);
    erm_status (*solve)(erm__path_job *job, erm_result *result);
    void (*close)(erm__path_job *job);
    /* NULL, or: how many of the lambdas can be done before X is read; solves them, fewer where time runs out; makes job->w and
     * the certifier's margins, derivatives and gradient those of the b-th, and returns the loss part of F there. */
    int64_t (*batch)(const erm__path_job *job, int64_t count);
    erm_status (*prepare)(erm__path_job *job, int64_t *count, const double *lambda);
    double (*take)(erm__path_job *job, int64_t b);
} erm__path_engine;

/* The fits of several lambdas as the outputs of one problem, so that one walk over X certifies them all. */
typedef struct erm__path_batch {
    erm_problem problem;
    erm__workspace ws;
    int64_t count, most;         /* outputs that are filled, and that there are */
    double *y, *offset;          /* n most */
    double *w, *gradient;        /* size most */
    double *margin, *derivative; /* n most */
} erm__path_batch;

/* Several fits on wide dense data; see path_wide.c. */
typedef struct erm__path_wide {
    int64_t most;               /* fits; 0: not for this problem */
    double *w, *gradient;       /* most size */
    double *margin;             /* most n */
    double *residual, *product; /* n most, d most: of the fits that X is read for */
    double *past, past_lambda;  /* d: the gradient at the last lambda but one; 0: not known */
} erm__path_wide;

struct erm__path_job {
    erm__prepared prepared;
    erm_problem problem;  /* the prepared one, with the regularizer of the present lambda */
    erm_regularizer unit; /* the caller's */
    erm_options options;  /* of a lambda, defaults filled in */
    bool screen;
    double started;        /* clock */
    double max_seconds;    /* of the path; 0: none */
    const double *lambdas; /* lambda_count of them */
    int64_t lambda_count;
    double lambda, before; /* this and the last one */
    erm__workspace ws;
    erm__certifier certifier;
    erm_certificate certificate;
    double best_dual; /* of this lambda */
    double *w;        /* size */
    double *outer;    /* size: the same for the caller's problem */
    double passes;
    const erm__path_engine *engine;
    /* for screening */
    erm__restricted part;
    uint8_t *have; /* d: is among the features in use */
    int32_t *list; /* d: features in use, in their order of entry */
    int64_t count;
    int32_t *fresh;   /* d: the newly selected */
    int32_t *absent;  /* d: those of them that are not stored */
    int32_t *waiting; /* d: features that are stored and not in use */
    int64_t waiting_count;
    uint8_t *waits;   /* d: is among them */
    uint8_t *mark;    /* of groups; NULL: there are none */
    double *V;        /* d k */
    double *gradient; /* size */
    char *detail;
    /* of the engines */
    erm__quadratic quadratic;
    erm__arena core_memory; /* of the quadratic, which grows */
    erm__columns_store store;
    erm__taken_columns taken;
    double *centre; /* d, where there is an intercept */
    double *root;   /* n: sqrt(s / S) */
    double *rho;    /* n: root (z - y) */
    int32_t *core;  /* places in the store of the variables of the quadratic */
    int64_t *place; /* d: in the store, or -1 */
    erm__path_batch together;
    erm__path_wide wide;
    bool whole;  /* the Gram matrix is that of all features */
    double *sub; /* size: W of the features in use */
    erm__kept kept;
};

extern const erm__path_engine erm__path_quadratic, erm__path_parts, erm__path_kept, erm__path_whole;

/* Is there a solver that stays open from lambda to lambda and is better than any on parts of the features, where those can be? */
bool erm__path_keeps(erm__path_job *job, bool in_parts);

erm_status erm__batch_open(erm__path_job *job, int64_t most);
void erm__batch_close(erm__path_batch *batch);
/* job->w is the next one of the batch. */
void erm__batch_put(erm__path_job *job);
/* Margins, derivatives and gradients of all of them, then those of one; see erm__path_engine. */
void erm__batch_walk(erm__path_job *job);
double erm__batch_take(erm__path_job *job, int64_t b);

/* The core: fresh features become variables of the quadratic, once they are stored; it is solved, and so are w, the intercept and
 * rho, until no waiting feature asks to be let in; the margins at w, false where they cannot be had. */
void erm__core_forget(erm__path_job *job); /* no feature waits */
erm_status erm__core_admit(erm__path_job *job, int64_t count);
erm_status erm__core_store(erm__path_job *job, int64_t count);
erm_status erm__core_solve(erm__path_job *job, double tol);
bool erm__core_margins(erm__path_job *job);

/* A batch on wide dense data, as erm__path_engine has it; job->wide.most is 0 where it is not for the problem. */
void erm__wide_open(erm__path_job *job);
int64_t erm__wide_batch(const erm__path_job *job, int64_t count);
erm_status erm__wide_prepare(erm__path_job *job, int64_t *count, const double *lambda);
double erm__wide_take(erm__path_job *job, int64_t b);

/* job->gradient, rho and the quadratic's f from the last certificate, the intercept at its best; then the core's w and gradient
 * from these, and the waiting features that violate the conditions admitted; *admitted: their number. */
void erm__path_sync(erm__path_job *job);
erm_status erm__path_enter(erm__path_job *job, int64_t *admitted);

erm_status erm__path_check_options(const erm_path_options *options, char *detail);
/* `count` of them, in the workspace's arena; NULL: out of memory. */
double *erm__path_lambdas(erm__path_job *job, const erm_path_options *options, double lambda_max, int64_t count);

/* Keeps a certificate at job->w with the best bound of this lambda. */
void erm__path_judge(erm__path_job *job, erm_certificate certificate);
/* Certifies job->w, whose margins the certifier may have already: then X is read for the gradient alone. */
void erm__path_certify(erm__path_job *job, bool margins_known);
/* The same once the intercept fits best: job->w changes there. For a differentiable loss. */
void erm__path_certify_best_intercept(erm__path_job *job);
bool erm__path_certified(const erm__path_job *job);
bool erm__path_out_of_time(const erm__path_job *job);

/* Can R be restricted to some features? */
bool erm__restrict_suits(const erm_regularizer *R);
bool erm__restrict_open(erm__path_job *job);
/* part.R = job->problem's regularizer for list[0 .. count - 1]. */
void erm__restrict(erm__path_job *job, int64_t count, const int32_t *list);

/* The features, or whole groups, not yet marked in `have`, that prox(w - t g) of lambda R does not leave at 0, or that are
 * not 0: appended to `fresh`, which has their number. */
int64_t erm__path_select(erm__path_job *job, double lambda, const double *gradient);
/* The same of the waiting features alone, which are 0; `gradient` has d entries. One output. */
int64_t erm__path_select_waiting(erm__path_job *job, const double *gradient);

#endif
