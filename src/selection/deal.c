/* Dealing rows out to folds, or to two parts: plain and by strata. Groups are dealt in deal_groups.c. */
#include "selection/deal.h"

#include <math.h>
#include <stdlib.h>

#include "base/detail.h"

typedef struct card {
    double stratum;
    int64_t place, row; /* place: in the shuffled order */
} card;

static int by_stratum(const void *left, const void *right)
{
    const card *const a = left, *const b = right;
    if (a->stratum < b->stratum || a->stratum > b->stratum) return a->stratum < b->stratum ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

erm_status erm__deal_order(int64_t n, const erm_deal *deal, int64_t *list)
{
    for (int64_t i = 0; i < n; i++) list[i] = i;
    erm_rng rng = erm_rng_seed(deal->seed);
    if (!deal->in_order) erm_rng_shuffle(&rng, n, list);
    if (!deal->stratum) return ERM_OK;
    card *const cards = (uint64_t)n < PTRDIFF_MAX / sizeof *cards ? malloc((size_t)n * sizeof *cards) : NULL;
    if (!cards) return ERM_ENOMEM;
    for (int64_t i = 0; i < n; i++) cards[i] = (card){deal->stratum[list[i]], i, list[i]};
    qsort(cards, (size_t)n, sizeof *cards, by_stratum);
    for (int64_t i = 0; i < n; i++) list[i] = cards[i].row;
    free(cards);
    return ERM_OK;
}

static erm_status check(int64_t n, const erm_deal *deal, const int32_t *out, char *detail)
{
    if (n < 2 || n > INT32_MAX - 1) return erm__fail(detail, ERM_EINVAL, "%lld rows cannot be dealt out", (long long)n);
    if (!out) return erm__fail(detail, ERM_EINVAL, "there is no room for the parts of the rows");
    for (int64_t i = 0; deal->stratum && i < n; i++)
        if (!isfinite(deal->stratum[i])) return erm__fail(detail, ERM_EDATA, "stratum[%lld] is not finite", (long long)i);
    return ERM_OK;
}

/* In the order of strata each fold gets its share of every run of rows: of all rows, and of each stratum. */
static erm_status deal_rows(int64_t n, int64_t folds, double share, const erm_deal *deal, int32_t *out)
{
    int64_t *const list = malloc((size_t)n * sizeof *list);
    if (!list) return ERM_ENOMEM;
    const erm_status status = erm__deal_order(n, deal, list);
    for (int64_t p = 0; !status && p < n; p++) {
        const double before = floor((double)p * share + 0.5), after = floor((double)(p + 1) * share + 0.5);
        out[list[p]] = (int32_t)(folds ? p % folds : after > before);
    }
    free(list);
    return status;
}

static erm_status finish(erm_status status, char *detail)
{
    return status == ERM_ENOMEM ? erm__fail(detail, status, "%s", erm_status_text(status)) : status;
}

erm_status erm_deal_folds(int64_t n, int64_t folds, const erm_deal *given, int32_t *fold, char *detail)
{
    const erm_deal deal = given ? *given : (erm_deal){0};
    const erm_status status = check(n, &deal, fold, detail);
    if (status) return status;
    if (folds < 2 || folds > n)
        return erm__fail(detail, ERM_EINVAL, "%lld folds of %lld rows; 2 to %lld are possible", (long long)folds, (long long)n,
                         (long long)n);
    if (!deal.group) return finish(deal_rows(n, folds, 0, &deal, fold), detail);
    double *const share = malloc((size_t)folds * sizeof *share);
    if (!share) return finish(ERM_ENOMEM, detail);
    for (int64_t f = 0; f < folds; f++) share[f] = 1;
    const erm_status dealt = erm__deal_groups(n, folds, share, &deal, fold, detail);
    free(share);
    return finish(dealt, detail);
}

erm_status erm_deal_split(int64_t n, double share, const erm_deal *given, int32_t *part, char *detail)
{
    const erm_deal deal = given ? *given : (erm_deal){0};
    const erm_status status = check(n, &deal, part, detail);
    if (status) return status;
    const double rows = floor((double)n * share + 0.5);
    if (!(share > 0 && share < 1) || rows < 1 || rows > (double)n - 1)
        return erm__fail(detail, ERM_EINVAL, "a share of %g of %lld rows leaves one of the parts empty", share, (long long)n);
    if (!deal.group) return finish(deal_rows(n, 0, share, &deal, part), detail);
    return finish(erm__deal_groups(n, 2, (const double[]){1 - share, share}, &deal, part, detail), detail);
}

int64_t erm_fold_rows(int64_t n, const int32_t *fold, int32_t number, bool others, int64_t *list)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++)
        if ((fold[i] == number) != others) list[count++] = i;
    return count;
}
