/* The options of erm_solve: defaults and limits. */
#include "solver/options.h"

#include <math.h>

#include "base/detail.h"

enum { DEFAULT_MAX_EPOCHS = 1000000 };
static const double DEFAULT_TOL = 1e-6;

erm_options erm__options_with_defaults(const erm_options *given)
{
    erm_options options = given ? *given : (erm_options){0};
    if (options.tol == 0) options.tol = DEFAULT_TOL;
    if (options.max_epochs == 0) options.max_epochs = DEFAULT_MAX_EPOCHS;
    return options;
}

erm_status erm__options_check(const erm_options *options, char *detail)
{
    if (!(options->tol > 0) || !isfinite(options->tol))
        return erm__fail(detail, ERM_EINVAL, "tol = %g; a positive number is needed", options->tol);
    if (options->max_epochs < 0)
        return erm__fail(detail, ERM_EINVAL, "max_epochs = %lld is negative", (long long)options->max_epochs);
    if (!(options->max_seconds >= 0)) return erm__fail(detail, ERM_EINVAL, "max_seconds = %g is negative", options->max_seconds);
    if (options->threads < 0) return erm__fail(detail, ERM_EINVAL, "threads = %d is negative", options->threads);
    if (options->check_every < 0)
        return erm__fail(detail, ERM_EINVAL, "check_every = %lld is negative", (long long)options->check_every);
    if (!(options->checkpoint_seconds >= 0))
        return erm__fail(detail, ERM_EINVAL, "checkpoint_seconds = %g is negative", options->checkpoint_seconds);
    return ERM_OK;
}
