/* What erm_path prints and writes. */
#include "path_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "figures.h"
#include "json.h"

enum { MOST_LINES = 20 };

static double held_out(const path_run *run, int64_t i) { return i < run->cv.count ? run->cv.mean[i] : NAN; }

static double error_of(const path_run *run, int64_t i) { return i < run->cv.count ? run->cv.error[i] : NAN; }

static void print_data(FILE *out, const path_options *options, const train_task *task, const path_run *run)
{
    const erm_problem *const problem = &task->problem;
    const erm_path *const path = &run->cv.path;
    char share[NUMBER_SIZE];
    fprintf(out, "data       %s: %" PRId64 " rows, %" PRId64 " features\n", options->task.data, problem->X->rows,
            problem->X->cols);
    fprintf(out, "problem    %s loss, l1 ratio %s%s, %s intercept\n", problem->loss.ops->name,
            number_text(options->l1_ratio, share), problem->standardise ? " on standardised features" : "",
            problem->intercept ? "with" : "without");
    if (options->prepare) fprintf(out, "prepared   %s: %" PRId64 " columns\n", options->prepare, run->problem.X->cols);
    fprintf(out, "path       %" PRId64 " lambdas from %.4g to %.4g", path->count, path->point[0].lambda,
            path->point[path->count - 1].lambda);
    if (run->cv.folds) fprintf(out, ", %" PRId64 " folds", run->cv.folds);
    fprintf(out, ", %.3g s, %s\n", run->cv.folds ? run->cv.seconds : path->seconds, erm_stop_text(run->cv.stop));
}

/* One line in `step` is printed, and the lambdas that are chosen. */
static void print_table(FILE *out, const path_run *run)
{
    const erm_path *const path = &run->cv.path;
    const int64_t step = (path->count + MOST_LINES - 1) / MOST_LINES;
    const char *const metric = erm_metric_name(run->metric);
    fprintf(out, "\n      lambda  nonzeros");
    if (run->cv.folds) fprintf(out, "  %10s  std error", metric);
    if (run->alo) fprintf(out, "  %6s ALO", metric);
    fputc('\n', out);
    for (int64_t i = 0; i < path->count; i++) {
        const bool best = run->cv.folds && i == run->cv.best, one_se = run->cv.folds && i == run->cv.one_se;
        if (i % step != 0 && i + 1 != path->count && !best && !one_se && i != run->chosen) continue;
        fprintf(out, "%12.6g  %8" PRId64, path->point[i].lambda, path->point[i].nonzeros);
        if (run->cv.folds) fprintf(out, "  %10.6g  %9.3g", held_out(run, i), error_of(run, i));
        if (run->alo) fprintf(out, "  %10.6g", run->alo[i]);
        fprintf(out, "%s%s%s\n", best ? "  best" : "", one_se ? "  one standard error" : "", i == run->chosen ? "  <" : "");
    }
}

static void print_curve(FILE *out, const path_run *run)
{
    if (run->curve.count == 0) return;
    fprintf(out, "\n        rows       train    held out         gap\n");
    for (int64_t i = 0; i < run->curve.count; i++)
        fprintf(out, "%12" PRId64 "  %10.6g  %10.6g  %10.3g\n", run->curve.rows[i], run->curve.train[i], run->curve.held_out[i],
                run->curve.held_out[i] - run->curve.train[i]);
}

void path_report_text(FILE *out, const path_options *options, const train_task *task, const path_run *run)
{
    print_data(out, options, task, run);
    print_table(out, run);
    print_curve(out, run);
    if (run->chosen < 0) return;
    fprintf(out, "\nchosen     lambda %.6g, %s", run->lambda,
            options->one_se      ? "the largest within one standard error of the best"
            : options->path_only ? "the best by approximate leave-one-out"
                                 : "the best");
    if (run->chosen == 0 && !options->one_se && run->cv.path.count > 1) fprintf(out, "; it is the largest of all");
    if (run->chosen + 1 == run->cv.path.count && run->cv.path.count > 1) fprintf(out, "; it is the smallest: see --ratio");
    fputc('\n', out);
    if (options->task.model) fprintf(out, "model      %s\n", options->task.model);
}

/* A column of the path. Frees it. */
static void write_column(json *writer, const char *key, const path_run *run, double (*value)(const path_run *run, int64_t i))
{
    const int64_t count = run->cv.path.count;
    double *const column = new_table(count, 1);
    for (int64_t i = 0; column && i < count; i++) column[i] = value(run, i);
    json_numbers(writer, key, column ? count : 0, column);
    free(column);
}

