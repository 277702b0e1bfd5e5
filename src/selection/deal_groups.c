/* Dealing whole groups of rows out: the largest first, each to the part where it least raises
 *
 *     sum over parts f and strata c of  count_fc^2 / (share_f N_c),
 *
 * which is smallest where every part has its share of every stratum (a greedy rule, as for packing by sizes: Graham 1969). */
#include <stdlib.h>

#include "base/arena.h"
#include "base/detail.h"
#include "selection/deal.h"

typedef struct member {
    int64_t group, row;
} member;

typedef struct group {
    int64_t begin, size; /* in the members */
    int64_t place;       /* in the shuffled order */
} group;

typedef struct table {
    int64_t n, parts, groups, strata;
    const double *share;
    member *members;  /* n, by group */
    group *group;     /* by size */
    int64_t *list;    /* n */
    int32_t *stratum; /* n: a number for each row's */
    int64_t *total;   /* strata: rows */
    int64_t *count;   /* parts x strata */
    int64_t *tally;   /* strata: rows of the group at hand */
    double *filled;   /* parts: rows / share */
} table;

static int by_group(const void *left, const void *right)
{
    const member *const a = left, *const b = right;
    if (a->group != b->group) return a->group < b->group ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

static int by_size(const void *left, const void *right)
{
    const group *const a = left, *const b = right;
    if (a->size != b->size) return a->size > b->size ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* Numbers the strata, and counts their rows. */
static erm_status find_strata(table *self, erm__arena *arena, const erm_deal *deal)
{
    const erm_deal sorted = {.stratum = deal->stratum, .in_order = true};
    const erm_status status = erm__deal_order(self->n, &sorted, self->list);
    if (status) return status;
    int32_t number = 0;
    for (int64_t p = 0; p < self->n; p++) {
        if (deal->stratum && p > 0 && deal->stratum[self->list[p]] > deal->stratum[self->list[p - 1]]) number++;
        self->stratum[self->list[p]] = number;
    }
    self->strata = number + 1;
    self->total = erm__arena_take(arena, self->strata, sizeof *self->total);
    self->tally = erm__arena_take(arena, self->strata, sizeof *self->tally);
    self->count = erm__arena_take(arena, self->strata * self->parts, sizeof *self->count);
    if (arena->failed) return ERM_ENOMEM;
    for (int64_t i = 0; i < self->n; i++) self->total[self->stratum[i]]++;
    return ERM_OK;
}

/* Collects the members of each group, in an order of groups that is by size, and by chance among equals. */
static void find_groups(table *self, const erm_deal *deal)
{
    for (int64_t i = 0; i < self->n; i++) self->members[i] = (member){deal->group[i], i};
    qsort(self->members, (size_t)self->n, sizeof *self->members, by_group);
    for (int64_t i = 0; i < self->n; i++) {
        if (i == 0 || self->members[i].group != self->members[i - 1].group) self->group[self->groups++].begin = i;
        self->group[self->groups - 1].size++;
    }
    for (int64_t g = 0; g < self->groups; g++) self->list[g] = g;
    erm_rng rng = erm_rng_seed(deal->seed);
    if (!deal->in_order) erm_rng_shuffle(&rng, self->groups, self->list);
    for (int64_t g = 0; g < self->groups; g++) self->group[self->list[g]].place = g;
    qsort(self->group, (size_t)self->groups, sizeof *self->group, by_size);
}

/* The part for the group whose rows are tallied. A row of stratum c stands for (2
 * count_fc + tally_c) / (share_f N_c) of the rise. */
static int64_t cheapest(const table *self, const group *one)
{
    int64_t best = 0;
    double least = 0;
    for (int64_t f = 0; f < self->parts; f++) {
        double rise = 0;
        for (int64_t p = one->begin; p < one->begin + one->size; p++) {
            const int32_t c = self->stratum[self->members[p].row];
            rise += (double)(2 * self->count[f * self->strata + c] + self->tally[c]) / (double)self->total[c];
        }
        rise /= self->share[f];
        const bool equal = f > 0 && !(rise < least) && !(rise > least);
        if (f == 0 || rise < least || (equal && self->filled[f] < self->filled[best])) {
            best = f;
            least = rise;
        }
    }
    return best;
}

static void deal_all(table *self, int32_t *out)
{
    for (int64_t g = 0; g < self->groups; g++) {
        const group *const one = &self->group[g];
        const member *const first = self->members + one->begin;
        for (int64_t p = 0; p < one->size; p++) self->tally[self->stratum[first[p].row]]++;
        const int64_t f = cheapest(self, one);
        for (int64_t p = 0; p < one->size; p++) {
            const int32_t c = self->stratum[first[p].row];
            out[first[p].row] = (int32_t)f;
            self->count[f * self->strata + c]++;
            self->tally[c] = 0;
        }
        self->filled[f] += (double)one->size / self->share[f];
    }
}

static erm_status deal_with(table *self, erm__arena *arena, const erm_deal *deal, int32_t *out, char *detail)
{
    self->members = erm__arena_take(arena, self->n, sizeof *self->members);
    self->group = erm__arena_take(arena, self->n, sizeof *self->group);
    self->list = erm__arena_take(arena, self->n, sizeof *self->list);
    self->stratum = erm__arena_take(arena, self->n, sizeof *self->stratum);
    self->filled = erm__arena_doubles(arena, self->parts);
    if (arena->failed) return ERM_ENOMEM;
    const erm_status status = find_strata(self, arena, deal);
    if (status) return status;
    find_groups(self, deal);
    if (self->groups < self->parts)
        return erm__fail(detail, ERM_EINVAL, "%lld groups cannot be dealt out to %lld parts", (long long)self->groups,
                         (long long)self->parts);
    deal_all(self, out);
    for (int64_t f = 0; f < self->parts; f++)
        if (!(self->filled[f] > 0))
            return erm__fail(detail, ERM_EINVAL,
                             "the groups are too large for the shares that were asked for: part %lld is empty", (long long)f);
    return ERM_OK;
}

erm_status erm__deal_groups(int64_t n, int64_t parts, const double *share, const erm_deal *deal, int32_t *out, char *detail)
{
    erm__arena arena = {0};
    table self = {.n = n, .parts = parts, .share = share};
    const erm_status status = deal_with(&self, &arena, deal, out, detail);
    erm__arena_free(&arena);
    return status;
}
