/* The step rules of SGD: w = prox_{t M}(w - t M g + momentum), with a fixed metric M or one that adapts to the gradients seen.
 *
 *     constant        t = t0
 *     inverse sqrt    t = t0 / sqrt(1 + epochs)                    Zinkevich (2003); Nemirovski, Juditsky, Lan and Shapiro (2009)
 *     inverse         t = min(t0, 1 / (mu (steps + 1)))            Shalev-Shwartz, Singer, Srebro and Cotter (2011), Pegasos
 *     auto            the smaller of the last two; mu = 0 leaves the first of them
 *     AdaGrad         t M_j = t0 / (sqrt(sum of g_j^2) + small)    Duchi, Hazan and Singer (2011)
 *     Adam            t M_j = t0 / sqrt(1 + epochs) / (sqrt(mean of g_j^2) + small), along the mean of g, means corrected for
 *                     their start at 0: Kingma and Ba (2015), algorithm 1, with the decay of their theorem 4.1
 *     heavy ball      adds momentum (w - old_w) before the prox, Polyak (1964); t0 is then multiplied by 1 - momentum
 *
 * The adaptive rules work in standardised columns, g_j sqrt(M_j), so that units do not matter, and keep one number for all
 * outputs of a feature, because a prox has one step a feature; where the regularizer is not separable, one number for all of
 * W (Ward, Wu and Bottou 2019, AdaGrad-Norm). */
#include <math.h>
#include <string.h>

#include "solver/stochastic/sgd.h"
#include "solver/stochastic/stochastic.h"

static const double MEAN_DECAY = 0.9, SQUARE_DECAY = 0.999, SMALL = 1e-6;

double erm__sgd_length(const erm__sgd *self, int64_t ahead)
{
    const double t0 = self->params.step, steps = (double)(self->steps + ahead);
    const double root = t0 / sqrt(1 + steps / (double)self->steps_per_epoch);
    const double bound = self->modulus * (steps + 1), inverse = t0 * bound > 1 ? 1 / bound : t0;
    switch (self->params.rule) {
    case ERM_SGD_AUTO: return fmin(root, inverse);
    case ERM_SGD_INVERSE: return inverse;
    case ERM_SGD_INVERSE_SQRT:
    case ERM_SGD_ADAM: return root;
    case ERM_SGD_CONSTANT:
    case ERM_SGD_ADAGRAD: break;
    }
    return t0;
}

bool erm__sgd_is_plain(const erm__sgd *self)
{
    return self->params.rule != ERM_SGD_ADAGRAD && self->params.rule != ERM_SGD_ADAM && self->params.momentum == 0;
}

static void move_plain(erm__sgd *self, erm_run *run, double t)
{
    const double momentum = self->params.momentum;
    if (momentum > 0) {
        for (int64_t e = 0; e < run->size; e++) {
            const double last = self->w[e] - self->old_w[e];
            self->old_w[e] = self->w[e];
            self->w[e] += momentum * last;
        }
        t *= 1 - momentum;
    }
    erm__descend(run->size, t, self->metric, self->g, self->w);
    erm_run_prox(run, t, run->metric, self->w, self->w);
}

/* The mean of (sqrt(M_j) g_jc)^2 over the k entries of row j; j = d is the intercept. */
static double square(const erm__sgd *self, const erm_run *run, int64_t j)
{
    double sum = 0;
    for (int64_t e = j * run->k; e < (j + 1) * run->k; e++) sum += self->metric[e] * self->g[e] * self->g[e];
    return sum / (double)run->k;
}

/* All of W alike: the mean over its features. */
static void level(const erm_run *run, double *squares)
{
    double sum = 0;
    for (int64_t j = 0; j < run->d; j++) sum += squares[j];
    for (int64_t j = 0; j < run->d; j++) squares[j] = sum / (double)run->d;
}

/* Takes g into the second moments, and makes the metric of them. */
static void adapt(erm__sgd *self, erm_run *run, bool adam)
{
    const int64_t features = run->size / run->k; /* with the intercept */
    const double keep = adam ? SQUARE_DECAY : 1, gain = adam ? 1 - SQUARE_DECAY : 1;
    const double correction = adam ? 1 - pow(SQUARE_DECAY, (double)(self->steps + 1)) : 1;
    for (int64_t j = 0; j < features; j++) self->squares[j] = keep * self->squares[j] + gain * square(self, run, j);
    if (!run->metric) level(run, self->squares);
    for (int64_t j = 0; j < features; j++)
        self->adaptive[j] = self->metric[j * run->k] / (sqrt(self->squares[j] / correction) + SMALL * self->first.slope);
}

static void move_adaptive(erm__sgd *self, erm_run *run, double t, bool adam)
{
    adapt(self, run, adam);
    const double correction = adam ? 1 - pow(MEAN_DECAY, (double)(self->steps + 1)) : 1;
    for (int64_t e = 0; e < run->size; e++) {
        double g = self->g[e];
        if (adam) {
            self->moment[e] = MEAN_DECAY * self->moment[e] + (1 - MEAN_DECAY) * g;
            g = self->moment[e] / correction;
        }
        self->w[e] -= t * self->adaptive[e / run->k] * g;
    }
    if (run->metric)
        erm_run_prox(run, t, self->adaptive, self->w, self->w);
    else
        erm_run_prox(run, t * self->adaptive[0], NULL, self->w, self->w);
}

void erm__sgd_move(erm__sgd *self, erm_run *run)
{
    const bool adam = self->params.rule == ERM_SGD_ADAM;
    if (adam || self->params.rule == ERM_SGD_ADAGRAD)
        move_adaptive(self, run, erm__sgd_length(self, 0), adam);
    else
        move_plain(self, run, erm__sgd_length(self, 0));
    self->steps++;
}
