/* Dual coordinate ascent's leaps: once most variables have found their bounds, the others creep along few directions, and the
 * best combination of the last displacements goes as far in one step as many epochs.
 *
 * Where l* is quadratic between bounds, the dual times S gains by moving a by c
 *     slope'c - c'Hc / 2,   slope_i = s_i (z_i - l*'(a_i)),   H = (1/S) diag(s) X P X'diag(s) + diag(s curve),   P = R''^-1,
 * and where W moves by v as a moves by c, c'X P X'c = S^2 v'P^-1 v: so all that is needed of a few displacements c, and of the
 * best combination, costs no pass over X (Narkiss and Zibulevsky 2005, "Sequential subspace optimization"; with an epoch
 * as preconditioner it is a flexible conjugate gradient method). The combination is projected into the box (More and
 * Toraldo 1991), for which the few rows that meet their bounds are read, and followed up to the best point between. */
#include <math.h>
#include <string.h>

#include "solver/dual/dual.h"

/* What a leap costs for each entry of W and each member, in values of X that an epoch reads. */
static const double COST_OF_W = 8, COST_OF_A = 32;
static const double FARTHEST = 1e3;    /* multiple of a displacement, whose W is a difference and has few digits in the end */
static const double ROUNDING = 1e-10;  /* a slope below that part of its terms may be their rounding errors' */
static const double DEPENDENT = 1e-10; /* what is left of a displacement's square after the others are taken out */

static erm_dual_form form_of(const erm_run *run, int64_t i)
{
    const erm_loss *loss = &run->problem->loss;
    erm_dual_form form;
    loss->ops->dual_form(loss, run->problem->y[i], &form);
    return form;
}

static void begin_displacement(erm__dual *self, const erm_run *run)
{
    for (int64_t t = 0; t < self->members; t++) self->before.a[t] = self->a[self->member[t]];
    memcpy(self->before.w, run->w, (size_t)run->size * sizeof(double));
    self->effort = 0;
}

void erm__dual_regroup(erm__dual *self, const erm_run *run)
{
    self->members = self->active;
    memcpy(self->member, self->order, (size_t)self->active * sizeof(int64_t));
    for (int64_t t = 0; t < self->members; t++) {
        const erm_dual_form form = form_of(run, self->member[t]);
        self->low[t] = form.low;
        self->high[t] = form.high;
        self->bend[t] = erm__dual_weight(run, self->member[t]) * form.curve;
        self->curved |= form.curve > 0;
        self->kinked |= form.flat > 0;
    }
    self->leaps = 0;
    begin_displacement(self, run);
}

/* x'R''y */
static double metric_product(const erm__dual *self, const erm_run *run, const double *x, const double *y)
{
    if (self->alike > 0) return erm__dual_dot(run->d, x, y) / self->alike;
    return erm__dual_dot_scaled(run->d, x, y, self->second);
}

/* c'He for displacements c, e. */
static double product(const erm__dual *self, const erm_run *run, const erm__displacement *c, const erm__displacement *e)
{
    double sum = metric_product(self, run, c->w, e->w);
    if (run->problem->intercept) sum += c->w[run->d] * e->w[run->d] / self->loose;
    const double curved = self->curved ? erm__dual_dot_scaled(self->members, c->a, e->a, self->bend) : 0;
    return run->workspace->total_weight * sum + curved;
}

/* base = s (o - l*'(a)), which is the slope but for the margins. */
static void find_base(erm__dual *self, const erm_run *run)
{
    for (int64_t t = 0; t < self->members; t++) {
        const int64_t i = self->member[t];
        const erm_dual_form form = form_of(run, i);
        const double a = self->a[i], flat = a > 0 ? form.flat : a < 0 ? -form.flat : 0;
        self->base[t] = erm__dual_weight(run, i) * (erm__dual_offset(run, i) - form.at - form.curve * a - flat);
    }
}

/* slope'c: the margins of all rows enter through W. */
static double slope_along(const erm__dual *self, const erm_run *run, const erm__displacement *c)
{
    double margins = metric_product(self, run, run->w, c->w);
    if (run->problem->intercept) margins += run->w[run->d] * c->w[run->d] / self->loose;
    return erm__dual_dot(self->members, self->base, c->a) - run->workspace->total_weight * margins;
}

/* How large the numbers are that slope_along adds up. */
static double size_along(const erm__dual *self, const erm__displacement *c)
{
    double sum = 0;
    for (int64_t t = 0; t < self->members; t++) sum += fabs(self->base[t] * c->a[t]);
    return sum;
}

/* Solves G x = x in place by Cholesky; false if the first `count` displacements depend on one another. */
static bool solve(int count, double G[ERM_DUAL_LEAPS][ERM_DUAL_LEAPS], double *x)
{
    for (int i = 0; i < count; i++) {
        const double square = G[i][i];
        for (int j = 0; j <= i; j++) {
            double left = G[i][j];
            for (int l = 0; l < j; l++) left -= G[i][l] * G[j][l];
            if (i == j && !(left > DEPENDENT * square)) return false;
            G[i][j] = i == j ? sqrt(left) : left / G[j][j];
        }
        for (int l = 0; l < i; l++) x[i] -= G[i][l] * x[l];
        x[i] /= G[i][i];
    }
    for (int i = count - 1; i >= 0; i--) {
        for (int l = i + 1; l < count; l++) x[i] -= G[l][i] * x[l];
        x[i] /= G[i][i];
    }
    return true;
}

