/* The groups of a penalty, laid out for block coordinate descent: the features of each, and free features as groups of one. */
#include "solver/descent/cd_state.h"

static bool is_free(const erm_regularizer *R, int64_t j) { return R->factor && R->factor[j] == 0; }

/* members: a counting sort. Free features come after the groups, each on its own. */
static void sort_members(erm__groups_of *to, const erm_regularizer *R, const erm_groups *given, int64_t d)
{
    int64_t *const next = to->start + 1; /* next[g] is where the next member of g goes, and in the end where g + 1 begins */
    int64_t loose = given->count;
    for (int64_t j = 0; j < d; j++) next[1 + (is_free(R, j) ? loose++ : given->group[j])]++;
    for (int64_t g = 0; g < to->count; g++) next[g + 1] += next[g];
    loose = given->count;
    for (int64_t j = 0; j < d; j++) to->member[next[is_free(R, j) ? loose++ : given->group[j]]++] = (int32_t)j;
}

/* Where the Gram matrices go; returns how many doubles they need. */
static int64_t place_gram(erm__groups_of *to)
{
    int64_t sum = 0;
    for (int64_t g = 0; g < to->count; g++) {
        const int64_t m = to->start[g + 1] - to->start[g];
        to->gram_at[g] = m <= ERM_WHOLE_GROUP ? sum : -1;
        if (m > 1 && m <= ERM_WHOLE_GROUP) sum += m * (2 * m + 1);
    }
    return sum;
}

/* Each row of W is a group, of which the free ones have no penalty. */
static void lay_out_rows(erm__groups_of *to, const erm_regularizer *R, int64_t d)
{
    for (int64_t j = 0; j < d; j++) {
        to->start[j + 1] = j + 1;
        to->member[j] = (int32_t)j;
        to->lambda[j] = R->ops->row(R, j);
    }
}

void erm__groups_lay_out(erm__groups_of *to, erm_run *run)
{
    const erm_regularizer *R = &run->problem->regularizer;
    to->widest = 1;
    const erm_blocks of = R->ops->blocks ? R->ops->blocks(R) : (erm_blocks){0};
    to->count = of.groups ? of.groups->count : run->d;
    for (int64_t j = 0; of.groups && j < run->d; j++) to->count += is_free(R, j);
    to->start = erm_run_take_bytes(run, to->count + 2, sizeof *to->start);
    to->member = erm_run_take_bytes(run, run->d, sizeof *to->member);
    to->lambda = erm_run_take(run, to->count);
    to->l1 = erm_run_take(run, run->d);
    if (!erm_run_ok(run)) return;
    if (!of.groups) {
        lay_out_rows(to, R, run->d);
        return;
    }
    sort_members(to, R, of.groups, run->d);
    for (int32_t g = 0; g < of.groups->count; g++) to->lambda[g] = of.lambda * (of.groups->weight ? of.groups->weight[g] : 1);
    for (int64_t j = 0; j < run->d; j++) to->l1[j] = of.l1 * (R->factor ? R->factor[j] : 1);
    for (int64_t g = 0; g < to->count; g++)
        if (to->start[g + 1] - to->start[g] > to->widest) to->widest = to->start[g + 1] - to->start[g];
}

void erm__descent_open_groups(erm__descent *self, erm_run *run)
{
    erm__groups_of *const to = &self->groups;
    erm__groups_lay_out(to, run);
    to->gram_at = erm_run_take_bytes(run, to->count, sizeof *to->gram_at);
    to->largest = erm_run_take(run, to->count);
    if (!erm_run_ok(run)) return;
    to->gram = erm_run_take(run, place_gram(to));
    self->model.scratch = erm_run_take(run, run->workspace->n + erm__cd_group_scratch(to->widest));
    self->model.groups = to;
    self->units = to->count;
}
