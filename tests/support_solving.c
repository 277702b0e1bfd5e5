/* Plain problems, and solves that must not fail. */
#include "solving.h"

#include "check.h"

problem_spec spec_of(const char *loss, erm_regularizer regularizer, int64_t n, int64_t d)
{
    return (problem_spec){.kind = &matrix_kinds[0],
                          .loss = loss_named(loss),
                          .regularizer = regularizer,
                          .n = n,
                          .d = d,
                          .intercept = true,
                          .seed = 7};
}

erm_result solve(const erm_problem *problem, erm_options options, double *w)
{
    erm_result result;
    if (erm_solve(problem, &options, w, &result)) fail_case("%s", result.detail);
    return result;
}

bool trace_record(const erm_progress *now, void *data)
{
    ((solve_trace *)data)->primal[now->epoch] = now->certificate.primal;
    return true;
}
