/* What a kind of step must be able to do, and what an applied preparation owns. */
#ifndef ERM_STEPS_H
#define ERM_STEPS_H

#include "ermopt/preparation.h"
#include "matrix/view_imputed.h"

/* What a step has made of X. */
typedef struct erm__prepared_part erm__prepared_part;
struct erm__prepared_part {
    erm__prepared_part *next;
    union {
        erm_scaled_view scaled;
        erm_cols_view cols;
        erm_blocks_view blocks;
        erm__imputed_view imputed;
    } view;
    const erm_matrix *block[2]; /* of a view of blocks: X, and columns of zeros */
    erm_csr zeros;
    erm_matrix_copy copy;
    void *memory; /* what else the view needs */
};

/* Names column j of those that go into a step. */
typedef struct erm__namer {
    void (*name)(const struct erm__namer *self, int64_t j, char *text, size_t size);
    const erm_preparation *fitted;
    int64_t step; /* which one */
    const char *const *names;
} erm__namer;

struct erm_prepare_ops {
    const char *name;      /* "impute-mean": what a model file calls it */
    const char *list_name; /* "impute": what a list of steps calls it, before '=' */
    const char *takes;     /* what a list has behind '=', for messages; NULL: nothing, and no '=' */
    int params;            /* how many it has; the others are 0 */
    bool seeded;
    int64_t width;       /* numbers learnt for each column */
    double unchanged[2]; /* what they are for a column that is left as it is */
    bool copies;         /* the rows, instead of viewing them */
    bool takes_missing;  /* NaN */
    bool multiplies;     /* needs no `scan` of X to be applied */

    /* Parameters from what stands behind '=': false if it is none. With `takes`. */
    bool (*parse)(const char *text, erm_prepare *self);
    void (*describe)(const erm_prepare *self, char *text, size_t size); /* as a list has it. NULL: list_name */
    /* *columns: how many come out of d, before anything is learnt. ERM_OK or ERM_EINVAL. NULL: d, and nothing can be wrong. */
    erm_status (*check)(const erm_prepare *self, int64_t d, int64_t *columns, char *detail);
    /* Fills number (X->cols x width), which is `unchanged` before; X has been checked and has `scan`. NULL: nothing is learnt. */
    erm_status (*fit)(const erm_prepare *self, const erm_matrix *X, const double *weight, double *number, char *detail);
    /* If a column can have these numbers, which are finite. NULL: any. */
    bool (*number_ok)(const double *number);
    /* How many columns come out, after `number` is known. NULL: as `check` says. */
    int64_t (*columns)(int64_t d, const double *number);
    /* Fills `derived`, which follows from the rest. NULL: there is nothing. ERM_OK, ERM_ENOMEM. And how many numbers that are. */
    erm_status (*derive)(erm_fitted_step *fitted);
    double (*derived_count)(int64_t d_in, int64_t d_out);
    /* *out = X as the step makes it; what it needs is kept in `part`. */
    erm_status (*apply)(const erm_fitted_step *fitted, const erm_matrix *X, erm__prepared_part *part, const erm_matrix **out,
                        char *detail);
    /* The name of column j that comes out. NULL: that of column j that goes in. */
    void (*name_column)(const erm_fitted_step *fitted, const erm__namer *in, int64_t j, char *text, size_t size);
};

const erm_prepare_ops *erm__standardise_ops(void);
const erm_prepare_ops *erm__min_max_ops(void);
const erm_prepare_ops *erm__max_abs_ops(void);
const erm_prepare_ops *erm__impute_mean_ops(void);
const erm_prepare_ops *erm__impute_median_ops(void);
const erm_prepare_ops *erm__impute_constant_ops(void);
const erm_prepare_ops *erm__drop_constant_ops(void);
const erm_prepare_ops *erm__hash_ops(void);
const erm_prepare_ops *erm__polynomial_ops(void);
const erm_prepare_ops *erm__interactions_ops(void);
const erm_prepare_ops *erm__fourier_ops(void);

/* All of these, from 0 on, then NULL; and one of them by name, NULL if there is none. */
const erm_prepare_ops *erm__prepare_kind(int number);
const erm_prepare_ops *erm__prepare_kind_called(const char *name);

/* A fitted step for d columns, with numbers that leave them as they are. ERM_OK; ERM_EINVAL (parameters); ERM_ENOMEM; it is empty
 * on failure. */
erm_status erm__fitted_step_open(const erm_prepare *step, int64_t d, erm_fitted_step *fitted, char *detail);
/* How many bytes such a step takes once it is fitted; 0 if there can be none. */
double erm__fitted_step_bytes(const erm_prepare *step, int64_t d);
/* After `number` is known: d_out and derived. ERM_OK; ERM_EINVAL (numbers that cannot be); ERM_ENOMEM. */
erm_status erm__fitted_step_finish(erm_fitted_step *fitted, char *detail);
void erm__fitted_step_free(erm_fitted_step *fitted);

/* A copy with memory of its own. ERM_OK, ERM_ENOMEM; it is empty on failure. */
erm_status erm__preparation_copy(const erm_preparation *from, erm_preparation *to);

/* The preparation as one sum: prepared column j is (x_i - centre[j]) scale[j] of raw column i = source[j], where NaN counts as
 * fill[i]; fill[i] is NaN where nothing replaces it. All have input_d entries. False if it is of another form. */
bool erm__preparation_affine(const erm_preparation *fitted, int64_t *source, double *centre, double *scale, double *fill);

#endif
