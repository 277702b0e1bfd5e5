/* The catalog of regularizers. To add one, add a line to `fill`. */
#include "catalog_regularizer.h"

#include <math.h>
#include <stdio.h>

enum { MAX_CASES = 128, NAME_SIZE = 48 };

static regularizer_case cases[MAX_CASES];
static char names[MAX_CASES][NAME_SIZE];
static int64_t filled;
static double factor[CATALOG_REGULARIZER_MAX_D];

static void add_one(const char *name, const char *suffix, erm_regularizer regularizer)
{
    snprintf(names[filled], NAME_SIZE, "%s%s", name, suffix);
    cases[filled] = (regularizer_case){names[filled], regularizer};
    filled++;
}

static void add(const char *name, erm_regularizer regularizer)
{
    add_one(name, "", regularizer);
    regularizer.factor = factor;
    add_one(name, ", factors", regularizer);
}

static void fill(void)
{
    static const double pattern[4] = {1, 0.5, 0, 2};
    for (int64_t j = 0; j < CATALOG_REGULARIZER_MAX_D; j++) factor[j] = pattern[j % 4];
    add("none", erm_none());
    add("l1", erm_l1(0.1));
    add("l2", erm_l2(0.1));
    add("elastic net", erm_elastic_net(0.07, 0.05));
    add("elastic net without l2", erm_elastic_net(0.1, 0));
    add("box", erm_box(-0.5, 0.75));
    add("box above", erm_box(-INFINITY, 0.6));
    add("nonnegative", erm_nonnegative());
    add("l2 ball", erm_l2_ball(0.8));
    add("l1 ball", erm_l1_ball(1.1));
    add("simplex", erm_simplex(1));
}

const regularizer_case *regularizer_catalog(int64_t *count)
{
    if (filled == 0) fill();
    *count = filled;
    return cases;
}
