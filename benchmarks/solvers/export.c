/* Writes a problem for other programs: raw files that any language reads in one call.
 *
 *     bench_export [--data FOLDER] PROBLEM OUT
 *
 * OUT/problem.tsv     name, kind, n, d, k, nnz (0: dense), lambda, number: a line each
 * OUT/X.bin           doubles: n x d row-major, or the nnz stored values
 * OUT/index.bin       int32 column of each stored value; OUT/start.bin: doubles, n + 1 row starts; both for sparse X only
 * OUT/lambdas.bin     doubles: of a path 100, falling; else lambda alone
 * OUT/y.bin           n doubles: target, -1 and +1, or the class number
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "case.h"

static void write_array(const char *folder, const char *name, const void *values, size_t size, int64_t count)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const file = fopen(path, "wb");
    if (!file || fwrite(values, size, (size_t)count, file) != (size_t)count || fclose(file)) bench_die("cannot write %s", path);
}

static void write_facts(const char *folder, const bench_case *problem)
{
    const bench_set *const set = &problem->set;
    char path[4096];
    snprintf(path, sizeof path, "%s/problem.tsv", folder);
    FILE *const file = fopen(path, "w");
    if (!file) bench_die("cannot write %s", path);
    fprintf(file, "name\t%s\nkind\t%s\nn\t%lld\nd\t%lld\nk\t%lld\nnnz\t%lld\nlambda\t%.17g\nnumber\t%.17g\n", problem->name,
            problem->kind, (long long)set->X.base.rows, (long long)set->X.base.cols, (long long)problem->problem.k,
            set->sparse ? (long long)set->X.base.nnz : 0LL, problem->lambda, problem->number);
    if (fclose(file)) bench_die("cannot write %s", path);
}

int main(int argc, char **argv)
{
    const char *data = NULL;
    int at = 1;
    if (argc > 3 && !strcmp(argv[1], "--data")) {
        data = argv[2];
        at = 3;
    }
    if (argc - at != 2) bench_die("usage: bench_export [--data FOLDER] PROBLEM OUT");
    const char *const out = argv[at + 1];
    bench_case problem;
    bench_case_open(argv[at], data, &problem);
    const bench_set *const set = &problem.set;
    const int64_t n = set->X.base.rows, d = set->X.base.cols;
    mkdir(out, 0777);
    write_facts(out, &problem);
    write_array(out, "lambdas.bin", problem.lambdas, sizeof(double), problem.count);
    write_array(out, "y.bin", problem.problem.y, sizeof(double), n);
    if (set->sparse) {
        double *const start = bench_memory(n + 1, sizeof *start);
        for (int64_t i = 0; i <= n; i++) start[i] = (double)set->start[i];
        write_array(out, "X.bin", set->values, sizeof(double), set->start[n]);
        write_array(out, "index.bin", set->index, sizeof(int32_t), set->start[n]);
        write_array(out, "start.bin", start, sizeof *start, n + 1);
    } else {
        write_array(out, "X.bin", set->values, sizeof(double), n * d);
    }
    bench_case_close(&problem);
    return 0;
}
