/* What erm_path computes. */
#include "path_run.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "message.h"
#include "progress.h"

/* One whole number for each row. KEEP_GOING, or what to exit with. */
static int read_numbers(const char *path, int64_t rows, int64_t *number)
{
    FILE *const file = fopen(path, "r");
    if (!file) return complain(EXIT_DATA, "cannot open %s", path);
    char word[64];
    int64_t count = 0;
    int code = KEEP_GOING;
    while (code == KEEP_GOING && fscanf(file, " %63s", word) == 1) {
        char *end;
        const int64_t value = strtoll(word, &end, 10);
        if (*end != '\0')
            code = complain(EXIT_DATA, "%s: '%s' for row %" PRId64 "; expected a whole number", path, word, count + 1);
        else if (count < rows)
            number[count] = value;
        count++;
    }
    fclose(file);
    if (code == KEEP_GOING && count != rows)
        code = complain(EXIT_DATA, "%s has %" PRId64 " numbers, but the data have %" PRId64 " rows", path, count, rows);
    return code;
}

static int read_folds(const path_options *options, const train_task *task, path_run *run)
{
    const char *const path = options->group_file ? options->group_file : options->fold_file;
    const int64_t rows = task->problem.X->rows;
    if (!path) return KEEP_GOING;
    run->group = malloc((size_t)rows * sizeof *run->group);
    run->fold = malloc((size_t)rows * sizeof *run->fold);
    if (!run->group || !run->fold) return complain(EXIT_OTHER, "out of memory");
    const int code = read_numbers(path, rows, run->group);
    for (int64_t i = 0; code == KEEP_GOING && options->fold_file && i < rows; i++) {
        if (run->group[i] < 0 || run->group[i] >= rows)
            return complain(EXIT_DATA, "%s: %" PRId64 " for row %" PRId64 "; folds are numbered 0, 1, ...", path, run->group[i],
                            i + 1);
        run->fold[i] = (int32_t)run->group[i];
    }
    return code;
}

/* Ridge has no largest lambda: as glmnet does, that of a thousandth L1. KEEP_GOING; lambda NULL where the path finds its own. */
static int ridge_lambdas(const path_options *options, const erm_problem *problem, int64_t count, double **lambda)
{
    const double least = 1e-3;
    const bool wide = problem->X->cols > problem->X->rows;
    double largest;
    char detail[ERM_DETAIL_SIZE];
    *lambda = NULL;
    if (options->l1_ratio >= least) return KEEP_GOING;
    erm_problem sharp = *problem;
    sharp.regularizer = erm_l1(least);
    const erm_status status = erm_lambda_max(&sharp, &largest, detail);
    if (status) return complain(exit_for(status), "%s", detail);
    if (!(*lambda = malloc((size_t)count * sizeof **lambda))) return complain(EXIT_OTHER, "out of memory");
    const double ratio = options->ratio > 0 ? options->ratio : wide ? 1e-2 : 1e-4;
    for (int64_t i = 0; i < count; i++) (*lambda)[i] = largest * pow(ratio, count > 1 ? (double)i / (double)(count - 1) : 0);
    return KEEP_GOING;
}

static bool show(int64_t done, int64_t total, void *data)
{
    progress_show(data, (double)done / (double)total);
    return true;
}

static bool show_point(const erm_path_point *point, void *data)
{
    (void)point;
    progress_step(data);
    return true;
}

static int finish(erm_status status, const char *detail)
{
    if (status == ERM_OK) return KEEP_GOING;
    return complain(exit_for(status), "%s", detail[0] ? detail : erm_status_text(status));
}

