/* The certificate inside a solve: memory taken once, used for every check. */
#ifndef ERM_CERTIFIER_H
#define ERM_CERTIFIER_H

#include "problem/mend.h"

typedef struct erm__certifier {
    erm__workspace *ws;
    erm_shape shape;
    double *margin;   /* n k: z at the w that was certified last */
    double *dual;     /* n k: s_i a_i, the dual point before scaling */
    double *gradient; /* size: of the loss part at w */
    double *trial;    /* size */
    double *centre;   /* d: means of the columns where there is an intercept, else NULL */
    double *metric;   /* d + 1: 1 / mean square of the columns, about their centre where there is one; 1 for the intercept */
    double *fit;      /* 3 k + k^2: for the intercept */
    double *rms;      /* d: roots of the columns' mean squares, not centred: the scale of rounding errors */
    double smallest_metric;
    double start_value; /* the loss part of F at 0 */
    double start_scale; /* rms of l'(0) */
    bool is_at_zero;    /* margin, dual and gradient are those of w = 0, as they were measured first */
    erm__mend mend;
    double mend_below;     /* the optimality residual below which mending is worth its cost again */
    double near;           /* and below which it always is; 0 unless set */
    const double *product; /* X's a / S of the dual point that is offered, where that is known: no intercept; else NULL */
    double passes;         /* over X by the solver so far; INFINITY: mend whatever it costs */
} erm__certifier;

/* Takes its memory from the workspace's arena. ERM_OK or ERM_ENOMEM. */
erm_status erm__certifier_open(erm__certifier *certifier, erm__workspace *ws);

/* Whether the mean squares of all columns are finite: then X is, but else it may be too. */
bool erm__certifier_is_finite(const erm__certifier *certifier);

/* For a solve to a relative gap of tol that has read X so many times: mending then takes its share of the work only. */
void erm__certifier_aim(erm__certifier *certifier, double tol, double passes);

/* As erm_certify, in the coordinates of the caller. dual: another dual point to try, s_i a_i (n k), or NULL. */
erm_certificate erm__certifier_run(erm__certifier *certifier, const double *w, const double *dual);

/* The same where the certifier's margin, dual (s l'(z)) and gradient are those of w already; loss: the loss part of F. */
erm_certificate erm__certifier_finish(erm__certifier *certifier, const double *w, double loss, const double *dual);

/* With p where one prox-gradient step from w leads, at which margin, dual and gradient are: the largest entry of (w - p) / step,
 * each relative to the most that its gradient could be at the start; and the decrease of F that the step promises,
 * g'(w - p) + R(w) - R(p) - ||w - p||^2 / (2 step), relative to |F|: it tells where the columns are small against the penalty.
 * penalty: R(w); primal: F. */
double erm__certifier_residual(erm__certifier *certifier, const double *w, double penalty, double primal);

/* What a gap is compared with: |primal|, or the rounding error of F at 0 where the fit is perfect. */
double erm__certifier_scale(const erm__certifier *certifier, double primal);

/* primal - dual, and INFINITY for a bound that is none: *dual is then set to -INFINITY. */
double erm__gap(double primal, double *dual);

/* Does F fall for ever along w, or along the intercept alone, without attaining its infimum? Uses the margins of the last
 * certificate and its w: separable data without a penalty, labels that are all equal, ... NULL if not, else what it is. */
const char *erm__unattained(erm__certifier *certifier, const double *w, double primal);

#endif
