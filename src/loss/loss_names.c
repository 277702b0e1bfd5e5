/* Losses by name, for programs and model files. */
#include <math.h>
#include <string.h>

#include "ermopt/loss.h"

typedef struct named_loss {
    const char *name;
    erm_loss (*plain)(void); /* one of the two is NULL */
    erm_loss (*with_param)(double);
    double usual_param; /* what param = 0 means */
} named_loss;

static const named_loss losses[] = {
    {"squared", erm_loss_squared, NULL, 0}, {"logistic", erm_loss_logistic, NULL, 0},
    {"hinge", erm_loss_hinge, NULL, 0},     {"squared-hinge", erm_loss_squared_hinge, NULL, 0},
    {"huber", NULL, erm_loss_huber, 1},     {"cross-entropy", erm_loss_cross_entropy, NULL, 0},
};

bool erm_loss_from_name(const char *name, double param, erm_loss *loss)
{
    for (size_t i = 0; i < sizeof losses / sizeof losses[0]; i++) {
        const named_loss *entry = &losses[i];
        if (strcmp(name, entry->name) != 0) continue;
        *loss = entry->plain ? entry->plain() : entry->with_param(param == 0 ? entry->usual_param : param);
        return !isnan(loss->ops->curvature(loss, 2));
    }
    return false;
}
