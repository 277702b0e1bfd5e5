/* The one list of solvers by name: a new solver is one line here. */
#include "ermopt/solver.h"

#include <string.h>

#define SOLVER_LIST(X) X(gd) X(prox) X(sgd) X(svrg) X(saga) X(hogwild) X(newton) X(direct) X(interior)

static const char *const names[] = {"auto",
#define NAME(solver) #solver,
                                    SOLVER_LIST(NAME)
#undef NAME
};

const char *erm_solver_name(int64_t index)
{
    return index >= 0 && index < (int64_t)(sizeof names / sizeof *names) ? names[index] : NULL;
}

bool erm_solver_from_name(const char *name, erm_solver *solver)
{
    if (!strcmp(name, "auto")) {
        *solver = (erm_solver){0};
        return true;
    }
#define MATCH(each)                                                                                                              \
    if (!strcmp(name, #each)) {                                                                                                  \
        *solver = erm_solver_##each(NULL);                                                                                       \
        return true;                                                                                                             \
    }
    SOLVER_LIST(MATCH)
#undef MATCH
    return false;
}
