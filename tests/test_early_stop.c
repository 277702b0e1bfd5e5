/* Early stopping on real data: it ends where the held-out risk is lowest, and gives that W back. */
#include "check.h"

#include "ermopt/dataset.h"
#include "ermopt/selection.h"
#include "solving.h"

/* 569 tumours, of which a third is fitted with next to no penalty, on standardised columns: overfitted long before the end. */
typedef struct halves {
    erm_dataset data;
    erm_csr X;
    erm_problem problem;
    int64_t *list;
    erm_subset training, held_out;
    double *scaled;
    erm_dense Z;
} halves;

static void open_halves(halves *to)
{
    char detail[ERM_DETAIL_SIZE];
    int32_t part[600];
    if (erm_dataset_read_libsvm(EXAMPLE_DATA "/wdbc.libsvm", NULL, &to->data, detail)) fail_case("%s", detail);
    const int64_t n = to->data.rows, d = to->data.cols;
    to->scaled = calloc((size_t)(n * d), sizeof(double));
    for (int64_t i = 0; i < n; i++)
        for (int64_t p = to->data.start[i]; p < to->data.start[i + 1]; p++)
            to->scaled[i * d + to->data.index[p]] = to->data.value[p];
    for (int64_t j = 0; j < d; j++) {
        double mean = 0, squares = 0;
        for (int64_t i = 0; i < n; i++) mean += to->scaled[i * d + j] / (double)n;
        for (int64_t i = 0; i < n; i++) squares += pow(to->scaled[i * d + j] - mean, 2) / (double)n;
        for (int64_t i = 0; i < n; i++) to->scaled[i * d + j] = (to->scaled[i * d + j] - mean) / sqrt(squares);
    }
    to->Z = erm_dense_f64(n, d, to->scaled, d);
    to->problem = (erm_problem){
        .X = &to->Z.base, .y = to->data.y, .loss = erm_loss_logistic(), .regularizer = erm_l2(1e-9), .intercept = true};
    assert_int_equal(erm_deal_split(n, 2.0 / 3, &(erm_deal){.stratum = to->data.y, .seed = 1}, part, detail), ERM_OK);
    to->list = calloc((size_t)n, sizeof *to->list);
    const int64_t count = erm_fold_rows(n, part, 0, false, to->list);
    assert_int_equal(erm_subset_open(&to->problem, count, to->list, &to->training), ERM_OK);
    assert_int_equal(erm_fold_rows(n, part, 1, false, to->list + count), n - count);
    assert_int_equal(erm_subset_open(&to->problem, n - count, to->list + count, &to->held_out), ERM_OK);
}

static void close_halves(halves *to)
{
    erm_subset_close(&to->training);
    erm_subset_close(&to->held_out);
    erm_dataset_free(&to->data);
    free(to->list);
    free(to->scaled);
}

static double held_out_risk(const halves *on, const double *w)
{
    double Z[600], mean;
    erm_problem_margins(&on->held_out.problem, w, Z);
    assert_int_equal(erm_problem_risk(&on->held_out.problem, ERM_METRIC_LOSS, Z, &mean, NULL), ERM_OK);
    return mean;
}

