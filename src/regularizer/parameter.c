/* Checks of a regularizer's numbers that several families need. */
#include "regularizer/parameter.h"

#include <math.h>

#include "base/detail.h"

erm_status erm__check_amount(const erm_regularizer *self, const char *what, double value, char *detail)
{
    if (value >= 0 && isfinite(value)) return ERM_OK;
    return erm__fail(detail, ERM_EINVAL, "%s: %s = %g; it must be finite and not negative", self->ops->name, what, value);
}

erm_status erm__check_lambda(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    (void)d;
    (void)k;
    return erm__check_amount(self, "lambda", self->param[0], detail);
}

erm_status erm__check_radius(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    (void)d;
    (void)k;
    return erm__check_amount(self, "the radius", self->param[0], detail);
}

erm_status erm__check_bounds(const erm_regularizer *self, int64_t j, double low, double high, char *detail)
{
    if (low <= high && low < INFINITY && high > -INFINITY) return ERM_OK;
    if (j < 0)
        return erm__fail(detail, ERM_EINVAL, "%s: no number lies between low = %g and high = %g", self->ops->name, low, high);
    return erm__fail(detail, ERM_EINVAL, "%s: no number lies between low[%lld] = %g and high[%lld] = %g", self->ops->name,
                     (long long)j, low, (long long)j, high);
}
