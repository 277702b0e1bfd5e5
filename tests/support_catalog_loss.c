/* The table of losses for the contract tests. */
#include "catalog_loss.h"

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

static erm_loss huber_1(void) { return erm_loss_huber(1); }
static erm_loss huber_small(void) { return erm_loss_huber(0.1); }

static const struct {
    const char *name;
    erm_loss (*make)(void);
    int64_t k;
    double (*draw_label)(erm_rng *rng, int64_t k);
} table[] = {
    {"squared", erm_loss_squared, 1, any_number},
    {"logistic", erm_loss_logistic, 1, any_sign},
    {"hinge", erm_loss_hinge, 1, any_sign},
    {"squared-hinge", erm_loss_squared_hinge, 1, any_sign},
    {"huber 1", huber_1, 1, any_number},
    {"huber 0.1", huber_small, 1, any_number},
    {"cross-entropy, 2 classes", erm_loss_cross_entropy, 2, any_class},
    {"cross-entropy, 5 classes", erm_loss_cross_entropy, 5, any_class},
};

int catalog_loss_count(void) { return (int)(sizeof table / sizeof table[0]); }

catalog_loss catalog_loss_at(int i)
{
    return (catalog_loss){.name = table[i].name, .loss = table[i].make(), .k = table[i].k, .draw_label = table[i].draw_label};
}
