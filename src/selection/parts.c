/* The training part of the rows and the part that is held out, prepared by what is learnt from the first alone. */
#include "selection/parts.h"

#include <stdlib.h>

#include "base/detail.h"

erm_status erm__prepare_rows(const erm_recipe *recipe, const erm_matrix *X, const double *weight, erm_preparation *preparation,
                             erm_prepared *prepared, char *detail)
{
    *preparation = (erm_preparation){0};
    *prepared = (erm_prepared){0};
    if (recipe->count == 0) return ERM_OK;
    erm_status status = erm_preparation_fit(recipe->steps, recipe->count, X, weight, preparation, detail);
    if (!status) status = erm_preparation_apply(preparation, X, prepared, detail);
    if (status) erm_preparation_free(preparation);
    return status;
}

erm_status erm__prepare_whole(const erm_problem *problem, const erm_recipe *recipe, erm_problem *whole,
                              erm_preparation *preparation, erm_prepared *prepared, char *detail)
{
    const bool prepares = recipe->count > 0 && problem && problem->X && problem->X->ops;
    *prepared = (erm_prepared){0};
    if (recipe->count < 0 || (recipe->count > 0 && !recipe->steps))
        return erm__fail(detail, ERM_EINVAL, "there are %lld steps of preparation, and no list of them",
                         (long long)recipe->count);
    if (!prepares) {
        const erm_status status = erm_problem_check(problem, detail);
        if (!status) *whole = *problem;
        return status;
    }
    *whole = *problem;
    const erm_status status = erm__prepare_rows(recipe, problem->X, problem->weight, preparation, prepared, detail);
    if (status) return status;
    whole->X = prepared->X;
    return erm_problem_check(whole, detail);
}

/* The rows' own weights, without those of their classes, as for all rows. */
static erm_status prepare_training(const erm_problem *problem, const erm_recipe *recipe, const int64_t *training,
                                   erm__parts *parts, char *detail)
{
    const int64_t count = parts->training.problem.X->rows;
    double *const weight = problem->weight ? malloc((size_t)(count + 1) * sizeof *weight) : NULL;
    if (problem->weight && !weight) return ERM_ENOMEM;
    for (int64_t t = 0; weight && t < count; t++) weight[t] = problem->weight[training[t]];
    const erm_status status =
        erm__prepare_rows(recipe, parts->training.problem.X, weight, &parts->preparation, &parts->prepared_training, detail);
    free(weight);
    if (!status) parts->training.problem.X = parts->prepared_training.X;
    return status;
}

erm_status erm__parts_open(const erm_problem *problem, const erm_recipe *recipe, int64_t training_count, const int64_t *training,
                           int64_t held_out_count, const int64_t *held_out, erm__parts *parts, char *detail)
{
    *parts = (erm__parts){0};
    erm_status status = erm_subset_open(problem, training_count, training, &parts->training);
    if (!status) status = erm_subset_open(problem, held_out_count, held_out, &parts->held_out);
    if (status || recipe->count == 0) return status;
    status = prepare_training(problem, recipe, training, parts, detail);
    if (!status)
        status = erm_preparation_apply(&parts->preparation, parts->held_out.problem.X, &parts->prepared_held_out, detail);
    if (!status) parts->held_out.problem.X = parts->prepared_held_out.X;
    return status;
}

erm_status erm__parts_fit(const erm__parts *parts, const erm_problem *whole, char *detail)
{
    const int64_t cols = parts->training.problem.X->cols, all = whole->X->cols;
    const bool by_number = whole->regularizer.factor || whole->regularizer.data;
    if (cols == all || (cols < all && !by_number)) return ERM_OK;
    return erm__fail(
        detail, ERM_EUNSUPPORTED,
        "the preparation leaves %lld columns of the training rows and %lld of all rows, but the regularizer knows features by "
        "their numbers; leave out drop-constant",
        (long long)cols, (long long)all);
}

void erm__parts_close(erm__parts *parts)
{
    erm_prepared_free(&parts->prepared_training);
    erm_prepared_free(&parts->prepared_held_out);
    erm_preparation_free(&parts->preparation);
    erm_subset_close(&parts->training);
    erm_subset_close(&parts->held_out);
}
