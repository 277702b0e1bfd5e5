/* Everything that can be wrong with a problem, found before it is solved and named by position. */
#include "ermopt/problem.h"

#include <math.h>

#include "base/detail.h"
#include "matrix/csr.h"
#include "matrix/dense.h"
#include "matrix/view_imputed.h"
#include "problem/class_weight.h"
#include "problem/prepare.h"
#include "problem/quick_check.h"

int64_t erm_problem_size(const erm_problem *problem)
{
    const int64_t k = problem->k ? problem->k : 1;
    return (problem->X->cols + (problem->intercept ? 1 : 0)) * k;
}

static erm_status check_shape(const erm_problem *problem, char *detail)
{
    if (!problem) return erm__fail(detail, ERM_EINVAL, "there is no problem");
    const erm_matrix *X = problem->X;
    if (!X || !X->ops) return erm__fail(detail, ERM_EINVAL, "the problem has no matrix X");
    if (!problem->y) return erm__fail(detail, ERM_EINVAL, "the problem has no labels y");
    if (!problem->loss.ops) return erm__fail(detail, ERM_EINVAL, "the problem has no loss");
    if (!problem->regularizer.ops)
        return erm__fail(detail, ERM_EINVAL, "the problem has no regularizer; use erm_none() for none");
    if (X->rows < 1) return erm__fail(detail, ERM_EINVAL, "X has %lld rows; at least 1 is needed", (long long)X->rows);
    if (X->cols < 0 || X->cols > INT32_MAX)
        return erm__fail(detail, ERM_EINVAL, "X has %lld columns; 0 to 2^31 - 1 are possible", (long long)X->cols);
    const int64_t k = problem->k ? problem->k : 1;
    const int64_t least = problem->loss.ops->min_outputs ? problem->loss.ops->min_outputs : 1;
    const int64_t most = problem->loss.ops->max_outputs ? problem->loss.ops->max_outputs : 1;
    if (k < least || k > most)
        return erm__fail(detail, ERM_EINVAL, "k = %lld outputs; %s loss takes %lld to %lld", (long long)k,
                         problem->loss.ops->name, (long long)least, (long long)most);
    if (isnan(problem->loss.ops->curvature(&problem->loss, k)))
        return erm__fail(detail, ERM_EINVAL, "%s loss cannot have the parameter %g", problem->loss.ops->name,
                         problem->loss.param);
    if (X->rows > INT64_MAX / 64 / k || (X->cols + 1) > INT64_MAX / 64 / k)
        return erm__fail(detail, ERM_EINVAL, "X with k = %lld outputs is too large to address", (long long)k);
    return ERM_OK;
}

static erm_status check_labels(const erm_problem *problem, char *detail)
{
    const erm_loss *loss = &problem->loss;
    const int64_t k = problem->k ? problem->k : 1;
    const int64_t targets = loss->ops->target_per_output ? k : 1;
    for (int64_t i = 0; i < problem->X->rows * targets; i++) {
        const double y = problem->y[i];
        const bool ok = loss->ops->label_ok ? loss->ops->label_ok(loss, k, y) : isfinite(y);
        if (!ok)
            return erm__fail(detail, ERM_EDATA, "y[%lld] = %g is no label for %s loss; expected %s", (long long)i, y,
                             loss->ops->name, loss->ops->labels ? loss->ops->labels : "a finite number");
    }
    return ERM_OK;
}

static erm_status check_weights(const erm_problem *problem, char *detail)
{
    if (!problem->weight) return ERM_OK;
    double total = 0;
    for (int64_t i = 0; i < problem->X->rows; i++) {
        const double s = problem->weight[i];
        if (!(s >= 0) || !isfinite(s))
            return erm__fail(detail, ERM_EDATA, "weight[%lld] = %g; weights must be finite and not negative", (long long)i, s);
        total += s;
    }
    if (!(total > 0) || !isfinite(total))
        return erm__fail(detail, ERM_EDATA, "the weights add up to %g; a positive sum is needed", total);
    return ERM_OK;
}

static erm_status check_offset(const erm_problem *problem, char *detail)
{
    const int64_t k = problem->k ? problem->k : 1;
    for (int64_t i = 0; problem->offset && i < problem->X->rows * k; i++)
        if (!isfinite(problem->offset[i])) return erm__fail(detail, ERM_EDATA, "offset[%lld] is not finite", (long long)i);
    return ERM_OK;
}

static erm_status check_regularizer(const erm_problem *problem, char *detail)
{
    const erm_regularizer *regularizer = &problem->regularizer;
    for (int64_t j = 0; regularizer->factor && j < problem->X->cols; j++)
        if (!(regularizer->factor[j] >= 0) || !isfinite(regularizer->factor[j]))
            return erm__fail(detail, ERM_EDATA, "factor[%lld] = %g; penalty factors must be finite and not negative",
                             (long long)j, regularizer->factor[j]);
    if (regularizer->ops->check)
        return regularizer->ops->check(regularizer, problem->X->cols, problem->k ? problem->k : 1, detail);
    return ERM_OK;
}

/* All but X, and what needs X to be in order. */
static erm_status check_but_matrix(const erm_problem *problem, char *detail)
{
    erm_status status = check_shape(problem, detail);
    if (!status) status = check_regularizer(problem, detail);
    if (!status) status = check_weights(problem, detail);
    if (!status) status = check_offset(problem, detail);
    if (!status) status = check_labels(problem, detail);
    if (!status) status = erm__class_weight_check(problem, detail);
    return status;
}

/* As erm__problem_check_quickly, of X. */
static erm_status check_matrix_quickly(const erm_problem *problem, bool *left, char *detail)
{
    const erm_matrix *X = problem->X;
    const bool dense = erm__is_dense_rows(X);
    *left = dense || (erm__is_csr(X) && !problem->standardise);
    return !*left  ? erm__check_whole(X, detail)
           : dense ? erm__dense_rows_check_shape(X, detail)
                   : erm__csr_check_places(X, detail);
}

erm_status erm__problem_check_quickly(const erm_problem *problem, bool *left, char *detail)
{
    *left = false;
    erm_status status = check_but_matrix(problem, detail);
    if (!status) status = check_matrix_quickly(problem, left, detail);
    if (!status && problem->standardise) status = erm__standardise_check(problem, detail);
    return status;
}

erm_status erm_problem_check(const erm_problem *problem, char *detail)
{
    erm_status status = check_but_matrix(problem, detail);
    if (!status) status = erm__check_whole(problem->X, detail);
    if (!status && problem->standardise) status = erm__standardise_check(problem, detail);
    return status;
}
