/* How good margins are on the rows of a problem. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "ermopt/metrics.h"
#include "ermopt/selection.h"
#include "problem/class_weight.h"

static const char *const names[] = {
    [ERM_METRIC_LOSS] = "loss", [ERM_METRIC_ERROR] = "error", [ERM_METRIC_MSE] = "mse", [ERM_METRIC_AUC] = "auc"};

bool erm_metric_from_name(const char *name, erm_metric *metric)
{
    for (size_t m = 0; name && m < sizeof names / sizeof *names; m++)
        if (!strcmp(name, names[m])) {
            *metric = (erm_metric)m;
            return true;
        }
    return false;
}

const char *erm_metric_name(erm_metric metric)
{
    return (size_t)metric < sizeof names / sizeof *names ? names[metric] : "unknown";
}

erm_status erm_metric_check(const erm_problem *problem, erm_metric metric, char *detail)
{
    const erm_loss_ops *const loss = problem->loss.ops;
    if ((size_t)metric >= sizeof names / sizeof *names)
        return erm__fail(detail, ERM_EINVAL, "%d is no metric; see erm_metric", (int)metric);
    if ((metric == ERM_METRIC_ERROR || metric == ERM_METRIC_AUC) && !loss->classifies)
        return erm__fail(detail, ERM_EUNSUPPORTED, "the metric %s is for classes; %s loss is for numbers", names[metric],
                         loss->name);
    if (metric == ERM_METRIC_AUC && problem->k > 1)
        return erm__fail(detail, ERM_EUNSUPPORTED, "the metric auc is for two classes and one output, not for k = %lld",
                         (long long)problem->k);
    if (metric == ERM_METRIC_MSE && loss->classifies)
        return erm__fail(detail, ERM_EUNSUPPORTED, "the metric mse is for numbers; %s loss is for classes", loss->name);
    return ERM_OK;
}

void erm_problem_margins(const erm_problem *problem, const double *w, double *Z)
{
    const erm_matrix *const X = problem->X;
    const int64_t n = X->rows, k = problem->k ? problem->k : 1;
    const double *const b = w + X->cols * k;
    X->ops->mul(X, (erm_rows){.count = n}, k, w, Z);
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < k; c++)
            Z[i * k + c] += (problem->intercept ? b[c] : 0) + (problem->offset ? problem->offset[i * k + c] : 0);
}

static bool is_wrong(const erm_problem *problem, int64_t k, const double *z, double y)
{
    if (k == 1) return (z[0] > 0) != (y > 0);
    int64_t largest = 0;
    for (int64_t c = 1; c < k; c++)
        if (z[c] > z[largest]) largest = c;
    return isnan(z[largest]) || problem->k <= 1 || largest != (int64_t)y;
}

/* Of one row; the loss's own sum, of one. */
static double risk_of_row(const erm_problem *problem, erm_metric metric, const double *z, const double *y)
{
    const erm_loss *const loss = &problem->loss;
    const int64_t k = problem->k ? problem->k : 1;
    if (metric == ERM_METRIC_LOSS) return loss->ops->eval(loss, 1, k, z, y, NULL, NULL, NULL);
    if (metric == ERM_METRIC_ERROR) return is_wrong(problem, k, z, y[0]);
    double sum = 0;
    for (int64_t c = 0; c < k; c++) {
        double mean = z[c];
        if (loss->ops->mean) loss->ops->mean(loss, 1, 1, z + c, &mean);
        const double error = mean - y[loss->ops->target_per_output ? c : 0];
        sum += error * error / (double)k;
    }
    return sum;
}

/* Weighted mean, and the root of the weighted mean square deviation / (n - 1), of the rows with a weight. */
static void average(const erm_problem *problem, erm_metric metric, const double *Z, const double *weight, double *mean,
                    double *error)
{
    const int64_t n = problem->X->rows, k = problem->k ? problem->k : 1, targets = problem->loss.ops->target_per_output ? k : 1;
    double total = 0, sum = 0, squares = 0;
    int64_t used = 0;
    for (int64_t i = 0; i < n; i++) {
        const double s = weight ? weight[i] : 1;
        if (!(s > 0)) continue;
        const double value = risk_of_row(problem, metric, Z + i * k, problem->y + i * targets);
        const double before = used ? sum / total : value; /* the running mean: squares of deviations do not cancel */
        sum += s * value;
        total += s;
        used++;
        squares += s * (value - before) * (value - sum / total);
    }
    *mean = sum / total;
    *error = used > 1 ? sqrt(squares / total / (double)(used - 1)) : NAN;
}

erm_status erm_problem_risk(const erm_problem *problem, erm_metric metric, const double *Z, double *mean, double *error)
{
    double unwanted, *weight = NULL;
    if (!error) error = &unwanted;
    if (problem->class_weight) {
        weight = malloc((size_t)problem->X->rows * sizeof *weight);
        if (!weight) return ERM_ENOMEM;
        erm__class_weight_apply(problem, weight);
    }
    const double *const used = weight ? weight : problem->weight;
    erm_status status = ERM_OK;
    *error = NAN;
    if (metric == ERM_METRIC_AUC)
        status = erm_metric_auc(problem->X->rows, Z, problem->y, used, mean);
    else
        average(problem, metric, Z, used, mean, error);
    free(weight);
    return status;
}
