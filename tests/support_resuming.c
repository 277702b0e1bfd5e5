/* Runs that are cut off after each epoch. */
#include "resuming.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "catalog_regularizer.h"
#include "check.h"
#include "solving.h"

static const double EVERY_EPOCH = 1e-12; /* seconds: less than any takes */

resuming resuming_new(int64_t most)
{
    resuming self = {.directory = files_new_fast_directory(), .most = most};
    files_path(&self.directory, "checkpoint", self.path);
    return self;
}

static void forget(resuming *self)
{
    for (int64_t f = 0; f < self->count; f++) free(self->file[f].bytes);
    self->count = 0;
}

void resuming_free(resuming *self)
{
    forget(self);
    free(self->file);
    files_remove_directory(&self->directory);
}

/* What was written after the epoch before this one: the monitor is called before its own is. */
static void keep(resuming *self, int64_t epoch)
{
    struct stat about;
    if (stat(self->path, &about) != 0) return;
    if (self->count == self->most) {
        free(self->file[0].bytes);
        memmove(self->file, self->file + 1, (size_t)--self->count * sizeof *self->file);
    }
    if (self->count == self->room) {
        self->room = 2 * self->room + 8;
        self->file = realloc(self->file, (size_t)self->room * sizeof *self->file);
        assert_non_null(self->file);
    }
    struct resuming_file *const file = &self->file[self->count++];
    file->bytes = files_read(self->path, &file->size);
    file->epoch = epoch;
}

static bool record(const erm_progress *now, void *data)
{
    if (now->epoch > 1) keep(data, now->epoch - 1);
    return true;
}

erm_status resuming_record(resuming *self, const erm_problem *problem, erm_options options, double *w, erm_result *result)
{
    forget(self);
    remove(self->path);
    options.checkpoint = self->path;
    options.checkpoint_seconds = EVERY_EPOCH;
    options.monitor = record;
    options.monitor_data = self;
    const erm_status status = erm_solve(problem, &options, w, result);
    if (status == ERM_OK) assert_int_equal(result->resumed, 0);
    if (status == ERM_OK && result->stop != ERM_STOP_DIVERGED) keep(self, result->epochs);
    return status;
}

erm_status resuming_from(resuming *self, int64_t file, const erm_problem *problem, erm_options options, double *w,
                         erm_result *result)
{
    /* so that memory lies elsewhere than it did, as it would in another process */
    void *const small = malloc(200), *const middle = malloc(5000), *const large = malloc((size_t)1 << 17);
    files_write(self->path, self->file[file].bytes, self->file[file].size);
    for (int64_t j = 0; j < erm_problem_size(problem); j++) w[j] = 0.5; /* the file knows better */
    options.checkpoint = self->path;
    const erm_status status = erm_solve(problem, &options, w, result);
    free(small);
    free(middle);
    free(large);
    return status;
}

bool resuming_same(int64_t size, const double *w, const erm_result *a, const double *v, const erm_result *b)
{
    const erm_certificate *p = &a->certificate, *q = &b->certificate;
    const double one[] = {p->primal, p->dual, p->gap, p->kkt, a->passes},
                 other[] = {q->primal, q->dual, q->gap, q->kkt, b->passes};
    return memcmp(w, v, (size_t)size * sizeof *w) == 0 && memcmp(one, other, sizeof one) == 0 && p->kind == q->kind &&
           a->epochs == b->epochs && a->stop == b->stop && strcmp(a->detail, b->detail) == 0;
}

int64_t resuming_everywhere(resuming *runs, const erm_problem *problem, erm_options options, int64_t step, const double *w,
                            const erm_result *reference, const char *name)
{
    const int64_t size = erm_problem_size(problem);
    int64_t tried = 0;
    for (int64_t f = 0; f < runs->count; f = f + step < runs->count || f == runs->count - 1 ? f + step : runs->count - 1) {
        double v[RESUMING_SIZE];
        erm_result result;
        options.threads = f % 2 ? 1 : 2;
        const int64_t epoch = runs->file[f].epoch;
        if (resuming_from(runs, f, problem, options, v, &result))
            fail_case("%s, from epoch %lld: %s", name, (long long)epoch, result.detail);
        if (result.resumed != epoch)
            fail_case("%s, from epoch %lld: resumed at %lld", name, (long long)epoch, (long long)result.resumed);
        if (!resuming_same(size, w, reference, v, &result))
            fail_case("%s: from epoch %lld of %lld it ends after %lld, at F = %.17g (%s); uninterrupted %.17g (%s)", name,
                      (long long)epoch, (long long)reference->epochs, (long long)result.epochs, result.certificate.primal,
                      result.detail, reference->certificate.primal, reference->detail);
        tried++;
    }
    return tried;
}

static erm_regularizer regularizer_named(const char *name)
{
    int64_t count;
    const regularizer_case *all = regularizer_catalog(&count);
    for (int64_t r = 0; r < count; r++)
        if (!strcmp(all[r].name, name)) return all[r].regularizer;
    fail_case("no regularizer %s in the catalog", name);
    return (erm_regularizer){0};
}

static void one_case(const resume_case *each, int number)
{
    problem_spec spec = spec_of(each->loss, regularizer_named(each->regularizer), each->n, each->d);
    if (each->strength > 0) spec.regularizer = erm_regularizer_scaled(&spec.regularizer, each->strength);
    if (each->kind) spec.kind = kind_named(each->kind);
    spec.weights = each->weights;
    spec.offset = each->offset;
    spec.intercept = !each->no_intercept;
    owned_problem *owned = owned_problem_new(spec);
    char name[200];
    snprintf(name, sizeof name, "case %d, %s on %s x %s", number, each->solver, each->loss, each->regularizer);
    erm_options options = {.tol = each->tol > 0 ? each->tol : 1e-11, .max_epochs = each->epochs ? each->epochs : 300, .seed = 3};
    assert_true(erm_solver_from_name(each->solver, &options.solver));
    options.solver.params = each->params;
    double w[RESUMING_SIZE] = {0};
    erm_rng rng = erm_rng_seed(5);
    assert_true(owned->size <= RESUMING_SIZE);
    for (int64_t j = 0; each->random_start && j < owned->size; j++) w[j] = 0.3 * erm_rng_normal(&rng);
    resuming runs = resuming_new(RESUMING_FILES);
    erm_result reference;
    if (resuming_record(&runs, &owned->problem, options, w, &reference)) fail_case("%s: %s", name, reference.detail);
    if (reference.epochs < each->at_least || runs.count < 1)
        fail_case("%s: only %lld epochs: %s", name, (long long)reference.epochs, reference.detail);
    resuming_everywhere(&runs, &owned->problem, options, 1 + runs.count / 20, w, &reference, name);
    resuming_free(&runs);
    owned_problem_free(owned);
}

void resuming_cases(const resume_case *cases, size_t count)
{
    for (size_t c = 0; c < count; c++) one_case(&cases[c], (int)c);
}
