/* What can be computed from the margins z = x_i'W + b + o_i alone, without reading X: line searches cost O(n k) this way. */
#ifndef ERM_MARGINS_H
#define ERM_MARGINS_H

#include "problem/workspace.h"

/* (1/S) sum_i s_i l(z_i + t u_i); u NULL: 0. z, u: n k values. */
double erm__margins_loss(erm__workspace *ws, const double *z, const double *u, double t);

/* The same, and its derivative in t: (1/S) sum_i s_i l'(z_i + t u_i)'u_i. */
double erm__margins_slope(erm__workspace *ws, const double *z, const double *u, double t, double *slope);

/* d = s l'(z) and h = s l''(z) (n k each; h NULL: not wanted); returns (1/S) sum s l(z). */
double erm__margins_derivatives(erm__workspace *ws, const double *z, double *d, double *h);

#endif
