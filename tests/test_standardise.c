/* Standardised problems: the same as explicitly scaled data, for every matrix, with the answer in the scale of X. */
#include "check.h"

#include "catalog_regularizer.h"
#include "matrix/scan.h"
#include "operators.h"
#include "solving.h"

enum { N = 40, D = 6, SIZE = 64 };

static const double TOL = 1e-10;
static const double ROUNDING =
    1e-9; /* of F: where dual ascent on a hinge with an intercept ends, by the luck of rounding above TOL or below */

/* The textbook's standard deviations; 1 for columns that are constant. */
static void deviations(const owned_problem *owned, double *sd)
{
    const erm_problem *problem = &owned->problem;
    const int64_t n = problem->X->rows, d = problem->X->cols;
    for (int64_t j = 0; j < d; j++) {
        long double total = 0, mean = 0, square = 0;
        for (int64_t i = 0; i < n; i++) {
            const double s = problem->weight ? problem->weight[i] : 1;
            total += s;
            mean += s * (long double)owned->matrix->full[i * d + j];
        }
        mean /= total;
        for (int64_t i = 0; i < n; i++) {
            const long double x = owned->matrix->full[i * d + j] - mean;
            square += (problem->weight ? problem->weight[i] : 1) * x * x;
        }
        sd[j] = (double)sqrtl(square / total);
        if (sd[j] < 1e-12 * fabs((double)mean) || !(sd[j] > 0)) sd[j] = 1;
    }
}

/* The same problem on dense columns that are divided by sd; shares y and weights with `owned`. Free the matrix. */
static owned_problem scaled_copy(const owned_problem *owned, const double *sd)
{
    const int64_t n = owned->problem.X->rows, d = owned->problem.X->cols;
    owned_problem copy = *owned;
    double *const full = calloc((size_t)(n * d), sizeof(double));
    for (int64_t i = 0; i < n * d; i++) full[i] = owned->matrix->full[i] / sd[i % d];
    copy.matrix = owned_matrix_new(kind_named("dense f64"), n, d, full);
    free(full);
    copy.problem.X = copy.matrix->X;
    copy.problem.standardise = false;
    return copy;
}

static void compare(owned_problem *owned, const char *solver, const char *name)
{
    double sd[D], w[SIZE] = {0}, v[SIZE] = {0};
    const int64_t d = owned->problem.X->cols, k = owned->problem.k;
    deviations(owned, sd);
    owned_problem scaled = scaled_copy(owned, sd);
    erm_options options = {.tol = TOL};
    assert_true(erm_solver_from_name(solver, &options.solver));
    owned->problem.standardise = true;
    const erm_result ours = solve(&owned->problem, options, w), theirs = solve(&scaled.problem, options, v);
    const double size = fmax(1e-3, fabs(theirs.certificate.primal));
    if (ours.stop != ERM_STOP_CONVERGED && !(ours.stop == ERM_STOP_STALLED && ours.certificate.gap <= ROUNDING * size))
        fail_case("%s, %s: %s", name, solver, ours.detail);
    const double left = (theirs.stop == ERM_STOP_STALLED ? theirs.certificate.gap : 0) +
                        (ours.stop == ERM_STOP_STALLED ? ours.certificate.gap : 0);
    if (fabs(ours.certificate.primal - theirs.certificate.primal) > 2 * TOL * size + left)
        fail_case("%s, %s: F = %.15g, on scaled data %.15g", name, solver, ours.certificate.primal, theirs.certificate.primal);
    erm_certificate certificate;
    assert_int_equal(erm_certify(&owned->problem, w, &certificate, NULL), ERM_OK);
    memcpy(v, w, sizeof v);
    for (int64_t j = 0; j < d * k; j++) v[j] *= sd[j / k];
    const double F = slow_objective(&scaled, v);
    if (fabs(F - ours.certificate.primal) > 1e-13 * fmax(1, size) || fabs(F - certificate.primal) > 1e-13 * fmax(1, size))
        fail_case("%s, %s: F(w) = %.17g, said to be %.17g, certified %.17g", name, solver, F, ours.certificate.primal,
                  certificate.primal);
    owned_matrix_free(scaled.matrix);
}

