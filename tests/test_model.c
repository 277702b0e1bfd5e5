/* Models: made from solutions, and every bit of them comes back from a file. */
#include <locale.h>

#include "check.h"
#include "files.h"
#include "models.h"

static bool same_bits(const double *a, const double *b, int64_t count) { return memcmp(a, b, (size_t)count * sizeof *a) == 0; }

static void assert_same(const erm_model *a, const erm_model *b)
{
    assert_ptr_equal(a->loss.ops, b->loss.ops);
    assert_true(same_bits(&a->loss.param, &b->loss.param, 1));
    assert_true(a->d == b->d && a->k == b->k && a->intercept == b->intercept && a->index_base == b->index_base);
    assert_true(same_bits(a->w, b->w, (a->d + a->intercept) * a->k));
    assert_true(a->classes.count == b->classes.count);
    for (int64_t c = 0; c < a->classes.count; c++) assert_string_equal(a->classes.name[c], b->classes.name[c]);
    const erm_training *s = &a->training, *t = &b->training;
    assert_string_equal(s->regularizer, t->regularizer);
    assert_string_equal(s->solver, t->solver);
    assert_string_equal(s->stop, t->stop);
    assert_true(s->rows == t->rows && s->seed == t->seed);
    assert_true(same_bits(&s->primal, &t->primal, 1) && same_bits(&s->dual, &t->dual, 1) && same_bits(&s->tol, &t->tol, 1));
}

static void assert_round_trip(const erm_model *model, const char *path)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_model back;
    if (erm_model_save(model, path, detail) != ERM_OK) fail_case("save: %s", detail);
    if (erm_model_load(path, &back, detail) != ERM_OK) fail_case("load: %s", detail);
    assert_same(model, &back);
    erm_model_free(&back);
}

static void round_trip_random_models(uint64_t seed, int trials)
{
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "model", path);
    erm_rng rng = erm_rng_seed(seed);
    const erm_loss losses[] = {erm_loss_squared(),       erm_loss_logistic(),   erm_loss_hinge(),
                               erm_loss_squared_hinge(), erm_loss_huber(0.123), erm_loss_cross_entropy()};
    for (int trial = 0; trial < trials; trial++) {
        const erm_loss loss = losses[trial % 6];
        const int64_t k = loss.ops->min_outputs > 1 ? 2 + (int64_t)erm_rng_below(&rng, 6) : 1;
        const int64_t d = (int64_t)erm_rng_below(&rng, 40);
        erm_model model = models_random(&rng, loss, d, k, erm_rng_below(&rng, 2), trial % 3 ? 1 : 0.1);
        assert_round_trip(&model, path);
        assert_int_equal(files_count(&directory), 1);
        erm_model_free(&model);
    }
    files_remove_directory(&directory);
}

static void every_bit_of_a_model_comes_back(void **state)
{
    (void)state;
    round_trip_random_models(1, 60);
}

static void every_bit_comes_back_under_a_decimal_comma(void **state)
{
    (void)state;
    const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8",  "fr_FR.utf8",
                                 "de_DE",       "fr_FR",       "nl_NL.UTF-8", "ru_RU.UTF-8"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !found; i++) found = setlocale(LC_ALL, names[i]);
    if (!found) {
        print_message("skipped: no locale with a decimal comma is installed\n");
        skip();
    }
    assert_string_equal(localeconv()->decimal_point, ",");
    round_trip_random_models(2, 24);
    setlocale(LC_ALL, "C");
}

static void special_numbers_come_back_and_only_plus_zero_is_left_out(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "model", path);
    erm_rng rng = erm_rng_seed(1);
    erm_model model = models_random(&rng, erm_loss_logistic(), MODELS_SPECIALS, 1, false, 0);
    memcpy(model.w, models_special, sizeof models_special);
    model.index_base = 1;
    assert_round_trip(&model, path);
    char *text = files_read(path, NULL);
    assert_non_null(strstr(text, "\ncoefficients 8\n2 -0x0p+0\n3 "));
    free(text);
    erm_model_free(&model);
    files_remove_directory(&directory);
}

static void a_file_of_several_pieces_loads(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "model", path);
    erm_rng rng = erm_rng_seed(6);
    erm_model model = models_random(&rng, erm_loss_squared(), 20000, 1, true, 1); /* about 500 kB */
    assert_round_trip(&model, path);
    erm_model_free(&model);
    files_remove_directory(&directory);
}

static void classes_without_names_are_called_by_their_labels(void **state)
{
    (void)state;
    const double w[6] = {0};
    const erm_dense X = erm_dense_f64(1, 2, w, 2);
    erm_problem problem = {.X = &X.base, .loss = erm_loss_logistic()};
    erm_model model;
    assert_int_equal(erm_model_create(&problem, w, NULL, NULL, &model), ERM_OK);
    assert_int_equal(model.classes.count, 2);
    assert_string_equal(model.classes.name[0], "-1");
    assert_string_equal(model.classes.name[1], "1");
    erm_model_free(&model);
    problem.loss = erm_loss_cross_entropy();
    problem.k = 3;
    assert_int_equal(erm_model_create(&problem, w, NULL, NULL, &model), ERM_OK);
    assert_int_equal(model.classes.count, 3);
    assert_string_equal(model.classes.name[2], "2");
    char *names[] = {"no", "yes"};
    const erm_classes two = {2, names};
    erm_model_free(&model);
    assert_int_equal(erm_model_create(&problem, w, &two, NULL, &model), ERM_EINVAL);
    assert_null(model.w);
}

static void the_facts_of_the_training_are_kept(void **state)
{
    (void)state;
    const double w[2] = {0};
    const erm_dense X = erm_dense_f64(7, 2, w, 0);
    const erm_regularizer_ops penalty = {.name = "elastic-net"};
    const erm_problem problem = {
        .X = &X.base, .loss = erm_loss_squared(), .regularizer = {.ops = &penalty, .param = {0.01, 0.001}}};
    erm_result result = {.solver = "prox", .stop = ERM_STOP_MAX_EPOCHS, .tol = 1e-3};
    result.certificate.primal = 2;
    result.certificate.dual = 1;
    erm_model model;
    assert_int_equal(erm_model_create(&problem, w, NULL, &result, &model), ERM_OK);
    assert_string_equal(model.training.regularizer, "elastic-net 0.01 0.001");
    assert_string_equal(model.training.solver, "prox");
    assert_string_equal(model.training.stop, "max-epochs");
    assert_true(model.training.rows == 7 && model.training.primal == 2 && model.training.dual == 1 && model.training.tol == 1e-3);
    erm_model_free(&model);
    erm_model_free(&model); /* an empty one is fine */
    erm_model_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_of_a_model_comes_back),
        cmocka_unit_test(every_bit_comes_back_under_a_decimal_comma),
        cmocka_unit_test(special_numbers_come_back_and_only_plus_zero_is_left_out),
        cmocka_unit_test(a_file_of_several_pieces_loads),
        cmocka_unit_test(classes_without_names_are_called_by_their_labels),
        cmocka_unit_test(the_facts_of_the_training_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
