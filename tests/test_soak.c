/* Thousands of small random problems: no certificate is ever false, no answer is garbage with a success code, no two solvers
 * disagree.
 *
 * test_soak FIRST COUNT runs the problems with the seeds FIRST, FIRST + 1, ...; every failure names its seed. With "tall" behind
 * they have some 5000 rows, so that samples of rows are drawn. */
#include "check.h"

#include <float.h>
#include <stdio.h>

#include "ermopt/solve.h"
#include "soak.h"

enum { SIZE = 13 * 5, MOST_SOLVERS = 64, STOPS = ERM_STOP_NOT_UNIQUE + 1, MOST_MESSAGES = 50 };

static uint64_t first_seed = 1;
static long count = 500, tall_count = CHECK_SANITIZED ? 2 : 8;

/* A sum of N terms is off by less than this, relative to the sizes of the terms. */
static const double ROUNDING = 200 * DBL_EPSILON;

typedef struct answer {
    bool valid;
    const char *solver;
    erm_result result;
    double w[SIZE];
    soak_value value;
} answer;

typedef struct soak_case {
    soak_problem soak;
    double start[SIZE]; /* 0, or a random point */
    answer answers[MOST_SOLVERS];
    double best, best_terms; /* the least F that is known */
    double lower;            /* the largest lower bound that was claimed */
    const char *who;         /* claimed it */
    int failures;
} soak_case;

static int failures_in_all;

static long stops[MOST_SOLVERS][STOPS]; /* how often each solver ended for each reason */