static void every_matrix_is_scaled_as_if_by_hand(void **state)
{
    (void)state;
    int64_t regularizers;
    const regularizer_case *cases = regularizer_catalog(&regularizers);
    for (int kind = 0, refused = 0; matrix_kind_at(kind) || !refused; kind++) {
        if (!matrix_kind_at(kind)) {
            assert_true(refused > 0 && kind > 20);
            break;
        }
        for (int turn = 0; turn < 4; turn++) {
            const regularizer_case *R = &cases[(7 * kind + 3 * turn) % regularizers];
            if (R->regularizer.ops->nonconvex) continue;
            const char *loss = (kind + turn) % 3 == 0   ? "logistic"
                               : (kind + turn) % 3 == 1 ? "squared"
                                                        : "cross-entropy, 2 classes";
            owned_problem *owned = owned_problem_new((problem_spec){.kind = matrix_kind_at(kind),
                                                                    .loss = loss_named(loss),
                                                                    .regularizer = R->regularizer,
                                                                    .n = N,
                                                                    .d = D,
                                                                    .weights = turn % 2 == 0,
                                                                    .offset = turn == 1,
                                                                    .intercept = turn < 3,
                                                                    .seed = (uint64_t)(11 + turn)});
            owned->problem.standardise = true;
            char detail[ERM_DETAIL_SIZE], name[256];
            snprintf(name, sizeof name, "%s, %s, %s", matrix_kind_at(kind)->name, loss, R->name);
            if (erm_problem_check(&owned->problem, detail) == ERM_EUNSUPPORTED) {
                assert_true(!erm__can_scan(owned->problem.X) && strstr(detail, "scan"));
                refused++;
            } else {
                compare(owned, "auto", name);
            }
            owned_problem_free(owned);
        }
    }
}

static void every_solver_sees_scaled_columns(void **state)
{
    (void)state;
    static const char *const kinds[] = {"dense f64", "csr f64", "csc f64"};
    for (int64_t s = 0; erm_solver_name(s); s++)
        for (int kind = 0; kind < 3; kind++)
            for (int loss = 0; loss < 3; loss++) {
                static const char *const losses[] = {"squared", "logistic", "hinge"};
                owned_problem *owned = owned_problem_new((problem_spec){.kind = kind_named(kinds[kind]),
                                                                        .loss = loss_named(losses[loss]),
                                                                        .regularizer = erm_l2(0.1),
                                                                        .n = N,
                                                                        .d = D,
                                                                        .weights = true,
                                                                        .intercept = true,
                                                                        .seed = 5});
                double w[SIZE] = {0};
                erm_options options = {.max_epochs = 1};
                assert_true(erm_solver_from_name(erm_solver_name(s), &options.solver));
                const erm_status status = erm_solve(&owned->problem, &options, w, NULL);
                const bool rough = !strcmp(erm_solver_name(s), "sgd") || !strcmp(erm_solver_name(s), "hogwild");
                if (status == ERM_OK && !rough) compare(owned, erm_solver_name(s), kinds[kind]);
                owned_problem_free(owned);
            }
}

