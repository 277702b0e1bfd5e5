/* The one list of solvers by name: a new solver is one line here. */
#include "ermopt/solver.h"

#include <string.h>

/* clang-format off */
#define SOLVER_LIST(X) \
    X(gd) \
    X(prox) \
    X(sgd) \
    X(svrg) \
    X(saga) \
    X(hogwild) \
    X(newton) \
    X(newton_cg) \
    X(prox_newton) \
    X(lbfgs) \
    X(owlqn) \
    X(direct) \
    X(gram) \
    X(cd) \
    X(interior) \
    X(alm) \
    X(multipliers) \
    X(dual)
/* clang-format on */

const char *erm_solver_name(int64_t index)
{
    if (index == 0) return "auto";
    int64_t next = 1;
#define NAME(each)                                                                                                               \
    if (index == next++) return erm_solver_##each(NULL).ops->name;
    SOLVER_LIST(NAME)
#undef NAME
    return NULL;
}

bool erm_solver_from_name(const char *name, erm_solver *solver)
{
    if (!strcmp(name, "auto")) {
        *solver = (erm_solver){0};
        return true;
    }
#define MATCH(each)                                                                                                              \
    if (!strcmp(name, erm_solver_##each(NULL).ops->name)) {                                                                      \
        *solver = erm_solver_##each(NULL);                                                                                       \
        return true;                                                                                                             \
    }
    SOLVER_LIST(MATCH)
#undef MATCH
    return false;
}