static void it_stops_early_with_the_best_held_out_weights(void **state)
{
    (void)state;
    static const char *const solvers[] = {"gd", "lbfgs", "prox", "svrg"};
    halves on = {0};
    open_halves(&on);
    for (size_t s = 0; s < sizeof solvers / sizeof *solvers; s++) {
        double w[31] = {0}, full[31] = {0};
        erm_early_stop stop;
        char detail[ERM_DETAIL_SIZE];
        assert_int_equal(erm_early_stop_open(&on.held_out.problem, ERM_METRIC_LOSS, 15, &stop, detail), ERM_OK);
        erm_options options = {.max_epochs = 400, .tol = 1e-9, .monitor = erm_early_stop_monitor, .monitor_data = &stop};
        erm_solver_from_name(solvers[s], &options.solver);
        const erm_result early = solve(&on.training.problem, options, w);
        options.monitor = NULL;
        const erm_result late = solve(&on.training.problem, options, full);
        if (early.stop != ERM_STOP_CANCELLED || early.epochs != stop.epoch + 15 || early.epochs >= late.epochs)
            fail_case("%s: stop %s after %d epochs, best %d", solvers[s], erm_stop_text(early.stop), (int)early.epochs,
                      (int)stop.epoch);
        assert_near(held_out_risk(&on, stop.w), stop.value, 1e-15);
        assert_true(stop.value < 0.8 * held_out_risk(&on, full));
        assert_true(stop.value <= held_out_risk(&on, w));
        erm_early_stop_close(&stop);
    }
    close_halves(&on);
}

typedef struct seen {
    double w[31], risk[50];
    int64_t epochs;
    const halves *on;
} seen;

static bool look(const erm_progress *now, void *data)
{
    seen *const to = data;
    to->risk[now->epoch] = held_out_risk(to->on, now->w);
    memcpy(to->w, now->w, sizeof to->w);
    to->epochs = now->epoch;
    return now->epoch < 49;
}

static void monitors_see_the_weights_of_every_epoch(void **state)
{
    (void)state;
    halves on = {0};
    open_halves(&on);
    on.training.problem.standardise = true; /* the solver's own coordinates differ from the caller's twice */
    on.training.problem.regularizer = erm_l2(1e-3);
    for (int rare = 0; rare < 2; rare++) {
        double w[31] = {0};
        seen now = {.on = &on};
        const erm_result result = solve(&on.training.problem,
                                        (erm_options){.solver = erm_solver_lbfgs(NULL),
                                                      .check_every = rare ? 7 : 1,
                                                      .tol = 1e-6,
                                                      .monitor = look,
                                                      .monitor_data = &now},
                                        w);
        assert_int_equal(result.stop, ERM_STOP_CONVERGED);
        assert_int_equal(now.epochs, result.epochs);
        assert_memory_equal(now.w, w, sizeof w);
        for (int64_t e = 1; e <= now.epochs; e++) assert_true(fabs(now.risk[e] - now.risk[e - 1]) > 0);
    }
    close_halves(&on);
}

static bool third(const erm_progress *now, void *data)
{
    (void)data;
    return now->epoch < 3;
}

static void another_monitor_is_called_too(void **state)
{
    (void)state;
    halves on = {0};
    open_halves(&on);
    double w[31] = {0};
    erm_early_stop stop;
    char detail[ERM_DETAIL_SIZE];
    assert_int_equal(erm_early_stop_open(&on.held_out.problem, ERM_METRIC_AUC, 0, &stop, detail), ERM_OK);
    assert_int_equal(stop.patience, 10);
    stop.next = third;
    const erm_options options = {.solver = erm_solver_gd(NULL), .monitor = erm_early_stop_monitor, .monitor_data = &stop};
    const erm_result result = solve(&on.training.problem, options, w);
    assert_int_equal(result.epochs, 3);
    assert_true(stop.value > 0.9);
    erm_early_stop_close(&stop);
    erm_early_stop_close(&stop);
    assert_int_equal(erm_early_stop_open(&on.held_out.problem, ERM_METRIC_MSE, 0, &stop, detail), ERM_EUNSUPPORTED);
    assert_int_equal(erm_early_stop_open(&on.held_out.problem, ERM_METRIC_LOSS, -1, &stop, detail), ERM_EINVAL);
    assert_int_equal(erm_early_stop_open(NULL, ERM_METRIC_LOSS, 0, &stop, detail), ERM_EINVAL);
    close_halves(&on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_stops_early_with_the_best_held_out_weights),
        cmocka_unit_test(monitors_see_the_weights_of_every_epoch),
        cmocka_unit_test(another_monitor_is_called_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
