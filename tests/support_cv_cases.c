/* Problems to cross-validate: losses, formats, weights, metrics. */
#include "cv_cases.h"

#include "check.h"
#include "solving.h"

const cv_case cv_cases[CV_CASES] = {
    {.loss = "squared", .kind = "dense f64", .l1 = 1, .l2 = 1},
    {.loss = "squared", .kind = "dense columns f64", .l1 = 1, .l2 = 1, .weights = true, .offset = true},
    {.loss = "squared", .kind = "csr f64", .l1 = 1, .standardise = true, .metric = ERM_METRIC_MSE},
    {.loss = "squared", .kind = "csc f32", .l1 = 1, .weights = true, .standardise = true},
    {.loss = "logistic", .kind = "csc f64", .l1 = 1, .l2 = 0.5, .weights = true, .offset = true},
    {.loss = "logistic", .kind = "dense f32", .l1 = 1, .class_weight = true},
    {.loss = "logistic", .kind = "dense f64", .l1 = 1, .metric = ERM_METRIC_ERROR},
    {.loss = "logistic", .kind = "csr f32", .l1 = 1, .weights = true, .metric = ERM_METRIC_AUC},
    {.loss = "poisson", .kind = "dense f64", .l1 = 1, .l2 = 1},
    {.loss = "cross-entropy, 5 classes", .kind = "csr f64", .l1 = 1, .l2 = 1, .weights = true},
    {.loss = "cross-entropy, 5 classes", .kind = "dense f64", .l1 = 1, .l2 = 1, .metric = ERM_METRIC_ERROR},
};

static const double CLASS_WEIGHT[] = {2, 0.5};

owned_problem *cv_problem(const cv_case *one)
{
    problem_spec spec = spec_of(one->loss, erm_elastic_net(one->l1, one->l2), CV_N, CV_D);
    spec.kind = kind_named(one->kind);
    spec.weights = one->weights;
    spec.offset = one->offset;
    owned_problem *const owned = owned_problem_new(spec);
    owned->problem.standardise = one->standardise;
    if (one->class_weight) owned->problem.class_weight = CLASS_WEIGHT;
    return owned;
}

erm_cv cv_of(const erm_problem *problem, erm_cv_options options)
{
    erm_cv cv;
    char detail[ERM_DETAIL_SIZE];
    if (erm_cross_validate(problem, &options, &cv, detail)) fail_case("%s", detail);
    return cv;
}
