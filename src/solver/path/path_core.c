/* The features that a path with the squared loss works on: their columns, weighted and centred, and their Gram matrix, which
 * grow; and those that wait: stored, and looked at after each solve. */
#include <math.h>
#include <string.h>

#include "solver/path/path_job.h"

/* Room for so many variables, with the present ones kept. */
static bool grow(erm__path_job *job, int64_t wanted)
{
    erm__quadratic *const now = &job->quadratic;
    const int64_t ahead = wanted + wanted / 2, room = ahead < job->ws.d ? ahead : job->ws.d;
    if (wanted <= now->room) return true;
    erm__quadratic next;
    erm__arena memory = {0};
    if (!erm__quadratic_open(&next, &memory, room, &job->unit, now->threads)) {
        erm__arena_free(&memory);
        return false;
    }
    for (int64_t j = 0; j < now->m; j++) memcpy(next.G + j * room, now->G + j * now->room, (size_t)now->m * sizeof(double));
    memcpy(next.w, now->w, (size_t)now->m * sizeof(double));
    memcpy(next.g, now->g, (size_t)now->m * sizeof(double));
    next.m = now->m;
    next.f = now->f;
    next.work = INFINITY; /* a factor is worth it at once */
    *now = next;
    erm__arena_free(&job->core_memory);
    job->core_memory = memory;
    return true;
}

/* Rows m, m + 1, ... of the Gram matrix, for the last `count` columns of the core: four at a time against
 * four of all before them. */
static void fill_rows(erm__path_job *job, int64_t m, int64_t count)
{
    enum { FOUR = 4 };
    erm__quadratic *const quadratic = &job->quadratic;
    const int64_t room = quadratic->room;
    double *const G = quadratic->G;
    for (int64_t t = m; t < m + count; t += FOUR) {
        const int64_t many = m + count - t < FOUR ? m + count - t : FOUR, end = t + many;
        const double *x[FOUR], *y[FOUR];
        double products[FOUR * FOUR];
        for (int64_t q = 0; q < FOUR; q++) x[q] = erm__store_column(&job->store, job->core[t + (q < many ? q : 0)]);
        for (int64_t c = 0; c < end; c += FOUR) {
            for (int64_t q = 0; q < FOUR; q++) y[q] = erm__store_column(&job->store, job->core[c + q < end ? c + q : c]);
            erm__store_dot16(job->store.n, x, y, products);
            for (int64_t q = 0; q < many; q++)
                for (int64_t p = 0; p < FOUR && c + p < end; p++)
                    G[(t + q) * room + c + p] = G[(c + p) * room + t + q] = products[q * FOUR + p];
        }
    }
}

/* The fresh features become variables of the quadratic; they are stored already. */
erm_status erm__core_admit(erm__path_job *job, int64_t count)
{
    erm__quadratic *const quadratic = &job->quadratic;
    const int64_t m = quadratic->m;
    if (!grow(job, m + count)) return ERM_ENOMEM;
    for (int64_t t = 0; t < count; t++) {
        const int32_t j = job->fresh[t];
        job->have[j] = 1;
        job->list[m + t] = j;
        job->core[m + t] = (int32_t)job->place[j];
        quadratic->w[m + t] = job->w[j];
        quadratic->g[m + t] = job->gradient[j];
    }
    fill_rows(job, m, count);
    quadratic->m += count;
    int64_t left = 0;
    for (int64_t t = 0; t < job->waiting_count; t++)
        if (!job->have[job->waiting[t]])
            job->waiting[left++] = job->waiting[t];
        else
            job->waits[job->waiting[t]] = 0;
    job->waiting_count = left;
    return ERM_OK;
}

void erm__core_forget(erm__path_job *job)
{
    for (int64_t t = 0; t < job->waiting_count; t++) job->waits[job->waiting[t]] = 0;
    job->waiting_count = 0;
}

/* The fresh features wait. Stores those of the fresh features that are not yet. */
erm_status erm__core_store(erm__path_job *job, int64_t count)
{
    int64_t absent = 0;
    for (int64_t t = 0; t < count; t++) {
        const int32_t j = job->fresh[t];
        if (!job->waits[j]) job->waiting[job->waiting_count++] = j;
        job->waits[j] = 1;
        if (job->place[j] >= 0) continue;
        job->place[j] = job->store.count + absent;
        job->absent[absent++] = j;
    }
    if (absent > 0) job->passes++;
    return erm__store_append(&job->store, job->problem.X, absent, job->absent, job->root, job->centre);
}

/* Solves in the Gram matrix, and moves w, the intercept and rho along. */
static void solve_core(erm__path_job *job, double tol)
{
    erm__quadratic *const quadratic = &job->quadratic;
    const int64_t m = job->whole ? job->ws.d : quadratic->m;
    if (job->whole)
        job->part.R = job->problem.regularizer;
    else
        erm__restrict(job, m, job->list);
    erm__quadratic_changed(quadratic, m, job->part.R);
    erm__quadratic_solve(quadratic, tol);
    for (int64_t c = 0; c < m; c++) {
        const int64_t j = job->whole ? c : job->list[c];
        const double delta = quadratic->w[c] - job->w[j];
        job->w[j] = quadratic->w[c];
        if (delta == 0) continue;
        if (job->centre) job->w[job->ws.d] -= delta * job->centre[j];
        if (!job->whole) erm__store_add(job->store.n, delta, erm__store_column(&job->store, job->core[c]), job->rho);
    }
}

/* The margins at w from the stored columns, those of rows without weight any; false if that cannot be. */
bool erm__core_margins(erm__path_job *job)
{
    const int64_t n = job->ws.n, d = job->ws.d;
    double *const z = job->certifier.margin, shift = job->centre ? job->w[d] : 0;
    if (job->whole) return false;
    memset(z, 0, (size_t)n * sizeof *z);
    for (int64_t c = 0; c < job->quadratic.m; c++) {
        const int64_t j = job->list[c];
        if (job->w[j] != 0) erm__store_add(n, job->w[j], erm__store_column(&job->store, job->core[c]), z);
        if (job->centre) shift += job->w[j] * job->centre[j];
    }
    for (int64_t i = 0; i < n; i++)
        z[i] = (job->root[i] > 0 ? z[i] / job->root[i] : 0) + shift + (job->problem.offset ? job->problem.offset[i] : 0);
    return true;
}

/* The gradient for the columns that wait. */
static void waiting_gradient(erm__path_job *job)
{
    enum { FOUR = 4 };
    const double *x[FOUR];
    double products[FOUR];
    for (int64_t t = 0; t < job->waiting_count; t += FOUR) {
        const int64_t many = job->waiting_count - t < FOUR ? job->waiting_count - t : FOUR;
        for (int64_t q = 0; q < FOUR; q++)
            x[q] = erm__store_column(&job->store, job->place[job->waiting[t + (q < many ? q : 0)]]);
        erm__store_dot4(job->store.n, x, job->rho, products);
        for (int64_t q = 0; q < many; q++) job->gradient[job->waiting[t + q]] = products[q];
    }
}

/* Solves until no stored column asks to be let in. */
erm_status erm__core_solve(erm__path_job *job, double tol)
{
    for (;;) {
        solve_core(job, tol);
        if (job->whole) return ERM_OK;
        waiting_gradient(job);
        const int64_t count = erm__path_select_waiting(job, job->gradient);
        if (count == 0) return ERM_OK;
        const erm_status status = erm__core_admit(job, count);
        if (status) return status;
    }
}
