/* The lambdas of a path, and what can be wrong with what is asked for. */
#include <math.h>

#include "base/detail.h"
#include "solver/path/path_job.h"

static const double RATIO_WIDE = 1e-2, RATIO_TALL = 1e-4;

erm_status erm__path_check_options(const erm_path_options *options, char *detail)
{
    if (options->count < 0) return erm__fail(detail, ERM_EINVAL, "count = %lld is negative", (long long)options->count);
    if (!(options->ratio >= 0 && options->ratio < 1))
        return erm__fail(detail, ERM_EINVAL, "ratio = %g; it must be above 0 and below 1", options->ratio);
    if (options->lambda && options->count == 0) return erm__fail(detail, ERM_EINVAL, "count says 0 for the given lambdas");
    for (int64_t i = 0; options->lambda && i < options->count; i++)
        if (!(options->lambda[i] > 0) || !isfinite(options->lambda[i]))
            return erm__fail(detail, ERM_EINVAL, "lambda[%lld] = %g; positive numbers are needed", (long long)i,
                             options->lambda[i]);
    if (options->solve.checkpoint)
        return erm__fail(detail, ERM_EUNSUPPORTED, "a path keeps no checkpoint; save its points, and go on from the last lambda");
    if (!(options->solve.tol >= 0) || !isfinite(options->solve.tol))
        return erm__fail(detail, ERM_EINVAL, "tol = %g; a positive number is needed", options->solve.tol);
    if (!(options->solve.max_seconds >= 0))
        return erm__fail(detail, ERM_EINVAL, "max_seconds = %g is negative", options->solve.max_seconds);
    if (options->solve.max_epochs < 0 || options->solve.threads < 0)
        return erm__fail(detail, ERM_EINVAL, "max_epochs and threads must not be negative");
    return ERM_OK;
}

double *erm__path_lambdas(erm__path_job *job, const erm_path_options *options, double lambda_max, int64_t count)
{
    const double usual = job->ws.d > job->ws.n ? RATIO_WIDE : RATIO_TALL, ratio = options->ratio > 0 ? options->ratio : usual;
    double *const lambda = erm__arena_doubles(&job->ws.arena, count);
    for (int64_t i = 0; lambda && i < count; i++)
        lambda[i] = options->lambda ? options->lambda[i]
                    : i == 0        ? lambda_max
                                    : lambda_max * pow(ratio, (double)i / (double)(count - 1));
    return lambda;
}
