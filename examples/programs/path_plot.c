/* A picture of a path and of its risks, drawn by gnuplot. */
#include "path_plot.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figures.h"
#include "message.h"
#include "output.h"

enum { MOST_LINES = 40, NO_PROGRAM = 127 };

typedef struct entry {
    int64_t place; /* in W */
    double largest;
} entry;

static int by_size(const void *left, const void *right)
{
    const entry *const a = left, *const b = right;
    if (a->largest > b->largest || a->largest < b->largest) return a->largest > b->largest ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* What coefficients are multiplied by to be comparable: the standard deviation of their feature, where the fit works on
 * standardised ones. NULL: out of memory. */
static double *scales(const erm_problem *problem)
{
    const erm_matrix *const X = problem->X;
    const int64_t n = X->rows, d = X->cols;
    double *const scale = calloc((size_t)(2 * d + n), sizeof *scale);
    if (!scale) return NULL;
    double *const sum = scale + d, *const weight = sum + d;
    double total = 0;
    for (int64_t i = 0; i < n; i++) total += weight[i] = problem->weight ? problem->weight[i] : 1;
    if (problem->standardise) {
        X->ops->mul_t(X, (erm_rows){.count = n}, 1, weight, sum);
        X->ops->col_sqsums(X, (erm_rows){.count = n}, weight, scale);
    }
    for (int64_t j = 0; j < d; j++) {
        const double mean = sum[j] / total;
        scale[j] = problem->standardise ? sqrt(fmax(scale[j] / total - mean * mean, 0)) : 1;
    }
    return scale;
}

/* The coefficients that become largest; NULL: out of memory. */
static entry *largest_entries(const erm_path *path, const double *scale, int64_t *count)
{
    const int64_t length = path->d * path->k;
    entry *const all = calloc((size_t)length + 1, sizeof *all);
    if (!all) return NULL;
    for (int64_t j = 0; j < length; j++) all[j].place = j;
    for (int64_t i = 0; i < path->count; i++)
        for (int64_t p = 0; p < path->point[i].nonzeros; p++) {
            entry *const one = &all[path->point[i].index[p]];
            one->largest = fmax(one->largest, fabs(scale[one->place / path->k] * path->point[i].value[p]));
        }
    qsort(all, (size_t)length, sizeof *all, by_size);
    *count = 0;
    while (*count < length && *count < MOST_LINES && all[*count].largest > 0) ++*count;
    return all;
}

static void write_risks(FILE *to, const path_run *run)
{
    const erm_cv *const cv = &run->cv;
    fputs("$risk << END\n", to);
    for (int64_t i = 0; i < cv->path.count; i++) {
        const bool held_out = i < cv->count;
        fprintf(to, "%.17g %.17g %.17g %.17g\n", cv->path.point[i].lambda, held_out ? cv->mean[i] : NAN,
                held_out ? cv->error[i] : NAN, run->alo ? run->alo[i] : NAN);
    }
    fputs("END\n", to);
    if (run->curve.count == 0) return;
    fputs("$curve << END\n", to);
    for (int64_t i = 0; i < run->curve.count; i++)
        fprintf(to, "%" PRId64 " %.17g %.17g %.17g %.17g\n", run->curve.rows[i], run->curve.train[i], run->curve.train_error[i],
                run->curve.held_out[i], run->curve.held_out_error[i]);
    fputs("END\n", to);
}

/* A block for each coefficient. */
static bool write_coefficients(FILE *to, const erm_problem *problem, const erm_path *path, int64_t *lines)
{
    double *const scale = scales(problem);
    entry *const shown = scale ? largest_entries(path, scale, lines) : NULL;
    double *const w = new_table((path->d + 1) * path->k, 1);
    double *const line = new_table(path->count, MOST_LINES);
    for (int64_t i = 0; shown && w && line && i < path->count; i++) {
        erm_path_w(path, i, w);
        for (int64_t l = 0; l < *lines; l++) line[l * path->count + i] = scale[shown[l].place / path->k] * w[shown[l].place];
    }
    fputs("$path << END\n", to);
    for (int64_t l = 0; shown && w && line && l < *lines; l++) {
        for (int64_t i = 0; i < path->count; i++) fprintf(to, "%.17g %.17g\n", path->point[i].lambda, line[l * path->count + i]);
        fputs("\n\n", to);
    }
    fputs("END\n", to);
    const bool fine = shown && w && line;
    free(shown);
    free(scale);
    free(w);
    free(line);
    return fine;
}

static void write_mark(FILE *to, const path_run *run, int64_t i, const char *style, const char *name)
{
    if (i < 0) return;
    const double lambda = run->cv.path.point[i].lambda;
    fprintf(to, "set arrow from first %.17g, graph 0 to first %.17g, graph 1 nohead %s\n", lambda, lambda, style);
    fprintf(to, "set label '%s' at first %.17g, graph 1.03 center font ',10' tc rgb '#404040'\n", name, lambda);
}

static void write_panels(FILE *to, const erm_problem *problem, const path_run *run, int64_t lines)
{
    const erm_cv *const cv = &run->cv;
    const bool risks = cv->folds || run->alo, curve = run->curve.count > 0;
    const char *const metric = erm_metric_name(run->metric);
    fprintf(to, "set multiplot layout %d,1 margins 0.13,0.96,%g,0.95 spacing 0,%g\n", 1 + risks + curve,
            risks + curve > 1 ? 0.07 : 0.1, risks + curve > 1 ? 0.09 : 0.13);
    fputs("set logscale x; set format x '10^{%L}'; set grid lc rgb '#e0e0e0'; set tics out nomirror; set border 3\n", to);
    const double first = cv->path.point[0].lambda, last = cv->path.point[cv->path.count - 1].lambda;
    fprintf(to, "set xrange [%.17g:%.17g]\n", 1.2 * fmax(first, last), fmin(first, last) / 1.2);
    fputs("set xlabel 'lambda' offset 0,0.5; set key top left samplen 2 opaque\n", to);
    if (cv->folds) {
        const bool same = cv->best == cv->one_se;
        write_mark(to, run, cv->best, "lc rgb '#404040' dt 2", same ? "best, 1 se" : "best");
        if (!same) write_mark(to, run, cv->one_se, "lc rgb '#404040' dt 3", "1 se");
    }
    if (risks) {
        fprintf(to, "set ylabel '%s on rows held out'\nplot ", metric);
        if (cv->folds)
            fputs("$risk u 1:2:3 w yerrorbars pt 7 ps 0.4 lc rgb '#c0504d' lw 0.8 t 'cross-validation, with standard errors'",
                  to);
        if (run->alo) fprintf(to, "%s $risk u 1:4 w l lw 2 lc rgb '#1f77b4' t 'approximate leave-one-out'", cv->folds ? "," : "");
        fputc('\n', to);
    }
    fprintf(to, "set ylabel 'coefficient%s'; set xzeroaxis lc rgb '#808080'\nunset key; unset label\n",
            problem->standardise ? ", standardised" : "");
    if (lines > 0)
        fprintf(to, "plot for [l=0:%d] $path index l u 1:2 w l lw 1.5\n", (int)lines - 1);
    else
        fputs("set yrange [-1:1]; plot $risk u 1:(0) w l\n", to);
    if (curve) {
        fprintf(to, "unset arrow; unset xzeroaxis; set autoscale x; set format x '%%g'; set autoscale y; set key top right\n");
        fprintf(to, "set xlabel 'training rows' offset 0,0.5; set ylabel '%s'\n", metric);
        fputs("plot $curve u 1:4:5 w yerrorlines pt 7 ps 0.5 lc rgb '#c0504d' t 'held out', "
              "$curve u 1:2:3 w yerrorlines pt 7 ps 0.5 lc rgb '#1f77b4' t 'training'\n",
              to);
    }
    fputs("unset multiplot\n", to);
}

static bool write_script(FILE *to, const erm_problem *problem, const path_run *run, bool png)
{
    int64_t lines = 0;
    const int height = 420 + (run->cv.folds || run->alo ? 320 : 0) + (run->curve.count > 0 ? 320 : 0);
    fputs("set encoding utf8\n", to);
    fprintf(to,
            png ? "set terminal pngcairo size 900,%d background rgb 'white'\n"
                : "set terminal svg size 900,%d background rgb 'white'\n",
            height);
    write_risks(to, run);
    const bool fine = write_coefficients(to, problem, &run->cv.path, &lines);
    write_panels(to, problem, run, lines);
    return fine;
}

/* gnuplot reads the script from a pipe and writes the picture to `picture`. Its exit status, or -1. */
static int draw(FILE *picture, const erm_problem *problem, const path_run *run, bool png)
{
    int ends[2], status;
    if (pipe(ends)) return -1;
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        dup2(ends[0], STDIN_FILENO);
        dup2(fileno(picture), STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        setenv("LC_ALL", "C.UTF-8", 1); /* of a locale in another encoding gnuplot complains */
        execlp("gnuplot", "gnuplot", "-", (char *)NULL);
        _exit(NO_PROGRAM);
    }
    close(ends[0]);
    FILE *const script = child > 0 ? fdopen(ends[1], "w") : NULL;
    bool fine = script != NULL;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before; /* a gnuplot that is not there closes the pipe */
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, &before);
    if (fine) fine = write_script(script, problem, run, png);
    if (script)
        fclose(script);
    else
        close(ends[1]);
    sigaction(SIGPIPE, &before, NULL);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == NO_PROGRAM) return NO_PROGRAM;
    return child > 0 && fine && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int path_plot_write(const char *path, const erm_problem *problem, const path_run *run)
{
    output out;
    if (!output_open(path, &out)) return EXIT_OTHER;
    const int status = draw(out.file, problem, run, strcmp(path + strlen(path) - 4, ".png") == 0);
    if (status == 0) return output_commit(&out) ? KEEP_GOING : EXIT_OTHER;
    output_abandon(&out);
    if (status != NO_PROGRAM) return complain(EXIT_OTHER, "gnuplot could not draw %s", path);
    complain(EXIT_FINE, "%s is not drawn: gnuplot is not installed (--csv FILE writes the numbers)", path);
    return KEEP_GOING;
}
