/* Preparation of data: steps that change the columns of X, whose numbers are learnt from the training rows alone and applied to
 * new rows as they were to those. A model keeps them (erm_model.preparation), so that prediction repeats them.
 *
 *     const erm_prepare steps[] = {erm_prepare_impute_median(), erm_prepare_drop_constant(), erm_prepare_standardise()};
 *     erm_preparation_fit(steps, 3, &training.base, NULL, &fitted, detail);
 *     erm_preparation_apply(&fitted, &training.base, &prepared, detail);      the same for validation or test rows
 *     erm_problem problem = {.X = prepared.X, ...};
 *     ...
 *     erm_prepared_free(&prepared);      after the last use of prepared.X
 *     erm_preparation_free(&fitted);
 *
 * For a fold of cross-validation, X is an erm_rows_view of its training rows. */
#ifndef ERMOPT_PREPARATION_H
#define ERMOPT_PREPARATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ermopt/matrix.h"
#include "ermopt/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- steps --------------------------------------------------------------------------------------------------------- */

typedef struct erm_prepare_ops erm_prepare_ops;

/* A step of a recipe: a plain value, made by one of the functions below. The steps are the library's own, as a model file can
 * only name what everyone can look up. */
typedef struct erm_prepare {
    const erm_prepare_ops *ops;
    double param[2];
    uint64_t seed;
} erm_prepare;

/* Columns to another scale: (x - centre) scale. Nothing is copied and sparse X stays sparse, but a step that comes behind a
 * centred sparse X makes a dense copy first. A column that does not vary has scale 1, as in the scikit-learn class named. */
erm_prepare erm_prepare_standardise(void); /* mean 0 and variance 1 (divided by the sum of weights)    StandardScaler */
erm_prepare erm_prepare_min_max(void);     /* smallest value 0, largest 1                              MinMaxScaler */
erm_prepare erm_prepare_max_abs(void);     /* largest absolute value 1; zeros stay zeros               MaxAbsScaler */

/* Missing values, which are NaN (ERM_MISSING_NAN of the CSV reader), become a number; zeros that a sparse X does not store are
 * zeros, not missing. A column without any value gets 0. Nothing is copied. Every other step, and every
 * solver, refuses NaN.                                                                                       SimpleImputer */
erm_prepare erm_prepare_impute_mean(void);
erm_prepare erm_prepare_impute_median(void); /* of two values in the middle their mean */
erm_prepare erm_prepare_impute_constant(double value);

/* Leaves out the columns that have the same value in every training row. Nothing is copied. VarianceThreshold */
erm_prepare erm_prepare_drop_constant(void);

/* New columns; these make a copy, sparse where X is. */

/* `columns` columns instead of d: column j is added, with a sign, to the one that a hash of j and the seed names. Weinberger,
 * Dasgupta, Langford, Smola, Attenberg (2009). */
erm_prepare erm_prepare_hash(int64_t columns, uint64_t seed);
/* All products of 1 to `degree` columns, in the order of PolynomialFeatures(include_bias=False): x1, x2, ..., x1^2, x1 x2, ... ;
 * of different columns only with `interactions_only`. 1 <= degree <= 8. */
erm_prepare erm_prepare_polynomial(int degree, bool interactions_only);
/* sqrt(2 / features) cos(omega_f'x + phase_f), omega_f normal with variance 2 gamma: a linear model of these is one with the
 * kernel exp(-gamma |x - x'|^2), approximately. Dense. Rahimi and Recht (2007); RBFSampler. Takes features d doubles. */
erm_prepare erm_prepare_fourier(int64_t features, double gamma, uint64_t seed);

/* At most as many columns as these steps may make: 2^24. More is a sentence, not a memory that is exhausted. */
#define ERM_PREPARED_COLUMNS_MAX (INT64_C(1) << 24)

/* At most as many steps in one preparation: each is a view of the one before, and takes of the stack. */
#define ERM_PREPARE_STEPS_MAX 100

/* Steps as text, separated by commas:
 *     standardise min-max max-abs impute=mean impute=median impute=NUMBER drop-constant hash=COLUMNS polynomial=DEGREE
 *     interactions=DEGREE fourier=FEATURES:GAMMA
 * `seed` goes to the steps that take one. ERM_OK; ERM_EINVAL (detail quotes what is no step, or more steps than `limit`). */
erm_status erm_prepare_parse(const char *text, uint64_t seed, int64_t limit, erm_prepare *steps, int64_t *count, char *detail);

