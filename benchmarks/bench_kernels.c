/* Measures the kernels that every solver's time goes to, each against what the machine can do in the same run.
 *
 *     bench_kernels [--quick] [--only dense|sparse|level3|losses|steps] [TSV]
 *
 * Prints a table; TSV: the same, tab-separated, to that file. Kernels and their bounds are run in turns and the least times
 * compared. Columns:
 *
 *     least, median ms   by the wall clock
 *     cpu ms             least processor time over threads, which leaves out what other programs take
 *     G/s                10^9 bytes, operations or values a second
 *     value, by cpu      the share of the bound that is reached, by the clock and by processor time; or a ratio of such times
 *     bar                what is wanted, and whether it is reached by processor time: others may be using the machine
 *     ulps               the largest error against long double, in units of 2^-52 of the sum of the absolute terms
 *
 * Bounds: reading the bytes of X once, at the better of the rates of one stream and of eight; dgemm of 1000^3 with one thread,
 * times the number of threads. Set OPENBLAS_NUM_THREADS=1, OPENBLAS_CORETYPE where OpenBLAS does not know the processor (the name
 * that it goes by is printed), and OMP_WAIT_POLICY=passive, so that waiting is no processor time. */
#include <cblas.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "kernels.h"

static bool wanted(const char *only, const char *part) { return !only || strcmp(only, part) == 0; }

static int usage(void)
{
    fprintf(stderr, "usage: bench_kernels [--quick] [--only dense|sparse|level3|losses|steps] [TSV]\n");
    return 2;
}

int main(int argc, char **argv)
{
    results table = {.turns = 9};
    const char *only = NULL, *path = NULL;
    for (int a = 1; a < argc; a++) {
        if (strcmp(argv[a], "--quick") == 0)
            table.quick = true;
        else if (strcmp(argv[a], "--only") == 0 && a + 1 < argc)
            only = argv[++a];
        else if (argv[a][0] != '-' && !path)
            path = argv[a];
        else
            return usage();
    }
    if (table.quick) table.turns = 3;
    if (path && !(table.tsv = fopen(path, "w"))) return fprintf(stderr, "%s: %s\n", path, strerror(errno)), 1;
    printf("OpenBLAS goes by %s\n", openblas_get_corename());
    print_head(&table);
    factors squares = squares_new();
    if (wanted(only, "dense")) bench_dense(&table);
    if (wanted(only, "sparse")) bench_sparse(&table);
    if (wanted(only, "level3")) bench_level3(&table, &squares);
    if (wanted(only, "losses")) bench_losses(&table);
    if (wanted(only, "steps")) bench_steps(&table);
    squares_free(&squares);
    printf("%d below the bar\n", table.below);
    if (table.tsv && fclose(table.tsv) != 0) return fprintf(stderr, "%s: %s\n", path, strerror(errno)), 1;
    return 0;
}
