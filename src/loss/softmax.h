/* Exponentials of rows of margins, less the largest of each row: what softmax and its derivatives are made of. */
#ifndef ERM_SOFTMAX_H
#define ERM_SOFTMAX_H

#include <stdbool.h>
#include <stdint.h>

enum {
    ERM_SOFTMAX_TILE = 2048, /* doubles of scratch, of which rows are taken together that fit, */
    ERM_SOFTMAX_ROWS = 256,  /* and at most so many */
    ERM_SOFTMAX_LANES = 8    /* values that lie behind a row where there is room to spare */
};

/* What is known of some rows. p_c = e_c / (1 + rest) with e_c = exp(z_c - max) and 1 + rest their sum. `rest` is summed
 * without the 1 of the largest, so that neither log(1 + rest) nor 1 - p loses digits when one output dominates. */
typedef struct erm__softmax {
    double max[ERM_SOFTMAX_ROWS], rest[ERM_SOFTMAX_ROWS];
    double inverse[ERM_SOFTMAX_ROWS]; /* 1 / (1 + rest) */
    double log_sum[ERM_SOFTMAX_ROWS]; /* log(1 + rest) */
} erm__softmax;

/* How many rows of k outputs are taken at a time: at least 1, at most ERM_SOFTMAX_ROWS. */
int64_t erm__softmax_count(int64_t k);

/* Fills rows and E (count x k). E has room for ERM_SOFTMAX_LANES - 1 values more if `spare`. */
void erm__softmax_take(erm__softmax *rows, int64_t count, int64_t k, const double *Z, double *E, bool spare);

/* Fills rows for one row of any length; scratch holds ERM_SOFTMAX_TILE doubles. */
void erm__softmax_take_long(erm__softmax *rows, int64_t k, const double *z, double *scratch);

/* e_c = exp(z_c - max) for c < k. Adds up those below 1 in *below, and counts the others, which are 1, in *ones. e has room
 * for `room` values; what lies behind the first k is set to 0, so that there is no remainder loop. */
void erm__softmax_exp(int64_t k, int64_t room, const double *restrict z, double max, double *restrict e, double *below,
                      double *ones);

/* k rounded up to whole lanes. */
static inline int64_t erm__softmax_room(int64_t k) { return (k + ERM_SOFTMAX_LANES - 1) / ERM_SOFTMAX_LANES * ERM_SOFTMAX_LANES; }

#endif
