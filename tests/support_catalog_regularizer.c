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

static void add_set_with_data(void)
{
    static double low[CATALOG_REGULARIZER_MAX_D], high[CATALOG_REGULARIZER_MAX_D];
    static const erm_bounds both = {low, high}, above = {NULL, high};
    for (int64_t j = 0; j < CATALOG_REGULARIZER_MAX_D; j++) {
        low[j] = j % 3 ? -0.1 * (double)(j % 7) : -INFINITY;
        high[j] = j % 5 ? 0.05 * (double)(j % 11) : INFINITY;
    }
    add("box vectors", erm_box_vectors(&both));
    add("box vectors above", erm_box_vectors(&above));
}

static void add_groups(void)
{
    static int32_t group[CATALOG_REGULARIZER_MAX_D];
    static const double weight[5] = {1, 1.5, 0.7, 2, 1.2};
    static const erm_groups weighted = {5, group, weight}, plain = {5, group, NULL};
    for (int32_t j = 0; j < CATALOG_REGULARIZER_MAX_D; j++) group[j] = (j * j + j / 3) % 5;
    add("group lasso", erm_group_lasso(0.15, &weighted));
    add("sparse group lasso", erm_sparse_group_lasso(0.07, 0.1, &plain));
}

static void add_sums(const double *w0)
{
    static erm_sum_parts parts[5];
    const erm_regularizer others[] = {erm_l1(0.1), erm_simplex(1), erm_nuclear_norm(0.2), erm_fused_lasso(0, 0.1),
                                      erm_mcp(0.2, 3)};
    static const char *const sums[] = {"l2 + l1", "proximity + simplex", "l2 + nuclear norm", "proximity + tv", "l2 + mcp"};
    for (int i = 0; i < 5; i++) {
        parts[i] = (erm_sum_parts){.smooth = i % 2 ? erm_proximity(0.2, w0) : erm_l2(0.1), .other = others[i]};
        add(sums[i], erm_sum(&parts[i]));
    }
}

static void fill(void)
{
    static const double pattern[4] = {1, 0.5, 0, 2};
    static double w0[CATALOG_REGULARIZER_MAX_D * CATALOG_REGULARIZER_MAX_K];
    for (int64_t j = 0; j < CATALOG_REGULARIZER_MAX_D; j++) factor[j] = pattern[j % 4];
    for (int64_t i = 0; i < CATALOG_REGULARIZER_MAX_D * CATALOG_REGULARIZER_MAX_K; i++) w0[i] = sin((double)i);
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
    add("l1 box", erm_elastic_net_box(0.1, 0, -0.3, 0.4));
    add("elastic net box away from 0", erm_elastic_net_box(0.1, 0.2, 0.05, 0.4));
    add("nonnegative lasso", erm_elastic_net_box(0.1, 0, 0, INFINITY));
    add("nonnegative elastic net", erm_elastic_net_box(0.07, 0.05, 0, INFINITY));
    add_set_with_data();
    add("proximity", erm_proximity(0.1, w0));
    add("mcp", erm_mcp(0.2, 3));
    add("scad", erm_scad(0.2, 3.7));
    add("l21", erm_l21(0.15));
    add("linf", erm_linf(0.3));
    static double falling[CATALOG_REGULARIZER_MAX_D * CATALOG_REGULARIZER_MAX_K];
    for (int64_t i = 0; i < CATALOG_REGULARIZER_MAX_D * CATALOG_REGULARIZER_MAX_K; i++) falling[i] = 1 / (1 + 0.1 * (double)i);
    add("slope", erm_slope(0.15, falling));
    add("fused lasso", erm_fused_lasso(0.05, 0.1));
    add("total variation", erm_fused_lasso(0, 0.1));
    add("nuclear norm", erm_nuclear_norm(0.2));
    add_groups();
    add_sums(w0);
    add("linf ball", erm_linf_ball(0.4));
}

const regularizer_case *regularizer_catalog(int64_t *count)
{
    if (filled == 0) fill();
    *count = filled;
    return cases;
}
