/* Working sets by score: Hoare (1961), "Algorithm 65: find", gives the lowest score that is still in, in O(count). */
#include "solver/descent/working_set.h"

static void swap(double *a, double *b)
{
    const double kept = *a;
    *a = *b;
    *b = kept;
}

/* The value that would be at place k if x were sorted, the highest first. x is permuted. */
static double select_place(int64_t count, double *x, int64_t k)
{
    int64_t low = 0, high = count - 1;
    while (low < high) {
        swap(&x[low + (high - low) / 2], &x[high]);
        const double pivot = x[high];
        int64_t above = low, equal = low; /* x[low .. above) > pivot, x[above .. equal) == pivot */
        for (int64_t i = low; i <= high; i++) {
            if (x[i] < pivot) continue;
            swap(&x[i], &x[equal]);
            if (x[equal] > pivot) swap(&x[equal], &x[above++]);
            equal++;
        }
        if (k < above)
            high = above - 1;
        else if (k < equal)
            return pivot;
        else
            low = equal;
    }
    return x[low];
}

int64_t erm__working_set(int64_t count, const double *score, int64_t wanted, double *scratch, int32_t *list)
{
    int64_t positive = 0, above = 0, chosen = 0;
    for (int64_t j = 0; j < count; j++)
        if (score[j] > 0) scratch[positive++] = score[j];
    if (wanted > positive) wanted = positive;
    if (wanted == 0) return 0;
    const double least = select_place(positive, scratch, wanted - 1);
    for (int64_t j = 0; j < count; j++) above += score[j] > least;
    int64_t equal = wanted - above;
    for (int64_t j = 0; j < count; j++) {
        if (!(score[j] >= least) || score[j] <= 0) continue;
        if (score[j] == least && equal-- <= 0) continue;
        list[chosen++] = (int32_t)j;
    }
    return chosen;
}
