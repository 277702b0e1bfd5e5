/* A solver inside another: how it is opened, started again without new memory, stepped and certified. */
#include "solver/nested.h"

#include <string.h>

/* In memory that no checkpoint holds: what is copied of X is made anew, as `kept` says. */
static erm_status open_columns(erm__nested *self, erm_run *outer)
{
    const int64_t size = (int64_t)((sizeof(erm__columns) + sizeof(double) - 1) / sizeof(double));
    erm__columns *const columns = (void *)erm__run_scratch(outer, size);
    if (!columns) return ERM_ENOMEM;
    const erm_status status = erm__columns_open(columns, self->problem.X, self->ws.threads, NULL);
    if (status) return status == ERM_ENOMEM ? status : ERM_EUNSUPPORTED;
    self->run.columns = outer->columns = columns;
    self->kept.list = erm_run_take_bytes(outer, outer->d, sizeof *self->kept.list);
    self->kept.place = erm_run_take_bytes(outer, outer->d, sizeof *self->kept.place);
    self->spare = erm_run_take_bytes(outer, outer->d, sizeof *self->spare);
    return erm_run_ok(outer) ? ERM_OK : ERM_ENOMEM;
}

static erm_status open_run(erm__nested *self, erm_run *outer, erm_solver solver)
{
    erm_solver_ops ops = *solver.ops;
    ops.needs &= ~(unsigned)ERM_NEEDS_COLUMNS; /* see above */
    erm_status status = erm__workspace_open(&self->ws, &self->problem, outer->workspace->threads);
    if (!status) status = erm__certifier_open(&self->certifier, &self->ws);
    if (!status)
        status = erm__run_open(&self->run, &self->certifier, (erm_solver){.ops = &ops, .params = solver.params}, 0, NULL);
    if (!status) self->w = erm__arena_doubles(&self->ws.arena, self->ws.size);
    erm__arena_join(&outer->workspace->arena, &self->ws.arena);
    return status ? status : erm_run_ok(outer) ? ERM_OK : ERM_ENOMEM;
}

erm_status erm__nested_open(erm__nested *self, erm_run *outer, erm_solver solver)
{
    self->solver = solver;
    const erm_status status = open_run(self, outer, solver);
    if (status) return status;
    self->run.rng = outer->rng;
    self->run.tol = outer->tol;
    return solver.ops->needs & ERM_NEEDS_COLUMNS ? open_columns(self, outer) : ERM_OK;
}

static void forget(erm__nested *self)
{
    self->ws.known_margin = self->ws.known_gradient = NULL;
    self->certifier.is_at_zero = false;
}

/* What the arena holds, in order. */
static erm_status list_memory(erm__nested *self, erm_run *outer)
{
    struct erm__chunk *const last = self->ws.arena.last;
    erm__memory taken;
    for (struct erm__chunk *chunk = last; chunk; self->count++) chunk = erm__arena_look(chunk, &taken);
    self->taken = erm_run_take_bytes(outer, self->count + 1, sizeof *self->taken);
    if (!self->taken) return ERM_ENOMEM;
    int64_t at = self->count;
    for (struct erm__chunk *chunk = last; chunk;) chunk = erm__arena_look(chunk, &self->taken[--at]);
    return ERM_OK;
}

static erm_status start_solver(erm__nested *self)
{
    self->state = erm__arena_take(&self->ws.arena, 1, self->solver.ops->state_size);
    return self->state ? self->solver.ops->start(self->state, &self->run) : ERM_ENOMEM;
}

/* Between the coordinates of the two runs, by way of the prepared problem's. */
static void enter(erm__nested *self, const erm_run *outer)
{
    erm__run_leave(outer, outer->w, self->w);
    erm__run_enter(&self->run, self->w, self->run.w);
}

erm_status erm__nested_start(erm__nested *self, erm_run *outer)
{
    forget(self);
    enter(self, outer);
    const double passes = self->run.passes;
    erm_status status = ERM_OK;
    if (self->taken && self->solver.ops->changed) {
        self->solver.ops->changed(self->state, &self->run);
    } else if (self->taken) {
        self->ws.arena = (erm__arena){.again = self->taken};
        status = start_solver(self);
        if (!status && self->ws.arena.failed) status = ERM_ENOMEM;
        self->ws.arena = (erm__arena){0};
    } else {
        status = start_solver(self);
        erm__arena own = self->ws.arena;
        if (!status) status = list_memory(self, outer);
        self->ws.arena = (erm__arena){0};
        erm__arena_join(&outer->workspace->arena, &own);
    }
    outer->passes += self->run.passes - passes;
    return status;
}

erm_status erm__nested_step(erm__nested *self, erm_run *outer)
{
    const double passes = self->run.passes;
    erm__columns *const columns = self->run.columns;
    const erm_status status = self->solver.ops->step(self->state, &self->run);
    forget(self);
    if (columns) erm__columns_keep(columns, &self->kept);
    erm__run_leave(&self->run, self->run.w, self->w);
    erm__run_enter(outer, self->w, outer->w);
    outer->passes += self->run.passes - passes;
    return status;
}

void erm__nested_resume(erm__nested *self)
{
    if (self->run.columns) erm__columns_restore(self->run.columns, &self->kept, self->ws.threads, self->spare);
}

erm_certificate erm__nested_certify(erm__nested *self)
{
    erm__certifier_aim(&self->certifier, self->run.tol, self->run.passes);
    const erm_certificate certificate = erm__certifier_run(&self->certifier, self->w, NULL);
    self->ws.known_margin = self->certifier.margin;
    self->ws.known_gradient = self->certifier.gradient;
    return certificate;
}
