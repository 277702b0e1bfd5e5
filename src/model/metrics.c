/* How good predictions are: accuracy, log-loss, area under the ROC curve, mean squared error, R2. */
#include "ermopt/metrics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct ranked {
    uint64_t key;  /* of the score: keys are in the order of scores, and equal where these are */
    double weight; /* below 0 for a negative */
} ranked;

static double weight_of(const double *weight, int64_t i) { return weight ? weight[i] : 1; }

double erm_metric_accuracy(int64_t n, const double *predicted, const double *y, const double *weight)
{
    double right = 0, total = 0;
    for (int64_t i = 0; i < n; i++) {
        const double s = weight_of(weight, i);
        if (predicted[i] == y[i]) right += s;
        total += s;
    }
    return right / total;
}

/* -log of the probability in `row` of class y. A y that is no class has probability 0. A NaN stays one. */
static double surprise(int64_t classes, const double *row, double y)
{
    const double least = 1e-15;
    if (!(y >= 0 && y < (double)classes && y == floor(y))) return -log(least);
    const double p = row[(int64_t)y];
    return p < least ? -log(least) : p > 1 ? 0 : -log(p);
}

double erm_metric_log_loss(int64_t n, int64_t classes, const double *P, const double *y, const double *weight)
{
    double sum = 0, total = 0;
    for (int64_t i = 0; i < n; i++) {
        const double s = weight_of(weight, i);
        sum += s * surprise(classes, P + i * classes, y[i]);
        total += s;
    }
    return sum / total;
}

/* The bits of a double as a number: negative ones from below, in reverse. -0 is 0. */
static uint64_t key_of(double score)
{
    uint64_t bits;
    score += 0.0;
    memcpy(&bits, &score, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* Sorts by keys, 8 bits at a time from the lowest on (Knuth, TAOCP 3, 5.2.5), passing over bits in which all agree; `other` is as
 * large. Returns which of the two holds the result. */
static const ranked *sort_keys(int64_t n, ranked *rank, ranked *other)
{
    enum { BITS = 8, VALUES = 1 << BITS };
    for (int shift = 0; shift < 64; shift += BITS) {
        int64_t place[VALUES] = {0}, sum = 0;
        for (int64_t i = 0; i < n; i++) place[rank[i].key >> shift & (VALUES - 1)]++;
        if (place[rank[0].key >> shift & (VALUES - 1)] == n) continue;
        for (int v = 0; v < VALUES; v++) {
            const int64_t count = place[v];
            place[v] = sum;
            sum += count;
        }
        for (int64_t i = 0; i < n; i++) other[place[rank[i].key >> shift & (VALUES - 1)]++] = rank[i];
        ranked *const sorted = other;
        other = rank;
        rank = sorted;
    }
    return rank;
}

/* The weight of (positive, negative) pairs in the right order, ties half, over the weight of all pairs. rank is sorted. */
static double ordered_pairs(int64_t n, const ranked *rank)
{
    double pairs = 0, positives = 0, negatives = 0;
    for (int64_t i = 0; i < n;) {
        double positive = 0, negative = 0;
        const uint64_t key = rank[i].key;
        for (; i < n && rank[i].key == key; i++) {
            positive += rank[i].weight > 0 ? rank[i].weight : 0;
            negative += rank[i].weight < 0 ? -rank[i].weight : 0;
        }
        pairs += positive * (negatives + negative / 2);
        positives += positive;
        negatives += negative;
    }
    return positives > 0 && negatives > 0 ? pairs / positives / negatives : NAN;
}

erm_status erm_metric_auc(int64_t n, const double *score, const double *y, const double *weight, double *auc)
{
    *auc = NAN;
    if (n <= 0) return ERM_OK;
    if ((uint64_t)n > PTRDIFF_MAX / (2 * sizeof(ranked))) return ERM_ENOMEM;
    ranked *rank = malloc((size_t)n * 2 * sizeof *rank);
    if (!rank) return ERM_ENOMEM;
    bool comparable = true;
    for (int64_t i = 0; i < n; i++) {
        const double s = weight_of(weight, i);
        rank[i] = (ranked){key_of(score[i]), y[i] > 0 ? s : -s};
        comparable = comparable && !isnan(score[i]);
    }
    if (comparable) *auc = ordered_pairs(n, sort_keys(n, rank, rank + n));
    free(rank);
    return ERM_OK;
}

double erm_metric_mse(int64_t n, const double *predicted, const double *y, const double *weight)
{
    double sum = 0, total = 0;
    for (int64_t i = 0; i < n; i++) {
        const double s = weight_of(weight, i), error = predicted[i] - y[i];
        sum += s * error * error;
        total += s;
    }
    return sum / total;
}

/* Weighted variance about the weighted mean, in two passes. y is taken relative to its first value that counts, so that a
 * constant y gives exactly 0. */
static double variance(int64_t n, const double *y, const double *weight)
{
    int64_t first = 0;
    while (first < n && !(weight_of(weight, first) > 0)) first++;
    if (first == n) return NAN;
    double sum = 0, total = 0, squares = 0;
    for (int64_t i = first; i < n; i++) {
        sum += weight_of(weight, i) * (y[i] - y[first]);
        total += weight_of(weight, i);
    }
    const double mean = sum / total;
    for (int64_t i = first; i < n; i++) {
        const double deviation = y[i] - y[first] - mean;
        squares += weight_of(weight, i) * deviation * deviation;
    }
    return squares / total;
}

double erm_metric_r2(int64_t n, const double *predicted, const double *y, const double *weight)
{
    const double spread = variance(n, y, weight);
    return spread > 0 ? 1 - erm_metric_mse(n, predicted, y, weight) / spread : NAN;
}
