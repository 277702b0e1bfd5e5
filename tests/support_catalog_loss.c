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

static double any_count(erm_rng *rng, int64_t k)
{
    (void)k;
    return floor(3 * fabs(erm_rng_normal(rng)));
}

static double any_positive(erm_rng *rng, int64_t k)
{
    (void)k;
    return exp(erm_rng_normal(rng));
}

static double any_positive_or_0(erm_rng *rng, int64_t k) { return erm_rng_below(rng, 4) ? any_positive(rng, k) : 0; }

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

static long double exact_absolute(double param, int64_t k, const double *z, const double *y)
{
    (void)param;
    (void)k;
    return fabsl((long double)*z - *y);
}

static long double exact_quantile(double tau, int64_t k, const double *z, const double *y)
{
    (void)k;
    const long double r = (long double)*z - *y;
    return fmaxl(-tau * r, (1 - (long double)tau) * r);
}

static long double exact_epsilon_insensitive(double epsilon, int64_t k, const double *z, const double *y)
{
    return fmaxl(0, exact_absolute(0, k, z, y) - epsilon);
}

static long double exact_squared_epsilon_insensitive(double epsilon, int64_t k, const double *z, const double *y)
{
    const long double excess = exact_epsilon_insensitive(epsilon, k, z, y);
    return excess * excess / 2;
}

static long double exact_smoothed_hinge(double gamma, int64_t k, const double *z, const double *y)
{
    (void)k;
    const long double m = (long double)*y * *z;
    if (m >= 1) return 0;
    return m <= 1 - (long double)gamma ? 1 - m - (long double)gamma / 2 : (1 - m) * (1 - m) / (2 * (long double)gamma);
}

static long double exact_modified_huber(double param, int64_t k, const double *z, const double *y)
{
    const long double m = (long double)*y * *z, slack = exact_hinge(param, k, z, y);
    return m < -1 ? -4 * m : slack * slack;
}

static long double exact_poisson(double param, int64_t k, const double *z, const double *y)
{
    (void)param;
    (void)k;
    return expl(*z) - (long double)*y * *z;
}

static long double exact_gamma(double param, int64_t k, const double *z, const double *y)
{
    (void)param;
    (void)k;
    return *y * expl(-*z) + *z;
}

static long double exact_tweedie(double power, int64_t k, const double *z, const double *y)
{
    (void)k;
    const long double u = 2 - (long double)power, v = (long double)power - 1;
    return expl(u * *z) / u + (*y > 0 ? *y * expl(-v * *z) / v : 0); /* not 0 times infinity */
}

static long double exact_multitask_squared(double param, int64_t k, const double *z, const double *y)
{
    long double sum = 0;
    for (int64_t c = 0; c < k; c++) sum += exact_squared(param, 1, z + c, y + c);
    return sum;
}

static long double exact_multiclass_hinge(double param, int64_t k, const double *z, const double *y)
{
    (void)param;
    const int64_t label = (int64_t)*y;
    long double most = z[label];
    for (int64_t c = 0; c < k; c++) most = c == label ? most : fmaxl(most, (long double)z[c] + 1);
    return most - z[label];
}

static erm_loss huber_1(void) { return erm_loss_huber(1); }
static erm_loss huber_small(void) { return erm_loss_huber(0.1); }

static erm_loss quantile_90(void) { return erm_loss_quantile(0.9); }
static erm_loss epsilon_insensitive(void) { return erm_loss_epsilon_insensitive(0.5); }
static erm_loss squared_epsilon_insensitive(void) { return erm_loss_squared_epsilon_insensitive(0.5); }
static erm_loss smoothed_hinge_1(void) { return erm_loss_smoothed_hinge(1); }
static erm_loss smoothed_hinge_small(void) { return erm_loss_smoothed_hinge(0.1); }
static erm_loss tweedie_middle(void) { return erm_loss_tweedie(1.5); }
static erm_loss tweedie_high(void) { return erm_loss_tweedie(1.9); }

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
    {"absolute", erm_loss_absolute, 1, any_number, exact_absolute},
    {"quantile 0.9", quantile_90, 1, any_number, exact_quantile},
    {"epsilon-insensitive", epsilon_insensitive, 1, any_number, exact_epsilon_insensitive},
    {"squared-epsilon-insensitive", squared_epsilon_insensitive, 1, any_number, exact_squared_epsilon_insensitive},
    {"smoothed-hinge 1", smoothed_hinge_1, 1, any_sign, exact_smoothed_hinge},
    {"smoothed-hinge 0.1", smoothed_hinge_small, 1, any_sign, exact_smoothed_hinge},
    {"modified-huber", erm_loss_modified_huber, 1, any_sign, exact_modified_huber},
    {"poisson", erm_loss_poisson, 1, any_count, exact_poisson},
    {"gamma", erm_loss_gamma, 1, any_positive, exact_gamma},
    {"tweedie 1.5", tweedie_middle, 1, any_positive_or_0, exact_tweedie},
    {"tweedie 1.9", tweedie_high, 1, any_positive_or_0, exact_tweedie},
    {"multitask-squared, 3 outputs", erm_loss_multitask_squared, 3, any_number, exact_multitask_squared},
    {"multiclass-hinge, 4 classes", erm_loss_multiclass_hinge, 4, any_class, exact_multiclass_hinge},
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
