/* A fitted model: what predicts. It owns its memory, saves to a text file and loads back to the same bits. */
#ifndef ERMOPT_MODEL_H
#define ERMOPT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "ermopt/dataset.h"
#include "ermopt/loss.h"
#include "ermopt/matrix.h"
#include "ermopt/preparation.h"
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
    int64_t rows; /* of the training data */
    double primal, dual, tol;
    uint64_t seed;
    char library[32]; /* the version that fitted it; "" if not known */
    uint64_t digest;  /* erm_dataset_digest of the training data; 0 if not known */
} erm_training;

typedef struct erm_model {
    erm_loss loss;
    int64_t d, k; /* d: prepared columns */
    bool intercept;
    double *w;           /* erm_problem_size doubles, owned: W row-major, then b */
    erm_classes classes; /* owned; count 0 for regression */
    int32_t index_base;  /* of the training file, so that a test file is read alike */
    erm_training training;
    erm_preparation preparation; /* owned; what X goes through before it is multiplied by w. Without steps, X is used as it is */
    int64_t feature_names;       /* 0, or as many as X has columns before preparation */
    char **feature_name;         /* owned; NULL, or their names */
} erm_model;

/* The columns that X has before preparation. */
int64_t erm_model_input_columns(const erm_model *model);

/* A model with copies of w and of the classes. classes NULL: none for regression, and for a classifier the labels that its
 * loss takes ("-1" and "1", or "0", "1", ...). result may be NULL. index_base is 1 and training.seed 0: set them where it is
 * otherwise. ERM_OK, ERM_EINVAL (a classifier needs 2 classes for k = 1, else k; regression none), ERM_ENOMEM; on failure
 * the model is empty. */
erm_status erm_model_create(const erm_problem *problem, const double *w, const erm_classes *classes, const erm_result *result,
                            erm_model *model);
/* Puts a copy of the preparation that the model's problem was fitted after, or of the names of the columns before preparation,
 * into the model; what is NULL is left as it is. In this order if in two calls. ERM_OK; ERM_EINVAL (the preparation does not come
 * out with d columns); ERM_ENOMEM; on failure the model is as it was. */
erm_status erm_model_describe(erm_model *model, const erm_preparation *preparation, const char *const *feature_name);
/* Takes a preparation that only scales, leaves out and imputes into the coefficients, so that nothing of it is left but what
 * replaces missing values: d becomes the columns before preparation. Predictions keep their bits, and many small calls of
 * erm_model_margins, which otherwise does this each time, are faster. ERM_OK; ERM_EUNSUPPORTED (hash, polynomial, fourier) and
 * ERM_ENOMEM: the model is as it was. */
erm_status erm_model_fold(erm_model *model);
void erm_model_free(erm_model *model); /* NULL and an empty one are fine */

/* Writes a temporary file beside `path` and renames it: `path` is never half-written. The format is docs/model-format.md. A
 * device or a pipe is written directly. ERM_OK, ERM_EIO, ERM_ENOMEM, ERM_EUNSUPPORTED for a loss that is not the library's
 * own and for what asks for too much memory to be read back, and ERM_EINVAL for what else could not be (NaN, infinite
 * coefficients, a wrong number of classes); detail says what went wrong. */
erm_status erm_model_save(const erm_model *model, const char *path, char *detail);
/* "-" is standard input; what is compressed is decompressed on the way, as by erm_dataset_read_libsvm.
 * ERM_OK; ERM_EIO; ERM_EDATA: not a model, another version, truncated or corrupted, or asking for more than 1 GiB of memory with
 * too few numbers to be believed (detail names path and line); ERM_ENOMEM, ERM_EUNSUPPORTED. On failure the model is empty. */
erm_status erm_model_load(const char *path, erm_model *model, char *detail);

/* ---- for small machines -------------------------------------------------------------------------------------------- */

/* How an export stores the coefficients. */
typedef enum erm_weights {
    ERM_WEIGHTS_DOUBLE,
    ERM_WEIGHTS_FLOAT,
    ERM_WEIGHTS_INT8 /* -127 to 127 times a step for each output, and, where one in eight features would be lost by that, times a
                      * power of two for each feature, one more byte; the intercept is a float */
} erm_weights;
/* Rounds the coefficients to what an export with these weights holds: to measure on data what that costs. A preparation is taken
 * into them first, as in the export, but for what replaces missing values. ERM_OK; ERM_EINVAL (too large for a float);
 * ERM_EUNSUPPORTED (a preparation that makes new columns: hash, polynomial, fourier); ERM_ENOMEM. */
erm_status erm_model_round(erm_model *model, erm_weights weights, char *detail);
/* Writes C89 text that needs no library, not even C's: with `prefix` NAME and real being double or float,
 *     void NAME_margins(const real *x, real *z);   d features, k margins
 *     int NAME_class(const real *x);               for classifiers: a number in NAME_class_name
 * Features without coefficients take no room where they are more than half. x is a row before preparation, which is folded into
 * the coefficients; NaN is replaced where the preparation does so. An existing file is replaced in one step. ERM_OK;
 * ERM_EUNSUPPORTED as above; ERM_EINVAL (prefix is no C name, a coefficient is not finite or too large
 * for a float), ERM_EIO, ERM_ENOMEM. */
erm_status erm_model_export_c(const erm_model *model, erm_weights weights, const char *prefix, const char *path, char *detail);

/* Margins Z (n x k) of the rows of X, which may have fewer columns than the model (the others count as 0) but not more.
 * ERM_OK, ERM_EINVAL, or what X's check says (NaN in the data ...). */
erm_status erm_model_margins(const erm_model *model, const erm_matrix *X, double *Z, char *detail);
/* From margins, n values: for a classifier the class number 0 .. count - 1 (one output: 1 where z > 0, else 0; several: the
 * largest, the first on ties; NaN where a margin is), for regression the mean (n x k values). */
void erm_model_decide(const erm_model *model, int64_t n, const double *Z, double *decision);
/* From margins: class probabilities, n x classes.count, for a classifier whose loss has them; false if it has none. */
bool erm_model_probabilities(const erm_model *model, int64_t n, const double *Z, double *P);

#ifdef __cplusplus
}
#endif

#endif