static int fit(const path_options *options, train_task *task, path_run *run)
{
    const train_options *const how = &options->task;
    const int64_t count = options->count ? options->count : 100;
    char detail[ERM_DETAIL_SIZE] = "";
    double *lambda;
    int code = ridge_lambdas(options, &run->problem, count, &lambda);
    if (code != KEEP_GOING) return code;
    progress bar = progress_start(options->path_only ? "path" : "cross-validation", !how->quiet);
    bar.total = count;
    erm_cv_options cv = {.folds = options->leave_one_out ? task->problem.X->rows : options->folds,
                         .deal = {.seed = how->seed,
                                  .stratum = options->stratified ? task->problem.y : NULL,
                                  .group = options->group_file ? run->group : NULL},
                         .fold = options->fold_file ? run->fold : NULL,
                         .metric = options->metric,
                         .recipe = {.steps = options->step, .count = options->steps},
                         .monitor = show,
                         .monitor_data = &bar,
                         .path = {.lambda = lambda,
                                  .count = count,
                                  .ratio = options->ratio,
                                  .solve = {.solver = how->solver,
                                            .tol = how->tol,
                                            .max_seconds = how->max_seconds,
                                            .threads = (int)how->threads,
                                            .seed = how->seed}}};
    if (options->path_only) {
        cv.path.monitor = show_point;
        cv.path.monitor_data = &bar;
        code = finish(erm_path_solve(&run->problem, &cv.path, &run->cv.path, detail), detail);
        run->cv.best = run->cv.one_se = -1;
        run->cv.stop = run->cv.path.stop;
        run->cv.metric = options->metric;
    } else {
        code = finish(erm_cross_validate(&task->problem, &cv, &run->cv, detail), detail);
    }
    progress_end(&bar);
    free(lambda);
    return code;
}

/* Approximate leave-one-out for every lambda. */
static int leave_out(const path_options *options, path_run *run)
{
    const erm_path *const path = &run->cv.path;
    char detail[ERM_DETAIL_SIZE] = "";
    if (!options->alo) return KEEP_GOING;
    double *const w = new_table(erm_problem_size(&run->problem) + run->problem.X->rows * path->k, 1);
    run->alo = new_table(2 * path->count, 1);
    int code = w && run->alo ? KEEP_GOING : complain(EXIT_OTHER, "out of memory");
    if (run->alo) run->alo_error = run->alo + path->count;
    progress bar = progress_start("approximate leave-one-out", !options->task.quiet);
    for (int64_t i = 0; code == KEEP_GOING && i < path->count; i++) {
        double *const Z = w + erm_problem_size(&run->problem);
        erm_problem problem = run->problem;
        problem.regularizer = erm_regularizer_scaled(&run->problem.regularizer, path->point[i].lambda);
        erm_path_w(path, i, w);
        code = finish(erm_alo_margins(&problem, w, Z, detail), detail);
        if (code == KEEP_GOING)
            code = finish(erm_problem_risk(&problem, options->metric, Z, &run->alo[i], &run->alo_error[i]), "");
        progress_show(&bar, (double)(i + 1) / (double)path->count);
    }
    progress_end(&bar);
    free(w);
    return code;
}

static void choose(const path_options *options, path_run *run)
{
    const erm_cv *const cv = &run->cv;
    const double sign = options->metric == ERM_METRIC_AUC ? -1 : 1;
    run->chosen = options->one_se ? cv->one_se : cv->best;
    for (int64_t i = 0; options->path_only && run->alo && i < cv->path.count; i++)
        if (!isnan(run->alo[i]) && (run->chosen < 0 || sign * run->alo[i] < sign * run->alo[run->chosen])) run->chosen = i;
    run->lambda = run->chosen < 0 ? NAN : cv->path.point[run->chosen].lambda;
}

static int draw_curve(const path_options *options, train_task *task, path_run *run)
{
    char detail[ERM_DETAIL_SIZE] = "";
    if (!options->learning_curve || run->chosen < 0) return KEEP_GOING;
    progress bar = progress_start("learning curve", !options->task.quiet);
    erm_problem problem = task->problem;
    problem.regularizer = erm_regularizer_scaled(&task->problem.regularizer, run->lambda);
    const erm_curve_options how = {.solve = {.solver = options->task.solver,
                                             .tol = options->task.tol,
                                             .threads = (int)options->task.threads,
                                             .seed = options->task.seed},
                                   .deal = {.seed = options->task.seed,
                                            .stratum = problem.loss.ops->classifies ? problem.y : NULL,
                                            .group = options->group_file ? run->group : NULL},
                                   .metric = options->metric,
                                   .recipe = {.steps = options->step, .count = options->steps},
                                   .monitor = show,
                                   .monitor_data = &bar};
    const int code = finish(erm_learning_curve(&problem, &how, &run->curve, detail), detail);
    progress_end(&bar);
    return code;
}

