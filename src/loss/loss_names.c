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
    {"squared", erm_loss_squared, NULL, 0},
    {"logistic", erm_loss_logistic, NULL, 0},
    {"hinge", erm_loss_hinge, NULL, 0},
    {"squared-hinge", erm_loss_squared_hinge, NULL, 0},
    {"huber", NULL, erm_loss_huber, 1},
    {"cross-entropy", erm_loss_cross_entropy, NULL, 0},
    {"absolute", erm_loss_absolute, NULL, 0},
    {"quantile", NULL, erm_loss_quantile, 0.5},
    {"epsilon-insensitive", NULL, erm_loss_epsilon_insensitive, 0.1},
    {"squared-epsilon-insensitive", NULL, erm_loss_squared_epsilon_insensitive, 0.1},
    {"smoothed-hinge", NULL, erm_loss_smoothed_hinge, 1},
    {"modified-huber", erm_loss_modified_huber, NULL, 0},
    {"poisson", erm_loss_poisson, NULL, 0},
    {"gamma", erm_loss_gamma, NULL, 0},
    {"tweedie", NULL, erm_loss_tweedie, 1.5},
    {"multitask-squared", erm_loss_multitask_squared, NULL, 0},
    {"multiclass-hinge", erm_loss_multiclass_hinge, NULL, 0},
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