static void complain(soak_case *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void complain(soak_case *self, const char *format, ...)
{
    char text[700];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    self->failures++;
    if (failures_in_all++ < MOST_MESSAGES) print_error("%s: %s\n", self->soak.text, text);
}

static void note_value(soak_case *self, soak_value value)
{
    if (!(value.F < self->best)) return;
    self->best = value.F;
    self->best_terms = value.terms;
}

static void note_bound(soak_case *self, double dual, const char *who)
{
    if (isnan(dual)) complain(self, "%s: the bound is NaN", who);
    if (!(dual > self->lower)) return;
    self->lower = dual;
    self->who = who;
}

static bool has_minimiser(const answer *a)
{
    return a->valid && (a->result.stop == ERM_STOP_CONVERGED || a->result.stop == ERM_STOP_NOT_UNIQUE);
}

/* The loss part of F at 0, to whose rounding error a perfect fit is measured. */
static double loss_at_0(const soak_case *self)
{
    const double w[SIZE] = {0};
    erm_problem problem = self->soak.owned->problem;
    problem.regularizer = erm_none();
    erm_certificate at_0;
    return erm_certify(&problem, w, &at_0, NULL) == ERM_OK ? at_0.primal : 0;
}

static void check_stop(soak_case *self, const answer *a, const erm_options *options)
{
    const erm_result *const r = &a->result;
    const erm_certificate *const c = &r->certificate;
    const char *const stop = erm_stop_text(r->stop);
    if (r->stop == ERM_STOP_NONE || !r->detail[0]) complain(self, "%s: stopped without a reason", a->solver);
    if (r->stop == ERM_STOP_TIME || r->stop == ERM_STOP_CANCELLED) complain(self, "%s: %s without being asked", a->solver, stop);
    if (r->epochs > options->max_epochs) complain(self, "%s: %lld epochs", a->solver, (long long)r->epochs);
    if (r->stop == ERM_STOP_MAX_EPOCHS && r->epochs != options->max_epochs)
        complain(self, "%s: %s after %lld", a->solver, stop, (long long)r->epochs);
    const bool by_gap = c->kind == ERM_CERTIFICATE_GAP;
    if (by_gap != (c->dual > -INFINITY)) complain(self, "%s: kind and dual = %g disagree", a->solver, c->dual);
    if (by_gap && c->gap != fmax(0, c->primal - c->dual)) complain(self, "%s: gap %g is not P - D", a->solver, c->gap);
    const bool within =
        by_gap ? c->gap <= options->tol * fmax(fabs(c->primal), DBL_EPSILON * fabs(loss_at_0(self))) : c->kkt <= options->tol;
    if (has_minimiser(a) && !within) complain(self, "%s: %s with gap %g, kkt %g", a->solver, stop, c->gap, c->kkt);
    if (r->stop == ERM_STOP_MAX_EPOCHS && by_gap && within) complain(self, "%s: %s within its tolerance", a->solver, stop);
}

/* The answer against the slow objective, and against a certificate of its own. */
static void check_answer(soak_case *self, answer *a, const erm_options *options)
{
    const owned_problem *const owned = self->soak.owned;
    for (int64_t j = 0; j < owned->size; j++)
        if (!isfinite(a->w[j])) {
            complain(self, "%s: w[%lld] = %g with ERM_OK", a->solver, (long long)j, a->w[j]);
            return;
        }
    a->value = soak_objective(&self->soak, a->w);
    a->valid = true;
    const double P = a->result.certificate.primal, F = a->value.F;
    if (isnan(P) || (!isfinite(P) && isfinite(F)) || (isfinite(P) && !(fabs(P - F) <= ROUNDING * a->value.terms)))
        complain(self, "%s: P = %.17g, F = %.17g (%s)", a->solver, P, F, erm_stop_text(a->result.stop));
    erm_certificate again;
    if (erm_certify(&owned->problem, a->w, &again, NULL))
        complain(self, "%s: no certificate", a->solver);
    else if (again.primal != P && isfinite(P))
        complain(self, "%s: P = %.17g, certified %.17g", a->solver, P, again.primal);
    note_value(self, a->value);
    note_bound(self, a->result.certificate.dual, a->solver);
    note_bound(self, again.dual, "erm_certify");
    check_stop(self, a, options);
}

static void solve_with(soak_case *self, int number)
{
    const char *const solver = erm_solver_name(number);
    answer *const a = &self->answers[number];
    const bool sgd = !strcmp(solver, "sgd") || !strcmp(solver, "hogwild");
    erm_options options = {.tol = 1e-8, .max_epochs = sgd ? 60 : 400, .threads = 1, .seed = 5};
    assert_true(erm_solver_from_name(solver, &options.solver));
    *a = (answer){.solver = solver};
    memcpy(a->w, self->start, sizeof a->w);
    const erm_status status = erm_solve(&self->soak.owned->problem, &options, a->w, &a->result);
    if (status == ERM_EUNSUPPORTED && a->result.detail[0]) return;
    if (status) {
        complain(self, "%s: %s, %s", solver, erm_status_text(status), a->result.detail);
        return;
    }
    check_answer(self, a, &options);
    stops[number][a->result.stop]++;
}

/* A point that no solver made: its F bounds every D from above, and its own D counts as a claim. */
static void try_point(soak_case *self, const double *w, const char *who)
{
    const soak_value value = soak_objective(&self->soak, w);
    note_value(self, value);
    erm_certificate certificate;
    if (erm_certify(&self->soak.owned->problem, w, &certificate, NULL)) {
        complain(self, "%s: no certificate", who);
        return;
    }
    note_bound(self, certificate.dual, who);
    const double P = certificate.primal;
    if (isnan(P) || (isfinite(value.F) && !(fabs(P - value.F) <= ROUNDING * value.terms)))
        complain(self, "%s: P = %.17g, F = %.17g", who, P, value.F);
}

/* Anywhere, and around the best answer. */
static void try_points(soak_case *self, erm_rng *rng)
{
    static const double spreads[] = {0, 0.1, 1, 10}, distances[] = {1e-10, 1e-7, 1e-4, 1e-2};
    const answer *best = NULL;
    double w[SIZE];
    for (int trial = 0; trial < 8; trial++) {
        soak_random_point(&self->soak, rng, spreads[trial % 4], w);
        try_point(self, w, "erm_certify at random");
    }
    for (int s = 0; erm_solver_name(s); s++)
        if (self->answers[s].valid && (!best || self->answers[s].value.F < best->value.F)) best = &self->answers[s];
    for (int trial = 0; best && trial < 4; trial++) {
        for (int64_t j = 0; j < self->soak.owned->size; j++)
            w[j] = best->w[j] * (1 + distances[trial] * erm_rng_normal(rng)); /* zeros stay, and signs */
        try_point(self, w, "erm_certify near the best");
    }
}

/* How much F can differ between two points whose prox-gradient residuals are below kkt: F is convex, so at most
 * |residual|'|difference|. */
static double allowed_by_residuals(const soak_case *self, const answer *a, const answer *b)
{
    const owned_problem *const owned = self->soak.owned;
    const erm_problem *const problem = &owned->problem;
    const int64_t n = problem->X->rows, d = problem->X->cols, k = problem->k;
    double *const zero = calloc((size_t)owned->size, sizeof(double)), sum = 0;
    const double slope =
        soak_objective(&self->soak, zero).terms + 1; /* no smaller than what residuals are relative to, up to units */
    free(zero);
    for (int64_t j = 0; j < owned->size; j++) {
        double squares = 1;
        if (j < d * k) squares = 0;
        for (int64_t i = 0; i < n && j < d * k; i++)
            squares += pow(owned->matrix->full[i * d + j / k], 2) * (problem->weight ? 1e3 : 1);
        sum += sqrt(squares) * fabs(a->w[j] - b->w[j]);
    }
    return 100 * slope * (a->result.certificate.kkt + b->result.certificate.kkt) * sum;
}

static void check_pair(soak_case *self, const answer *a, const answer *b)
{
    if (!has_minimiser(a) || !has_minimiser(b)) return;
    if (self->soak.owned->problem.regularizer.ops->nonconvex) return; /* there are several stationary points */
    const erm_certificate *const p = &a->result.certificate, *const q = &b->result.certificate;
    const bool gaps = p->kind == ERM_CERTIFICATE_GAP && q->kind == ERM_CERTIFICATE_GAP;
    const double allowed = gaps ? p->gap + q->gap : allowed_by_residuals(self, a, b);
    if (fabs(a->value.F - b->value.F) > allowed + ROUNDING * (a->value.terms + b->value.terms))
        complain(self, "%s and %s converged to %.17g and %.17g, allowed %.3g (%s)", a->solver, b->solver, a->value.F, b->value.F,
                 allowed, gaps ? "gaps" : "residuals");
}

static void one_problem(uint64_t seed, bool tall)
{
    soak_case self = {.soak = tall ? soak_problem_new_tall(seed) : soak_problem_new(seed), .best = INFINITY, .lower = -INFINITY};
    erm_rng rng = erm_rng_seed(seed + 1);
    assert_true(self.soak.owned->size <= SIZE);
    if (erm_rng_below(&rng, 3) == 0) soak_random_point(&self.soak, &rng, 1, self.start);
    for (int s = 0; erm_solver_name(s); s++) solve_with(&self, s);
    try_points(&self, &rng);
    /* a bound is a sum of terms as large as those of F at 0 */
    if (self.lower > self.best + ROUNDING * fmax(self.best_terms, fabs(loss_at_0(&self))))
        complain(&self, "%s claims F >= %.17g, and F = %.17g is known", self.who, self.lower, self.best);
    for (int s = 0; erm_solver_name(s); s++)
        for (int t = 0; t < s; t++) check_pair(&self, &self.answers[s], &self.answers[t]);
    soak_problem_free(&self.soak);
}

static void print_stops(void)
{
    for (int s = 0; erm_solver_name(s); s++) {
        print_message("%-8s", erm_solver_name(s));
        for (int stop = 0; stop < STOPS; stop++)
            if (stops[s][stop]) print_message("  %s %ld", erm_stop_text((erm_stop)stop), stops[s][stop]);
        print_message("\n");
    }
}

static void no_random_problem_gets_a_false_certificate_or_a_wrong_answer(void **state)
{
    (void)state;
    for (long i = 0; i < count; i++) one_problem(first_seed + (uint64_t)i, false);
    if (count > 0) print_stops();
    if (failures_in_all) fail_case("%d failures; a seed is run again by: test_soak SEED 1", failures_in_all);
}

static void nor_does_one_of_many_rows(void **state)
{
    (void)state;
    for (long i = 0; i < tall_count; i++) one_problem(first_seed + (uint64_t)i, true);
    if (tall_count > 0) print_stops();
    if (failures_in_all) fail_case("%d failures; a seed is run again by: test_soak SEED 1 tall", failures_in_all);
}

int main(int argc, char **argv)
{
    const bool tall = argc > 3 && !strcmp(argv[3], "tall");
    if (argc > 1) first_seed = strtoull(argv[1], NULL, 10);
    if (argc > 2) count = strtol(argv[2], NULL, 10);
    if (argc > 2) tall_count = tall ? count : 0;
    if (tall) count = 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_random_problem_gets_a_false_certificate_or_a_wrong_answer),
        cmocka_unit_test(nor_does_one_of_many_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
