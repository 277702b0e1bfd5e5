/* Timing by turns, and the table of what was measured. */
#include "measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "ermopt/rng.h"

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

timed job_of(const char *name, int threads, void (*run)(void *context), void *context)
{
    timed made = {.run = run, .context = context, .threads = threads};
    snprintf(made.name, sizeof made.name, "%s", name);
    return made;
}

void measure(const results *table, int count, timed *jobs)
{
    static double wall[MOST_JOBS][MOST_TURNS], processor[MOST_JOBS][MOST_TURNS];
    if (count > MOST_JOBS || table->turns > MOST_TURNS) exit(1);
    for (int j = 0; j < count; j++) jobs[j].run(jobs[j].context);
    for (int turn = 0; turn < table->turns; turn++)
        for (int j = 0; j < count; j++) {
            const double used = now(CLOCK_PROCESS_CPUTIME_ID), begin = now(CLOCK_MONOTONIC);
            jobs[j].run(jobs[j].context);
            wall[j][turn] = now(CLOCK_MONOTONIC) - begin;
            processor[j][turn] = (now(CLOCK_PROCESS_CPUTIME_ID) - used) / jobs[j].threads;
        }
    for (int j = 0; j < count; j++) {
        qsort(wall[j], (size_t)table->turns, sizeof(double), by_size);
        qsort(processor[j], (size_t)table->turns, sizeof(double), by_size);
        jobs[j].wall = wall[j][0];
        jobs[j].median = wall[j][table->turns / 2];
        jobs[j].processor = processor[j][0];
    }
}

/* A number, or nothing for NAN. */
static void cell(const char *format, int width, double value)
{
    char text[40] = "";
    if (!isnan(value)) snprintf(text, sizeof text, format, value);
    printf(" %*s", width, text);
}

static void tsv_cell(FILE *tsv, double value)
{
    if (isnan(value))
        fprintf(tsv, "\t");
    else
        fprintf(tsv, "\t%.6g", value);
}

void print_head(const results *table)
{
    printf("%-26s %-25s %3s %9s %9s %9s %8s %7s %7s %6s %6s %6s\n", "what", "kernel", "thr", "least ms", "median ms", "cpu ms",
           "G/s", "value", "by cpu", "bar", "", "ulps");
    if (table->tsv)
        fprintf(table->tsv, "what\tkernel\tthreads\tleast_seconds\tmedian_seconds\tprocessor_seconds\trate_per_second\tvalue\t"
                            "value_by_processor\tbar\tverdict\tulps\n");
}

static void print_row(const results *table, const char *what, const char *kernel, int threads, const double *numbers,
                      const char *verdict)
{
    printf("%-26s %-25s %3d", what, kernel, threads);
    for (int c = 0; c < 3; c++) cell("%.3f", 9, 1e3 * numbers[c]);
    cell("%.2f", 8, 1e-9 * numbers[3]);
    for (int c = 4; c < 6; c++) cell("%.3f", 7, numbers[c]);
    cell("%.2f", 6, numbers[6]);
    printf(" %6s", verdict);
    cell("%.2f", 6, numbers[7]);
    printf("\n");
    fflush(stdout);
    if (!table->tsv) return;
    fprintf(table->tsv, "%s\t%s\t%d", what, kernel, threads);
    for (int c = 0; c < 7; c++) tsv_cell(table->tsv, numbers[c]);
    fprintf(table->tsv, "\t%s", verdict);
    tsv_cell(table->tsv, numbers[7]);
    fprintf(table->tsv, "\n");
}

static const char *judge(results *table, bool reached, double bar)
{
    if (isnan(bar)) return "";
    table->below += !reached;
    return reached ? "ok" : "BELOW";
}

void print_job(results *table, const char *what, const timed *job, finding found)
{
    const double value = found.bound / job->wall, by_processor = found.bound_processor / job->processor;
    const double numbers[] = {job->wall, job->median,  job->processor, found.rate / job->wall,
                              value,     by_processor, found.bar,      found.ulps};
    print_row(table, what, job->name, job->threads, numbers, judge(table, by_processor >= found.bar, found.bar));
}

void print_ratio(results *table, const char *what, const char *ratio, int threads, double value, double bar, bool at_most)
{
    const double numbers[] = {NAN, NAN, NAN, NAN, value, NAN, bar, NAN};
    print_row(table, what, ratio, threads, numbers, judge(table, at_most ? value <= bar : value >= bar, bar));
}

void *take(int64_t count, size_t size, bool large_pages)
{
    const size_t unit = (size_t)2 << 20, bytes = ((size_t)count * size + unit - 1) / unit * unit;
    void *memory = aligned_alloc(unit, bytes > 0 ? bytes : unit);
    if (!memory) {
        fprintf(stderr, "no memory for %zu bytes\n", bytes);
        exit(1);
    }
    madvise(memory, bytes, large_pages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return memset(memory, 0, bytes);
}

double *take_uniform(int64_t count, uint64_t seed, bool large_pages)
{
    erm_rng rng = erm_rng_seed(seed);
    double *x = take(count, sizeof *x, large_pages);
    for (int64_t p = 0; p < count; p++) x[p] = erm_rng_uniform(&rng) - 0.5;
    return x;
}
