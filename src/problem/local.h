/* A problem around a fit: the directions in which W can move without leaving the kinks and bounds that hold it, and the second
 * derivatives of F along them. */
#ifndef ERM_LOCAL_H
#define ERM_LOCAL_H

#include "problem/prepare.h"
#include "problem/smoother.h"

/* Must not be moved. */
typedef struct erm__local {
    erm__prepared prepared;
    erm__workspace ws; /* of the prepared problem; more memory can be taken from its arena */
    erm_shape shape;
    double *w;          /* the fit, of the prepared problem */
    int64_t *direction; /* d k, as the smoother has them */
    double *along;
    erm__smoother smoother; /* with M and Q */
} erm__local;

/* Checks all: ERM_OK; ERM_EUNSUPPORTED (a loss with kinks, a regularizer whose directions are not known), ERM_EDATA (w is not
 * finite), ERM_ENOMEM, what erm_problem_check says. Close it in every case. */
erm_status erm__local_open(const erm_problem *problem, const double *w, erm__local *local, char *detail);
void erm__local_close(erm__local *local);

#endif
