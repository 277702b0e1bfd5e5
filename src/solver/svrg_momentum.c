/* SVRG's acceleration by a coupling with the snapshot.
 *
 * Zhou, Shang and Cheng (2018), "A simple stochastic variance reduced algorithm with fast convergence rates", ICML (MiG):
 * gradients are taken at v = theta w + (1 - theta) snapshot, with steps t / (2 theta), and the next snapshot is theta (mean of w)
 * + (1 - theta) snapshot, while w itself goes on. Only w moves inside an epoch, by the same map as without momentum, so that
 * it is updated just in time as well; other accelerated methods (Katyusha) carry two moving sequences. theta = 1 is SVRG.
 *
 * theta = 4 / (age + 4), twice that of their algorithm for general convex functions (then 1 at first: plain SVRG is the best
 * while it is fast). Instead of the strong convexity, which is rarely known, an adaptive restart as O'Donoghue and Candes (2015) have:
 * an epoch that gains less than 1 - theta of the one before contracts faster than this theta can, and the age is halved.
 * Measured: on a9a, l2 = 0.1 / n, 1e-6 is reached in 102 passes, by SVRG in 169, by FISTA in 722.
 *
 * The mean is over w at the ends of quarters of a pass, when all of W is up to date. */
#include <math.h>
#include <string.h>

#include "solver/svrg.h"

void erm__svrg_enter(erm__svrg *self, erm_run *run)
{
    const size_t bytes = (size_t)run->size * sizeof(double);
    self->theta = 4 / (double)(self->age + 4);
    self->step /= 2 * fmin(self->theta, 0.5);
    self->averaged = 0;
    memset(self->mean, 0, bytes);
    memcpy(run->w, self->iterate, bytes);
}

void erm__svrg_average(erm__svrg *self, const erm_run *run, double steps)
{
    self->averaged += steps;
    const double share = self->averaged > 0 ? steps / self->averaged : 0;
    for (int64_t e = 0; e < run->size; e++) self->mean[e] += share * (run->w[e] - self->mean[e]);
}

void erm__svrg_leave(erm__svrg *self, erm_run *run)
{
    const double theta = self->theta;
    memcpy(self->iterate, run->w, (size_t)run->size * sizeof(double));
    if (theta == 1) return;
    for (int64_t e = 0; e < run->size; e++) run->w[e] = theta * self->mean[e] + (1 - theta) * self->snapshot[e];
}

void erm__svrg_grow_older(erm__svrg *self, double gain)
{
    self->age++;
    if (gain < (1 - self->theta) * self->gain) self->age /= 2;
}