static void a_constant_column_counts_as_it_is(void **state)
{
    (void)state;
    enum { n = 1000 };
    double *const x = calloc(3 * n, sizeof(double)), *const y = calloc(n, sizeof(double));
    double *const offset = calloc(n, sizeof(double));
    int32_t *const index = calloc(3 * n, sizeof(int32_t));
    int64_t *const start = calloc(n + 1, sizeof(int64_t));
    erm_rng rng = erm_rng_seed(3);
    for (int i = 0; i < n; i++) {
        offset[i] = -1e6;
        x[3 * i] = 0.1; /* whose sum is rounded */
        x[3 * i + 1] = 1e6 + erm_rng_normal(&rng);
        y[i] = erm_rng_normal(&rng) + 0.5 * (x[3 * i + 1] - 1e6) + 3;
        for (int j = 0; j < 3; j++) index[3 * i + j] = j;
        start[i + 1] = 3 * (i + 1);
    }
    const erm_dense dense = erm_dense_f64(n, 3, x, 3);
    const erm_csr sparse = erm_csr_f64(n, 3, start, index, x);
    for (int format = 0; format < 2; format++) {
        erm_problem problem = {.X = format ? &sparse.base : &dense.base,
                               .y = y,
                               .loss = erm_loss_squared(),
                               .regularizer = erm_l2(0.01),
                               .standardise = true};
        double w[3] = {0};
        erm_certificate certificate;
        assert_int_equal(erm_certify(&problem, (double[]){2, 0, 5}, &certificate, NULL), ERM_OK);
        double loss = 0;
        for (int i = 0; i < n; i++) loss += (y[i] - 0.2) * (y[i] - 0.2) / 2;
        assert_near(certificate.primal, loss / n + 0.005 * (4 + 25), 1e-12); /* both constant columns as if sd were 1 */
        assert_int_equal(solve(&problem, (erm_options){.tol = 1e-6}, w).stop, ERM_STOP_CONVERGED);
        assert_true(w[2] == 0);
        problem.offset = offset; /* takes the mean out of the margins of w = (0, 1, 0) */
        assert_int_equal(erm_certify(&problem, (double[]){0, 1, 0}, &certificate, NULL), ERM_OK);
        loss = 0;
        double mean = 0, square = 0;
        for (int i = 0; i < n; i++) mean += x[3 * i + 1] / n;
        for (int i = 0; i < n; i++) {
            loss += (y[i] - x[3 * i + 1] + 1e6) * (y[i] - x[3 * i + 1] + 1e6) / 2;
            square += (x[3 * i + 1] - mean) * (x[3 * i + 1] - mean) / n;
        }
        assert_near(certificate.primal, loss / n + 0.005 * square, 1e-9);
    }
    free(x);
    free(y);
    free(offset);
    free(index);
    free(start);
}

static void a_start_in_the_scale_of_X_is_warm(void **state)
{
    (void)state;
    owned_problem *owned = owned_problem_new(spec_of("logistic", erm_elastic_net(0.02, 0.02), 100, 5));
    owned->problem.standardise = true;
    double w[SIZE] = {0}, before[SIZE];
    solve(&owned->problem, (erm_options){.tol = 1e-10}, w);
    memcpy(before, w, sizeof w);
    const erm_result again = solve(&owned->problem, (erm_options){.tol = 1e-9}, w);
    assert_int_equal(again.epochs, 0);
    for (int j = 0; j < 6; j++) assert_near(before[j], w[j], 1e-15);
    owned_problem_free(owned);
}

static void an_operator_without_scan_is_refused(void **state)
{
    (void)state;
    const cosines X = cosines_of(10, 3);
    const double y[10] = {1, 2, 3, 4, 5};
    const erm_problem problem = {.X = &X.base, .y = y, .loss = erm_loss_squared(), .regularizer = erm_l2(1), .standardise = true};
    char detail[ERM_DETAIL_SIZE];
    assert_int_equal(erm_problem_check(&problem, detail), ERM_EUNSUPPORTED);
    assert_true(strstr(detail, "scan"));
}

static void the_bits_do_not_depend_on_the_number_of_threads(void **state)
{
    (void)state;
    for (int kind = 0; matrix_kind_at(kind); kind++) {
        if (matrix_kind_at(kind)->part[0]) continue; /* a view */
        problem_spec spec = spec_of("logistic", erm_l2(1e-3), 30000, 60);
        spec.kind = matrix_kind_at(kind);
        spec.weights = true;
        owned_problem *owned = owned_problem_new(spec);
        owned->problem.standardise = true;
        double first[SIZE] = {0}, w[SIZE] = {0};
        solve(&owned->problem, (erm_options){.solver = erm_solver_prox(NULL), .max_epochs = 2, .threads = 1}, first);
        solve(&owned->problem, (erm_options){.solver = erm_solver_prox(NULL), .max_epochs = 2, .threads = 3}, w);
        if (memcmp(first, w, sizeof w)) fail_case("%s: 3 threads give another w", matrix_kind_at(kind)->name);
        owned_problem_free(owned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_matrix_is_scaled_as_if_by_hand), cmocka_unit_test(every_solver_sees_scaled_columns),
        cmocka_unit_test(a_constant_column_counts_as_it_is),    cmocka_unit_test(a_start_in_the_scale_of_X_is_warm),
        cmocka_unit_test(an_operator_without_scan_is_refused),  cmocka_unit_test(the_bits_do_not_depend_on_the_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
