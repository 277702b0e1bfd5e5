/* The certificates of a path's points. */
#include <math.h>

#include "problem/intercept.h"
#include "problem/margins.h"
#include "problem/sweep.h"
#include "solver/path/path_job.h"

static const double INTERCEPT_SHARE = 1e-3; /* of tol, that the rest of its slope may take of the bound */

/* Keeps the lambda's best bound: one is as good for every point. */
void erm__path_judge(erm__path_job *job, erm_certificate certificate)
{
    job->certificate = certificate;
    job->best_dual = fmax(job->best_dual, job->certificate.dual);
    job->certificate.dual = job->best_dual;
    job->certificate.gap = erm__gap(job->certificate.primal, &job->certificate.dual);
    if (job->certificate.dual > -INFINITY) job->certificate.kind = ERM_CERTIFICATE_GAP;
}

void erm__path_certify(erm__path_job *job, bool margins_known)
{
    erm__certifier *const certifier = &job->certifier;
    if (margins_known) {
        const double loss = erm__margins_derivatives(&job->ws, certifier->margin, certifier->dual, NULL);
        erm__sweep_transpose(&job->ws, NULL, certifier->dual, certifier->gradient);
        erm__path_judge(job, erm__certifier_finish(certifier, job->w, loss, NULL));
    } else {
        erm__path_judge(job, erm__certifier_run(certifier, job->w, NULL));
    }
    job->passes += job->problem.intercept ? 2 : 1;
}

/* job->w and its margins with the intercept that fits best, which makes the derivatives a dual point as they are. False where
 * there is none that is better than what w has. */
static bool fit_intercept(erm__path_job *job, double *loss)
{
    erm__workspace *const ws = &job->ws;
    erm__certifier *const certifier = &job->certifier;
    const double before = erm__sweep_run(
        ws, &(erm__sweep){.rows = erm__all_rows(ws), .w = job->w, .margin = certifier->margin, .derivative = certifier->dual});
    const double enough = INTERCEPT_SHARE * job->options.tol;
    if (!erm__intercept_fit(ws, certifier->margin, enough, certifier->fit, certifier->dual)) return false;
    const double delta = certifier->fit[0];
    for (int64_t i = 0; i < ws->n; i++) certifier->margin[i] += delta;
    *loss = erm__margins_loss(ws, certifier->margin, NULL, 0);
    if (!(*loss <= before)) return false;
    job->w[ws->d] += delta;
    return true;
}

/* What the certifier then has as the gradient is that of the derivatives after they were balanced, which sum to 0 as a dual
 * point's must: INTERCEPT_SHARE of tol away from the gradient at w, far less than a solver that takes it over can tell. */
void erm__path_certify_best_intercept(erm__path_job *job)
{
    double loss;
    const bool fits = job->problem.intercept && job->ws.k == 1;
    if (fits) job->passes++; /* of the fit, for the margins */
    if (!fits || !fit_intercept(job, &loss)) {
        erm__path_certify(job, false);
        return;
    }
    erm__certifier *const certifier = &job->certifier;
    erm__sweep_transpose(&job->ws, NULL, certifier->dual, certifier->gradient);
    erm__path_judge(job, erm__certifier_finish(certifier, job->w, loss, NULL));
    job->passes++;
}

bool erm__path_certified(const erm__path_job *job)
{
    const erm_certificate *const now = &job->certificate;
    if (now->kind == ERM_CERTIFICATE_KKT) return now->kkt <= job->options.tol;
    return now->gap <= job->options.tol * erm__certifier_scale(&job->certifier, now->primal);
}
