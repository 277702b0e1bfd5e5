/* libermopt: regularized empirical risk minimization. This header includes all the others.
 *
 *     minimise over W in C:   F(W) = (1/S) sum_i s_i l(x_i'W + b + o_i, y_i)  +  lambda R(W),     S = sum_i s_i
 *
 * Reading order: problem.h (what is solved), solve.h (how it is asked for), then matrix.h, loss.h, regularizer.h (the parts
 * of a problem, and how to write your own), solver.h (the algorithms), solver_own.h (how to write your own), path.h (many
 * lambdas) and selection.h (which of them), preparation.h (what is done to data before), data.h, dataset.h, mapped.h, reader.h,
 * model.h, metrics.h (files in and out); freedom.h tells how many parameters a fit has used. */
#ifndef ERMOPT_H
#define ERMOPT_H

#include "ermopt/data.h"
#include "ermopt/dataset.h"
#include "ermopt/freedom.h"
#include "ermopt/loss.h"
#include "ermopt/mapped.h"
#include "ermopt/matrix.h"
#include "ermopt/metrics.h"
#include "ermopt/model.h"
#include "ermopt/number_text.h"
#include "ermopt/path.h"
#include "ermopt/preparation.h"
#include "ermopt/problem.h"
#include "ermopt/reader.h"
#include "ermopt/regularizer.h"
#include "ermopt/rng.h"
#include "ermopt/selection.h"
#include "ermopt/solve.h"
#include "ermopt/solver.h"
#include "ermopt/solver_own.h"
#include "ermopt/status.h"
#include "ermopt/version.h"

#endif