/* The place of the displacement `age` before the newest. */
static int place(const erm__dual *self, int age) { return (self->newest + ERM_DUAL_LEAPS - age) % ERM_DUAL_LEAPS; }

static void find_products(erm__dual *self, const erm_run *run)
{
    const int newest = self->newest;
    for (int age = 0; age < self->leaps; age++) {
        const int other = place(self, age);
        const double p = product(self, run, &self->past[newest], &self->past[other]);
        self->product[newest][other] = self->product[other][newest] = p;
    }
}

static void note_displacement(erm__dual *self, const erm_run *run)
{
    self->newest = (self->newest + 1) % ERM_DUAL_LEAPS;
    if (self->leaps < ERM_DUAL_LEAPS) self->leaps++;
    const erm__displacement *now = &self->past[self->newest];
    for (int64_t t = 0; t < self->members; t++) now->a[t] = self->a[self->member[t]] - self->before.a[t];
    for (int64_t j = 0; j < run->size; j++) now->w[j] = run->w[j] - self->before.w[j];
    find_products(self, run);
}

/* leap = the best combination of the displacements, as if there were no bounds. False if there is none. */
static bool combine(erm__dual *self, const erm_run *run)
{
    find_base(self, run);
    double slope[ERM_DUAL_LEAPS], x[ERM_DUAL_LEAPS], G[ERM_DUAL_LEAPS][ERM_DUAL_LEAPS];
    for (int age = 0; age < self->leaps; age++) slope[age] = slope_along(self, run, &self->past[place(self, age)]);
    for (bool solved = false; !solved; self->leaps -= !solved) {
        if (self->leaps == 0) return false;
        for (int k = 0; k < self->leaps; k++) {
            x[k] = slope[k];
            for (int l = 0; l < self->leaps; l++) G[k][l] = self->product[place(self, k)][place(self, l)];
        }
        solved = solve(self->leaps, G, x);
    }
    double largest = 0;
    for (int age = 0; age < self->leaps; age++) largest = fmax(largest, fabs(x[age]));
    const double scale = largest > FARTHEST ? FARTHEST / largest : 1;
    memset(self->leap.a, 0, (size_t)self->members * sizeof(double));
    memset(self->leap.w, 0, (size_t)run->size * sizeof(double));
    for (int age = 0; age < self->leaps; age++) {
        erm__dual_add(self->members, scale * x[age], self->past[place(self, age)].a, self->leap.a);
        erm__dual_add(run->size, scale * x[age], self->past[place(self, age)].w, self->leap.w);
    }
    return true;
}

static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

/* Where a_i comes to by t times the leap: inside its domain and, with a kink of l* at 0, on its side of it. */
static double landing(const erm__dual *self, int64_t member, double t)
{
    const double a = self->a[self->member[member]];
    const double low = self->kinked && a >= 0 ? 0 : self->low[member], high = self->kinked && a <= 0 ? 0 : self->high[member];
    return clamp(a + t * self->leap.a[member], low, high);
}

/* How many members a fraction t of the leap would take out of the box. */
static int64_t count_clipped(const erm__dual *self, double t)
{
    int64_t count = 0;
    for (int64_t e = 0; e < self->members; e++)
        count += self->leap.a[e] != 0 && landing(self, e, t) != self->a[self->member[e]] + t * self->leap.a[e];
    return count;
}

/* Shortens the leap until it takes only few members out of the box: those would spoil it. */
static void shorten(erm__dual *self, const erm_run *run)
{
    double t = 1;
    const int64_t few = self->members / 32;
    while (count_clipped(self, t) > few && t > 1e-6) t /= 2;
    if (t == 1) return;
    for (int64_t e = 0; e < self->members; e++) self->leap.a[e] *= t;
    for (int64_t j = 0; j < run->size; j++) self->leap.w[j] *= t;
}

/* The leap becomes the difference of two points in the box. */
static void project(erm__dual *self, erm_run *run)
{
    for (int64_t t = 0; t < self->members; t++) {
        if (self->leap.a[t] == 0) continue;
        const int64_t i = self->member[t];
        const double short_of = landing(self, t, 1) - (self->a[i] + self->leap.a[t]);
        if (short_of == 0) continue;
        erm__dual_follow(self, run, i, erm__dual_row(self, i, 0), short_of, self->leap.w);
        self->leap.a[t] += short_of;
        run->passes += 1 / (double)run->problem->X->rows;
    }
}

static void land(erm__dual *self, erm_run *run, double t)
{
    const erm__displacement *now = &self->past[self->newest];
    for (int64_t e = 0; e < self->members; e++) {
        if (self->leap.a[e] == 0) continue;
        const int64_t i = self->member[e];
        const double to = landing(self, e, t);
        now->a[e] += to - self->a[i];
        self->a[i] = to;
    }
    erm__dual_add(run->size, t, self->leap.w, run->w);
    erm__dual_add(run->size, t, self->leap.w, now->w);
}

void erm__dual_leap(erm__dual *self, erm_run *run)
{
    if (self->effort < COST_OF_W * (double)run->size + COST_OF_A * (double)self->members) return;
    note_displacement(self, run);
    if (combine(self, run)) {
        shorten(self, run);
        project(self, run);
        const double slope = slope_along(self, run, &self->leap), curvature = product(self, run, &self->leap, &self->leap);
        if (slope > ROUNDING * size_along(self, &self->leap)) {
            land(self, run, slope < curvature ? slope / curvature : 1);
            find_products(self, run);
        } else {
            self->leaps = 0;
        }
    }
    begin_displacement(self, run);
}
