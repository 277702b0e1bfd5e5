/* A run with a checkpoint after each epoch, and what must refuse one. */
#include "checkpoints.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

problem_spec checkpoint_spec(void) { return spec_of("logistic", erm_l2(1e-3), CHECKPOINT_N, CHECKPOINT_D); }

checkpoint_run checkpoint_run_new(void)
{
    checkpoint_run self = {.owned = owned_problem_new(checkpoint_spec()),
                           .runs = resuming_new(CHECKPOINT_EPOCHS),
                           .options = {.solver = erm_solver_gd(NULL), .tol = 1e-13, .max_epochs = CHECKPOINT_EPOCHS, .seed = 3}};
    assert_int_equal(resuming_record(&self.runs, &self.owned->problem, self.options, self.w, &self.result), ERM_OK);
    assert_int_equal(self.result.stop, ERM_STOP_MAX_EPOCHS);
    assert_int_equal(self.runs.count, CHECKPOINT_EPOCHS);
    return self;
}

void checkpoint_run_free(checkpoint_run *self)
{
    owned_problem_free(self->owned);
    resuming_free(&self->runs);
}

void checkpoint_is_refused(checkpoint_run *self, const erm_problem *problem, erm_options options, erm_status wanted,
                           const char *sentence)
{
    double w[CHECKPOINT_SIZE] = {1, 2, 3};
    const double before[CHECKPOINT_SIZE] = {1, 2, 3};
    erm_result result;
    size_t size = 0, size_after = 0;
    options.checkpoint = self->runs.path;
    char *const bytes = files_read(self->runs.path, &size);
    const erm_status status = erm_solve(problem, &options, w, &result);
    if (status != wanted || !strstr(result.detail, sentence))
        fail_case("status %d, \"%s\" where \"%s\" was expected", (int)status, result.detail, sentence);
    assert_non_null(strstr(result.detail, self->runs.path));
    assert_memory_equal(w, before, sizeof w);
    assert_int_equal(result.stop, ERM_STOP_NONE);
    char *const after = files_read(self->runs.path, &size_after);
    assert_true(size == size_after && memcmp(bytes, after, size) == 0);
    assert_int_equal(files_count(&self->runs.directory), 1);
    free(bytes);
    free(after);
}

void checkpoint_is_of_another(checkpoint_run *self, const erm_problem *problem, erm_options options, const char *other)
{
    char sentence[100];
    snprintf(sentence, sizeof sentence, "was written with another %s;", other);
    files_write(self->runs.path, self->runs.file[1].bytes, self->runs.file[1].size);
    checkpoint_is_refused(self, problem, options, ERM_EINVAL, sentence);
}
