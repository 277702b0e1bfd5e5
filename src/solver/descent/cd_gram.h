/* Coordinate descent on a small quadratic whose matrix is kept: a pass then costs k^2, however many rows there are. */
#ifndef ERM_CD_GRAM_H
#define ERM_CD_GRAM_H

#include "solver/descent/cd.h"

enum {
    ERM_GRAM_MOST = 1024, /* columns */
    ERM_GRAM_ROWS = 64    /* rows of a sample that lie together */
};

/* Which rows stand for all n: ERM_GRAM_ROWS of every `stride`, from offset[s] on in stretch s; stride ERM_GRAM_ROWS: all. */
typedef struct erm__row_sample {
    int64_t n, stride;
    int64_t *offset; /* n / ERM_GRAM_ROWS + 1 */
} erm__row_sample;

typedef struct erm__cd_gram {
    erm__cd cd;            /* the quadratic; its columns are those of G, its `q` the slopes */
    erm__columns columns;  /* of G */
    int32_t *place;        /* d: of the listed columns in G */
    int64_t room;          /* the most columns */
    double *G;             /* room + 1 squared */
    double *mean;          /* room + 1: of the columns, in the weights */
    const double *centre;  /* d: about which the columns are summed, NULL: 0; where there is an intercept */
    double *offset;        /* room: of the listed columns */
    double *start;         /* room: the slopes at w_0 */
    int32_t *features;     /* room: which columns they are */
    double *packed, *rows; /* for the sum */
    erm__picked *picked;   /* sparse columns row by row, of which pairs of values are summed; NULL: they are not sparse */
    int32_t *slot;         /* ERM_PICKED_MOST: where a picked column is in G, or -1 */
    int threads;
    double *point, *change; /* room: w where `start` was taken; scratch */
    bool made;              /* there is a G, of the features, that may do again */
} erm__cd_gram;

/* How many doubles `packed` and `rows` have. */
int64_t erm__cd_gram_packed(int64_t room);
int64_t erm__cd_gram_rows(int64_t room);

/* `wanted` rows, drawn anew; all where that is more than half of them. */
void erm__row_sample_draw(erm__row_sample *sample, int64_t wanted, erm_rng *rng);

/* G = (1/S) X'H X of the listed columns of `full`, whose h, total_weight, intercept and h_sum are set, from the sample's rows;
 * the intercept is minimised out. Sparse columns, which a sample may miss, keep the curvature and mean that `full` has. slope:
 * (1/S) x_j'd of the k columns; origin: w_0. */
void erm__cd_gram_begin(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list, const erm__row_sample *sample,
                        const double *slope, const double *origin);

/* Is there a G from before that is about all of the k columns? Only of sparse ones. */
bool erm__cd_gram_can_again(const erm__cd_gram *self, int64_t k, const int32_t *list);

/* Then the same from that G, and what the slopes have shown of it since. */
void erm__cd_gram_again(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list, const double *slope,
                        const double *origin);

/* Between its files: the quadratic for the G that is there. */
void erm__cd_gram_set(erm__cd_gram *self, const erm__cd *full, int64_t k, const int32_t *list, const double *slope,
                      const double *origin);

/* b - b_0 that goes with w; shift: what it is at w_0. */
double erm__cd_gram_shift(const erm__cd_gram *self, double shift);

#endif
