/* The table of losses for the contract tests. */
#include "catalog_loss.h"

#include <math.h>

static double any_sign(erm_rng *rng, int64_t k)
{
    (void)k;
    return erm_rng_below(rng, 2) ? 1 : -1;
}

static double any_number(erm_rng *rng, int64_t k)
{
    (void)k;
    return 2 * erm_rng_normal(rng);
}

static double any_class(erm_rng *rng, int64_t k) { return (double)erm_rng_below(rng, (uint64_t)k); }

static long double exact_squared(double param, int64_t k, const double *z, const double *y)
{
    (void)param;
    (void)k;
    const long double r = (long double)*z - *y;
    return r * r / 2;
}

static long double exact_logistic(double param, int64_t k, const double *z, const double *y)
{
    (void)param;
    (void)k;
    const long double m = (long double)*y * *z;
    return m > 0 ? log1pl(expl(-m)) : log1pl(expl(m)) - m;
}

static long double exact_hinge(double param, int64_t k, const double *z, const double *y)
{
    (void)param;
    (void)k;
    return fmaxl(0, 1 - (long double)*y * *z);
}

static long double exact_squared_hinge(double param, int64_t k, const double *z, const double *y)
{
    const long double slack = exact_hinge(param, k, z, y);
    return slack * slack / 2;
}

static long double exact_huber(double delta, int64_t k, const double *z, const double *y)
{
    (void)k;
    const long double r = fabsl((long double)*z - *y);
    return r <= delta ? r * r / 2 : delta * (r - (long double)delta / 2);
}

static long double exact_cross_entropy(double param, int64_t k, const double *z, const double *y)
{
    (void)param;
    int64_t top = 0;
    for (int64_t c = 1; c < k; c++) top = z[c] > z[top] ? c : top;
    long double rest = 0;
    for (int64_t c = 0; c < k; c++) rest += c == top ? 0 : expl((long double)z[c] - z[top]);
    return log1pl(rest) + ((long double)z[top] - z[(int64_t)*y]);
}

static erm_loss huber_1(void) { return erm_loss_huber(1); }
static erm_loss huber_small(void) { return erm_loss_huber(0.1); }

static const struct {
    const char *name;
    erm_loss (*make)(void);
    int64_t k;
    double (*draw_label)(erm_rng *rng, int64_t k);
    long double (*exact)(double param, int64_t k, const double *z, const double *y);
} table[] = {
    {"squared", erm_loss_squared, 1, any_number, exact_squared},
    {"logistic", erm_loss_logistic, 1, any_sign, exact_logistic},
    {"hinge", erm_loss_hinge, 1, any_sign, exact_hinge},
    {"squared-hinge", erm_loss_squared_hinge, 1, any_sign, exact_squared_hinge},
    {"huber 1", huber_1, 1, any_number, exact_huber},
    {"huber 0.1", huber_small, 1, any_number, exact_huber},
    {"cross-entropy, 2 classes", erm_loss_cross_entropy, 2, any_class, exact_cross_entropy},
    {"cross-entropy, 5 classes", erm_loss_cross_entropy, 5, any_class, exact_cross_entropy},
};

int catalog_loss_count(void) { return (int)(sizeof table / sizeof table[0]); }

catalog_loss catalog_loss_at(int i)
{
    return (catalog_loss){.name = table[i].name,
                          .loss = table[i].make(),
                          .k = table[i].k,
                          .draw_label = table[i].draw_label,
                          .exact = table[i].exact};
}

void catalog_draw_target(const catalog_loss *entry, erm_rng *rng, double *y)
{
    const int64_t count = entry->loss.ops->target_per_output ? entry->k : 1;
    for (int64_t c = 0; c < count; c++) y[c] = entry->draw_label(rng, entry->k);
}