static int save(const path_options *options, const train_task *task, const path_run *run)
{
    if (!options->task.model) return KEEP_GOING;
    if (run->chosen < 0)
        return complain(EXIT_OTHER, "no lambda could be chosen: the %s is not a number", erm_metric_name(options->metric));
    char detail[ERM_DETAIL_SIZE] = "", number[NUMBER_SIZE], share[NUMBER_SIZE];
    erm_problem problem = run->problem;
    erm_model model;
    problem.regularizer = erm_regularizer_scaled(&run->problem.regularizer, run->lambda);
    double *const w = new_table(erm_problem_size(&problem), 1);
    if (!w) return complain(EXIT_OTHER, "out of memory");
    erm_path_w(&run->cv.path, run->chosen, w);
    int code = finish(erm_model_create(&problem, w, &task->classes, &run->cv.path.point[run->chosen].result, &model), "");
    free(w);
    if (code == KEEP_GOING)
        code = finish(erm_model_describe(&model, &run->preparation, (const char *const *)task->data.feature_name), "");
    if (code != KEEP_GOING) return code;
    model.index_base = task->data.index_base;
    model.training.seed = options->task.seed;
    model.training.digest = erm_dataset_digest(&task->data, task->problem.X);
    number_text(problem.regularizer.param[0], number);
    number_text(problem.regularizer.param[1], share);
    snprintf(model.training.regularizer, sizeof model.training.regularizer, "%.15s %.23s%s%.23s", problem.regularizer.ops->name,
             number, options->l1_ratio > 0 && options->l1_ratio < 1 ? " " : "",
             options->l1_ratio > 0 && options->l1_ratio < 1 ? share : "");
    if (erm_model_save(&model, options->task.model, detail) != ERM_OK) code = complain(EXIT_OTHER, "%s", detail);
    erm_model_free(&model);
    return code;
}

/* Learns the steps of --prepare from all rows. */
static int prepare(const path_options *options, const train_task *task, path_run *run)
{
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_matrix *const X = task->problem.X;
    erm_status status = erm_preparation_fit(options->step, options->steps, X, NULL, &run->preparation, detail);
    if (status == ERM_OK) status = erm_preparation_apply(&run->preparation, X, &run->prepared, detail);
    if (status != ERM_OK) return complain(exit_for(status), "%s: --prepare: %s", options->task.data, detail);
    run->problem = task->problem;
    run->problem.X = run->prepared.X;
    if (run->preparation.d > 0) return KEEP_GOING;
    return complain(EXIT_DATA, "%s: --prepare: no column is left, as none varies", options->task.data);
}

int path_run_do(const path_options *options, train_task *task, path_run *run)
{
    const double a = options->l1_ratio;
    char detail[ERM_DETAIL_SIZE] = "";
    *run = (path_run){.chosen = -1, .lambda = NAN, .metric = options->metric};
    task->problem.regularizer = a >= 1 ? erm_l1(1) : a > 0 ? erm_elastic_net(a, 1 - a) : erm_l2(1);
    if (options->stratified && !task->problem.loss.ops->classifies)
        return complain(EXIT_USAGE, "--stratified needs classes; %s loss has none", task->problem.loss.ops->name);
    int code = finish(erm_metric_check(&task->problem, options->metric, detail), detail);
    if (code == KEEP_GOING) code = prepare(options, task, run);
    if (code == KEEP_GOING) code = read_folds(options, task, run);
    if (code == KEEP_GOING) code = fit(options, task, run);
    if (code == KEEP_GOING) code = leave_out(options, run);
    if (code != KEEP_GOING) return code;
    choose(options, run);
    code = draw_curve(options, task, run);
    return code == KEEP_GOING ? save(options, task, run) : code;
}

void path_run_free(path_run *run)
{
    erm_cv_free(&run->cv);
    erm_curve_free(&run->curve);
    erm_prepared_free(&run->prepared);
    erm_preparation_free(&run->preparation);
    free(run->alo);
    free(run->group);
    free(run->fold);
    *run = (path_run){0};
}
