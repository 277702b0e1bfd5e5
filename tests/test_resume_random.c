/* A run that is cut off after any epoch and goes on from its checkpoint, with another number of threads, ends with the bits of
 * one that was not: every solver on random problems. test_resume_random FIRST COUNT tries other seeds. */
#include "check.h"

#include <stdio.h>

#include "resuming.h"
#include "soak.h"

static uint64_t first_seed = 1;
static long seeds = CHECK_SANITIZED ? 10 : 50;

static void random_problems_go_on_to_the_same_bits_with_every_solver(void **state)
{
    (void)state;
    int64_t tried = 0;
    resuming runs = resuming_new(RESUMING_FILES);
    for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)seeds; seed++) {
        soak_problem soak = soak_problem_new(seed);
        for (int s = 0; erm_solver_name(s); s++) {
            char name[800];
            snprintf(name, sizeof name, "%s on %s", erm_solver_name(s), soak.text);
            erm_options options = {.tol = 1e-10, .max_epochs = 40, .seed = 5};
            assert_true(erm_solver_from_name(erm_solver_name(s), &options.solver));
            double w[RESUMING_SIZE] = {0};
            erm_result reference;
            const erm_status status = resuming_record(&runs, &soak.owned->problem, options, w, &reference);
            const bool cannot = strstr(reference.detail, "cannot go on from a checkpoint") != NULL;
            if (cannot && strcmp(reference.solver, "hogwild") != 0) fail_case("%s: %s", name, reference.detail);
            if (status == ERM_EUNSUPPORTED) continue;
            if (status) fail_case("%s: %s", name, reference.detail);
            tried += resuming_everywhere(&runs, &soak.owned->problem, options, 1 + runs.count / 3, w, &reference, name);
        }
        soak_problem_free(&soak);
    }
    resuming_free(&runs);
    if (tried < 3 * seeds) fail_case("only %lld runs were resumed", (long long)tried);
}

int main(int argc, char **argv)
{
    if (argc > 1) first_seed = strtoull(argv[1], NULL, 10);
    if (argc > 2) seeds = strtol(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_problems_go_on_to_the_same_bits_with_every_solver),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
