/* The same regularizer in another amount. */
#include "ermopt/regularizer.h"

erm_regularizer erm_regularizer_scaled(const erm_regularizer *regularizer, double lambda)
{
    erm_regularizer scaled = *regularizer;
    for (int i = 0; i < 4; i++)
        if (regularizer->ops->amounts & 1u << i) scaled.param[i] *= lambda;
    return scaled;
}