/* The step as erm_prepare_parse reads it, cut where it does not fit in size bytes: "fourier=500:0.1". */
void erm_prepare_describe(const erm_prepare *step, char *text, size_t size);

/* ---- learnt and applied -------------------------------------------------------------------------------------------- */

/* A step with what it has learnt. All steps but hash, polynomial and fourier have `width` numbers for each column that goes in,
 * number[j * width ...]: {centre, scale}, {scale}, {what replaces NaN} or {1 if the column is kept, else 0}. */
typedef struct erm_fitted_step {
    erm_prepare step;
    int64_t d_in, d_out;
    int64_t width;
    double *number;  /* owned: d_in x width */
    double *derived; /* owned: what is made of seed and parameters, and not saved */
} erm_fitted_step;

/* Free with erm_preparation_free. With count 0, X is used as it is. */
typedef struct erm_preparation {
    int64_t count;
    int64_t input_d, d;    /* columns that go in, and that come out */
    erm_fitted_step *step; /* owned */
} erm_preparation;

/* Learns each step in turn from the rows of X as the steps before left them. weight: one a row, >= 0, as in erm_problem, or NULL
 * for all 1; rows of weight 0 count for nothing, and k copies of a row for the same as weight k. X that has
 * no `scan` is copied. A few passes over the data; medians take 16 bytes for each of at most some millions of values at a time.
 * ERM_OK; ERM_EINVAL (a step's parameter, too many columns); ERM_EDATA (NaN where no step before replaced it, infinite or huge
 * values; row and column are named); ERM_EUNSUPPORTED; ERM_ENOMEM. On failure `fitted` is empty. */
erm_status erm_preparation_fit(const erm_prepare *steps, int64_t count, const erm_matrix *X, const double *weight,
                               erm_preparation *fitted, char *detail);
void erm_preparation_free(erm_preparation *fitted); /* NULL and an empty one are fine */

/* X as the steps make it. Owned but for X, the memory that X views, and `fitted`, which are borrowed. */
typedef struct erm_prepared {
    const erm_matrix *X; /* what to give to a problem */
    struct erm__prepared_part *parts;
    int64_t copied; /* bytes; 0: X is a view */
} erm_prepared;

/* Every row is changed on its own, so that any part of the rows gives the same values. X may have fewer columns than went in to
 * the fit (the others are 0) but not more. Returns as erm_preparation_fit; on failure `prepared` is empty. */
erm_status erm_preparation_apply(const erm_preparation *fitted, const erm_matrix *X, erm_prepared *prepared, char *detail);
void erm_prepared_free(erm_prepared *prepared); /* NULL and an empty one are fine */

/* True if no step makes a copy: erm_preparation_apply then takes memory for the columns, not for the rows. */
bool erm_preparation_is_view(const erm_preparation *fitted);

/* True if a step replaces missing values, so that the rows may have NaN. */
bool erm_preparation_takes_missing(const erm_preparation *fitted);

/* The name of prepared column j, from the names of the columns that went in (NULL: "x1", "x2", ...), cut where it does not fit in
 * size bytes: "age", "age^2 bmi", "hash 17", "fourier 3". */
void erm_preparation_column_name(const erm_preparation *fitted, const char *const *names, int64_t j, char *text, size_t size);

/* ---- outliers ------------------------------------------------------------------------------------------------------ */

enum { ERM_OUTLIERS_WORST = 3 };

/* Values far from the others of their column, by |x - median| / spread, spread = MAD / 0.6745 (the median absolute deviation;
 * where that is 0, the mean one times 1.2533). Iglewicz and Hoaglin (1993), "How to Detect
 * and Handle Outliers"; threshold 3.5. */
typedef struct erm_outlier_column {
    double median, spread; /* spread 0: the column does not vary */
    int64_t missing;       /* NaN */
    int64_t count;         /* values with a score above the threshold */
    struct {
        int64_t row;
        double value, score;
    } worst[ERM_OUTLIERS_WORST]; /* those with the highest scores, highest first; as many as count, at most */
} erm_outlier_column;

/* column: X->cols entries, which are filled. threshold 0: 3.5. X must have `scan`. ERM_OK; ERM_EINVAL; ERM_EDATA (infinite
 * values); ERM_EUNSUPPORTED; ERM_ENOMEM. */
erm_status erm_outliers_find(const erm_matrix *X, double threshold, erm_outlier_column *column, char *detail);

#ifdef __cplusplus
}
#endif

#endif
