/* Names of losses and solvers on the command line. */
#include "names.h"

#include <stdio.h>

#include "cli.h"
#include "message.h"

#define LOSSES                                                                                                                   \
    "squared", "logistic", "hinge", "squared-hinge", "huber", "cross-entropy", "absolute", "quantile", "epsilon-insensitive",    \
        "squared-epsilon-insensitive", "smoothed-hinge", "modified-huber", "poisson", "gamma", "tweedie", "multiclass-hinge"

static bool unknown(const char *what, const char *name, int count, const char *const *names)
{
    char list[512] = "";
    int length = 0;
    const char *nearest = cli_nearest(name, count, names);
    if (nearest) {
        complain(EXIT_USAGE, "there is no %s '%s'; did you mean %s?", what, name, nearest);
        return false;
    }
    for (int i = 0; i < count && length < (int)sizeof list; i++)
        length += snprintf(list + length, sizeof list - (size_t)length, " %s", names[i]);
    complain(EXIT_USAGE, "there is no %s '%s'; there are%s", what, name, list);
    return false;
}

bool loss_from_name(const char *name, double param, erm_loss *loss)
{
    static const char *const names[] = {LOSSES};
    return erm_loss_from_name(name, param, loss) || unknown("loss", name, (int)(sizeof names / sizeof names[0]), names);
}

bool solver_from_name(const char *name, erm_solver *solver)
{
    enum { MOST = 64 };
    const char *names[MOST];
    int count = 0;
    while (count < MOST && erm_solver_name(count)) {
        names[count] = erm_solver_name(count);
        count++;
    }
    return erm_solver_from_name(name, solver) || unknown("solver", name, count, names);
}
