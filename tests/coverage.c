/* Writes docs/coverage.md: which solvers take which loss with which regularizer, what `auto` takes, and how the answer is
 * certified. Nothing here is known beforehand: every line is what the library says when it is asked.
 *
 *     build/tests/coverage > docs/coverage.md */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog_regularizer.h"
#include "ermopt/solve.h"
#include "problems.h"
#include "solver/choose.h"

enum { N = 60, D = 4, SIZE = 64, LARGE_N = 100000, LARGE_D = 20000, TEXT = 512, SECTION = 16384, MOST = 128 };

/* A row of a table: what is known of a loss with a regularizer. */
typedef struct answer {
    char regularizers[SECTION / 4]; /* all that have it */
    char small[TEXT], large[TEXT], solvers[TEXT];
    const char *certificate;
} answer;

typedef struct section {
    char losses[TEXT];
    char table[SECTION];
} section;

/* text += separator word */
static void append(char *text, size_t size, const char *separator, const char *word)
{
    const size_t length = strlen(text);
    const int written = snprintf(text + length, size - length, "%s%s", length > 0 ? separator : "", word);
    if (written < 0 || (size_t)written >= size - length) abort();
}

static erm_status try(const erm_problem *problem, const char *solver, erm_options options, erm_result *result)
{
    double w[SIZE] = {0};
    if (!erm_solver_from_name(solver, &options.solver)) abort();
    return erm_solve(problem, &options, w, result);
}

/* What `auto` takes for many sparse rows and columns: of them it sees sizes alone. */
static const char *choice_for_large(const erm_problem *problem)
{
    int64_t *const start = calloc(LARGE_N + 1, sizeof *start);
    const erm_csr X = erm_csr_f64(LARGE_N, LARGE_D, start, NULL, NULL);
    erm_problem large = *problem;
    large.X = &X.base;
    const char *why;
    const char *name = erm__choose_solver(&large, &why).ops->name;
    free(start);
    return name;
}

/* A random point of the set. */
static void draw(const erm_problem *problem, erm_rng *rng, double *w)
{
    const erm_regularizer *R = &problem->regularizer;
    const int64_t scratch = R->ops->scratch ? R->ops->scratch(R, D, problem->k) : 0;
    double *const memory = calloc((size_t)scratch + 1, sizeof *memory);
    for (int64_t j = 0; j < erm_problem_size(problem); j++) w[j] = erm_rng_normal(rng);
    R->ops->prox(R, (erm_shape){.d = D, .k = problem->k, .scratch = memory}, 1e-3, NULL, w, w);
    free(memory);
}

/* What is certified of points that are no optimum. */
static const char *certificate_of(const erm_problem *problem)
{
    enum { POINTS = 12 };
    erm_rng rng = erm_rng_seed(5);
    int bounds = 0, residuals = 0;
    for (int point = 0; point < POINTS; point++) {
        double w[SIZE];
        erm_certificate certificate;
        draw(problem, &rng, w);
        if (erm_certify(problem, w, &certificate, NULL)) abort();
        bounds += certificate.kind == ERM_CERTIFICATE_GAP;
        residuals += certificate.kkt < INFINITY;
    }
    if (bounds == POINTS) return "gap";
    const bool known = problem->loss.ops->conjugate && problem->regularizer.ops->conjugate;
    return residuals == POINTS ? known ? "gap at best" : "residual" : known ? "gap or none" : "none";
}

static answer ask(const catalog_loss *loss, erm_regularizer regularizer)
{
    answer out = {.certificate = ""};
    owned_problem *owned = owned_problem_new((problem_spec){
        .kind = &matrix_kinds[0], .loss = *loss, .regularizer = regularizer, .n = N, .d = D, .intercept = true, .seed = 7});
    const erm_problem *problem = &owned->problem;
    erm_result result;
    for (int64_t s = 1; erm_solver_name(s); s++)
        if (try(problem, erm_solver_name(s), (erm_options){.max_epochs = 1}, &result) == ERM_OK)
            append(out.solvers, TEXT, ", ", erm_solver_name(s));
    append(out.small, TEXT, ", ", erm__choose_solver(problem, &result.why).ops->name);
    append(out.large, TEXT, ", ", choice_for_large(problem));
    out.certificate = certificate_of(problem);
    owned_problem_free(owned);
    return out;
}

static bool alike(const answer *a, const answer *b)
{
    return !strcmp(a->small, b->small) && !strcmp(a->large, b->large) && !strcmp(a->solvers, b->solvers) &&
           !strcmp(a->certificate, b->certificate);
}

static void add(const answer *now, const char *regularizer, int *count, answer *answers)
{
    int at = 0;
    while (at < *count && !alike(&answers[at], now)) at++;
    if (at == *count) answers[(*count)++] = *now;
    append(answers[at].regularizers, sizeof answers[at].regularizers, ", ", regularizer);
}

/* The table of one loss: regularizers about which the answers are the same share a line. */
static void fill(const catalog_loss *loss, char *table)
{
    static answer answers[MOST];
    int count = 0;
    int64_t regularizers;
    const regularizer_case *cases = regularizer_catalog(&regularizers);
    for (int64_t r = 0; r < regularizers; r++) {
        if (strstr(cases[r].name, ", factors")) continue; /* the same as without */
        const answer now = ask(loss, cases[r].regularizer);
        add(&now, cases[r].name, &count, answers);
    }
    size_t length = 0;
    for (int a = 0; a < count; a++)
        length += (size_t)snprintf(table + length, SECTION - length, "| %s | %s | %s | %s | %s |\n", answers[a].regularizers,
                                   answers[a].small, answers[a].large, answers[a].solvers, answers[a].certificate);
}

int main(void)
{
    static section sections[MOST];
    int count = 0;
    for (int l = 0; l < catalog_loss_count(); l++) {
        const catalog_loss loss = catalog_loss_at(l);
        static char table[SECTION];
        fill(&loss, table);
        int at = 0;
        while (at < count && strcmp(sections[at].table, table) != 0) at++;
        if (at == count) memcpy(sections[count++].table, table, SECTION);
        append(sections[at].losses, TEXT, "; ", loss.name);
    }
    puts(
        "# What solves what\n\n"
        "Written by `tests/coverage.c`, which asks the library; a test checks that this file is up to date. Losses and "
        "regularizers are\n"
        "those of `loss.h` and `regularizer.h`, with the parameters of the tests' catalogs. Weights, class weights, offsets, "
        "penalty\n"
        "factors, an intercept, standardised columns and every matrix format go with all of it.\n\n"
        "*auto* is what `erm_solve` takes when it is not told, for little data and for 100000 sparse rows with 20000 columns.\n\n"
        "*Certificate*, see `erm_certificate`: *gap* is a proven bound, F(w) - F* <= gap, for every w. *gap at best*: there is "
        "one only where the\n"
        "dual point is feasible, which for features that are free on some side means near the optimum; elsewhere the residual.\n"
        "*residual*: how far w is from the optimality conditions. *gap or none*: the same as the second for a loss with kinks, "
        "which\n"
        "has no residual. *none*: nothing is proven.");
    for (int s = 0; s < count; s++)
        printf("\n## %s\n\n| regularizer | auto, small | auto, large | solvers | certificate |\n|---|---|---|---|---|\n%s",
               sections[s].losses, sections[s].table);
    return 0;
}
