/* A fitted model: what predicts. It owns its memory, saves to a text file and loads back to the same bits. */
#ifndef ERMOPT_MODEL_H
#define ERMOPT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/dataset.h"
#include "ermopt/loss.h"
#include "ermopt/matrix.h"
#include "ermopt/solve.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How the model was made; for people, not used to predict. */
typedef struct erm_training {
    char regularizer[64]; /* "elastic-net 0.01 0.001" */
    char solver[32];
    char stop[32];
    int64_t rows;         /* of the training data */
    double primal, dual, tol;
    uint64_t seed;
} erm_training;

typedef struct erm_model {
    erm_loss loss;
    int64_t d, k;
    bool intercept;
    double *w;            /* erm_problem_size doubles, owned: W row-major, then b */
    erm_classes classes;  /* owned; count 0 for regression */
    int32_t index_base;   /* of the training file, so that a test file is read alike */
    erm_training training;
} erm_model;

/* A model with copies of w and of the classes (NULL for regression). ERM_OK, ERM_ENOMEM. */
erm_status erm_model_create(const erm_problem *problem, const double *w, const erm_classes *classes, const erm_result *result,
                            erm_model *model);
void erm_model_free(erm_model *model); /* NULL and an empty one are fine */

/* Writes a temporary file beside `path` and renames it: `path` is never half-written. The format is docs/model-format.md.
 * ERM_OK, ERM_EIO, ERM_ENOMEM, and ERM_EUNSUPPORTED for a loss that is not the library's own; detail says what went wrong. */
erm_status erm_model_save(const erm_model *model, const char *path, char *detail);
/* ERM_OK; ERM_EIO; ERM_EDATA: not a model, another version, truncated or corrupted (detail names the line); ERM_ENOMEM. */
erm_status erm_model_load(const char *path, erm_model *model, char *detail);

/* Margins Z (n x k) of the rows of X, which may have fewer columns than the model (the others count as 0) but not more.
 * ERM_OK, ERM_EINVAL. */
erm_status erm_model_margins(const erm_model *model, const erm_matrix *X, double *Z, char *detail);
/* From margins: the class number 0 .. count - 1 for a classifier (the mean for regression), n values. */
void erm_model_decide(const erm_model *model, int64_t n, const double *Z, double *decision);
/* From margins: class probabilities, n x classes.count, for a classifier whose loss has them; false if it has none. */
bool erm_model_probabilities(const erm_model *model, int64_t n, const double *Z, double *P);

#ifdef __cplusplus
}
#endif

#endif