static double lambda_of(const path_run *run, int64_t i) { return run->cv.path.point[i].lambda; }

static double nonzeros_of(const path_run *run, int64_t i) { return (double)run->cv.path.point[i].nonzeros; }

static double dual_of(const path_run *run, int64_t i) { return run->cv.path.point[i].result.certificate.dual; }

static double primal_of(const path_run *run, int64_t i) { return run->cv.path.point[i].result.certificate.primal; }

static void write_curve(json *writer, const erm_curve *curve)
{
    if (curve->count == 0) {
        json_text(writer, "learning_curve", NULL);
        return;
    }
    double *const rows = new_table(curve->count, 1);
    for (int64_t i = 0; rows && i < curve->count; i++) rows[i] = (double)curve->rows[i];
    json_begin(writer, "learning_curve");
    json_numbers(writer, "rows", rows ? curve->count : 0, rows);
    json_numbers(writer, "train", curve->count, curve->train);
    json_numbers(writer, "train_error", curve->count, curve->train_error);
    json_numbers(writer, "held_out", curve->count, curve->held_out);
    json_numbers(writer, "held_out_error", curve->count, curve->held_out_error);
    json_end(writer);
    free(rows);
}

void path_report_json(FILE *out, const path_options *options, const train_task *task, const path_run *run)
{
    const erm_cv *const cv = &run->cv;
    json writer = json_open(out);
    json_integer(&writer, "n", task->problem.X->rows);
    json_integer(&writer, "d", run->problem.X->cols);
    json_integer(&writer, "k", cv->path.k);
    json_text(&writer, "loss", task->problem.loss.ops->name);
    json_number(&writer, "l1_ratio", options->l1_ratio);
    json_text(&writer, "prepare", options->prepare);
    json_flag(&writer, "standardise", task->problem.standardise);
    json_unsigned(&writer, "seed", options->task.seed);
    json_text(&writer, "stop", erm_stop_text(cv->stop));
    json_number(&writer, "seconds", cv->folds ? cv->seconds : cv->path.seconds);
    json_number(&writer, "lambda_max", cv->path.lambda_max);
    json_integer(&writer, "folds", cv->folds);
    json_text(&writer, "metric", erm_metric_name(run->metric));
    json_number(&writer, "lambda_min", cv->best < 0 ? NAN : lambda_of(run, cv->best));
    json_number(&writer, "lambda_1se", cv->one_se < 0 ? NAN : lambda_of(run, cv->one_se));
    json_number(&writer, "chosen", run->lambda);
    write_column(&writer, "lambda", run, lambda_of);
    write_column(&writer, "nonzeros", run, nonzeros_of);
    write_column(&writer, "primal", run, primal_of);
    write_column(&writer, "dual", run, dual_of);
    if (cv->folds) {
        write_column(&writer, "held_out", run, held_out);
        write_column(&writer, "held_out_error", run, error_of);
    }
    if (run->alo) {
        json_numbers(&writer, "alo", cv->path.count, run->alo);
        json_numbers(&writer, "alo_error", cv->path.count, run->alo_error);
    }
    write_curve(&writer, &run->curve);
    json_text(&writer, "model", options->task.model);
    json_close(&writer);
}

void path_report_csv(FILE *out, const path_run *run)
{
    const erm_cv *const cv = &run->cv;
    char text[NUMBER_SIZE];
    fprintf(out, "lambda,nonzeros,primal,gap");
    if (cv->folds) fprintf(out, ",held_out,held_out_error");
    for (int64_t f = 0; f < cv->folds && cv->folds <= 100; f++) fprintf(out, ",fold_%" PRId64, f);
    fprintf(out, "%s\n", run->alo ? ",alo,alo_error" : "");
    for (int64_t i = 0; i < cv->path.count; i++) {
        const erm_path_point *const point = &cv->path.point[i];
        fprintf(out, "%s,%" PRId64, number_text(point->lambda, text), point->nonzeros);
        fprintf(out, ",%s", number_text(point->result.certificate.primal, text));
        fprintf(out, ",%s", number_text(point->result.certificate.gap, text));
        if (cv->folds) fprintf(out, ",%s", number_text(held_out(run, i), text));
        if (cv->folds) fprintf(out, ",%s", number_text(error_of(run, i), text));
        for (int64_t f = 0; f < cv->folds && cv->folds <= 100; f++)
            fprintf(out, ",%s", number_text(cv->held_out[f * cv->path.count + i], text));
        if (run->alo) fprintf(out, ",%s", number_text(run->alo[i], text));
        if (run->alo) fprintf(out, ",%s", number_text(run->alo_error[i], text));
        fputc('\n', out);
    }
}
