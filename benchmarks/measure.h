/* Timing by turns, and the table of what was measured. */
#ifndef ERM_MEASURE_H
#define ERM_MEASURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { MOST_TURNS = 64, MOST_JOBS = 48 };

/* Something that is done again and again. The least and the median of its times, in seconds: by the wall clock, and processor
 * time over threads, which leaves out what other programs take from the machine (and waiting for the other thread). */
typedef struct timed {
    char name[40];
    void (*run)(void *context);
    void *context;
    int threads;
    double wall, median, processor;
} timed;

/* The rows of the table go to the standard output and, tab-separated, to `tsv` (NULL: nowhere). */
typedef struct results {
    FILE *tsv;
    int turns;
    bool quick; /* small sizes, few turns: to see that everything runs */
    int below;  /* how many bars were not reached */
} results;

/* What a row says besides its times. NAN: nothing. */
typedef struct finding {
    double bound;           /* seconds that the machine needs at the least */
    double bound_processor; /* the same, as processor time a thread */
    double bar;             /* the share of the bound that is wanted */
    double ulps;            /* error, in units of 2^-52 of the sum of the absolute terms */
    double rate;            /* bytes or operations of one run */
} finding;

#define NO_FINDING ((finding){NAN, NAN, NAN, NAN, NAN})

timed job_of(const char *name, int threads, void (*run)(void *context), void *context);

/* Runs all jobs once to warm up, then in turns, so that what disturbs the machine disturbs them alike. */
void measure(const results *table, int count, timed *jobs);

void print_head(const results *table);
void print_job(results *table, const char *what, const timed *job, finding found);

/* A ratio of two times and its bar, which it must reach, or with `at_most` stay within. */
void print_ratio(results *table, const char *what, const char *ratio, int threads, double value, double bar, bool at_most);

/* Zeroed memory in whole 2 MiB units; large pages where asked for and allowed. Exits when there is none. */
void *take(int64_t count, size_t size, bool large_pages);

/* Uniform in [-1/2, 1/2). */
double *take_uniform(int64_t count, uint64_t seed, bool large_pages);

#endif
