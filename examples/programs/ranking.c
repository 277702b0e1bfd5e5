/* The area under the ROC curve of scores that come one by one. */
#include "ranking.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ermopt/metrics.h"

enum { BIN_BITS = 20, BINS = 1 << BIN_BITS, FIRST_ROWS = 1 << 12 };

/* Doubles in their order: the sign, the exponent and 8 bits of the fraction. */
static int64_t bin_of(double score)
{
    uint64_t bits;
    score += 0.0; /* -0 is 0 */
    memcpy(&bits, &score, sizeof bits);
    bits = bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
    return (int64_t)(bits >> (64 - BIN_BITS));
}

static void put_in_bin(ranking *self, double score, bool positive) { self->bins[2 * bin_of(score) + positive]++; }

static bool start_bins(ranking *self)
{
    self->bins = calloc((size_t)2 * BINS, sizeof *self->bins);
    if (!self->bins) return false;
    for (int64_t i = 0; i < self->rows; i++) put_in_bin(self, self->score[i], self->y[i] > 0);
    free(self->score);
    free(self->y);
    self->score = self->y = NULL;
    self->capacity = 0;
    return true;
}

static bool enlarge(ranking *self)
{
    const int64_t capacity = self->capacity > 0 ? 2 * self->capacity : FIRST_ROWS;
    double *score = realloc(self->score, (size_t)capacity * sizeof *score);
    if (score) self->score = score;
    double *y = score ? realloc(self->y, (size_t)capacity * sizeof *y) : NULL;
    if (!y) return false;
    self->y = y;
    self->capacity = capacity;
    return true;
}

bool ranking_add(ranking *self, double score, bool positive)
{
    self->incomparable = self->incomparable || isnan(score);
    if (self->incomparable) return true;
    if (self->rows == RANKING_EXACT && !self->bins && !start_bins(self)) return false;
    if (self->bins) {
        put_in_bin(self, score, positive);
    } else {
        if (self->rows == self->capacity && !enlarge(self)) return false;
        self->score[self->rows] = score;
        self->y[self->rows] = positive;
    }
    self->rows++;
    return true;
}

static void auc_of_bins(const int64_t *bins, double *auc, double *error)
{
    double pairs = 0, tied = 0, negatives = 0, positives = 0;
    for (int64_t b = 0; b < BINS; b++) {
        const double negative = (double)bins[2 * b], positive = (double)bins[2 * b + 1];
        tied += negative * positive;
        pairs += positive * (negatives + negative / 2);
        negatives += negative;
        positives += positive;
    }
    const bool both = negatives > 0 && positives > 0;
    *auc = both ? pairs / negatives / positives : NAN;
    *error = both ? tied / 2 / negatives / positives : 0;
}

erm_status ranking_auc(const ranking *self, double *auc, double *error)
{
    *auc = NAN;
    *error = 0;
    if (self->incomparable || self->rows == 0) return ERM_OK;
    if (!self->bins) return erm_metric_auc(self->rows, self->score, self->y, NULL, auc);
    auc_of_bins(self->bins, auc, error);
    return ERM_OK;
}

void ranking_free(ranking *self)
{
    free(self->score);
    free(self->y);
    free(self->bins);
    *self = (ranking){0};
}
