/* MCP and SCAD: penalties that are L1 near 0 and flat far away, and so not convex.
 *
 *     MCP:  lambda |w| - w^2 / (2 gamma)                              |w| <= gamma lambda;  gamma lambda^2 / 2 beyond
 *     SCAD: lambda |w|                                                |w| <= lambda
 *           (2 a lambda |w| - w^2 - lambda^2) / (2 (a - 1))           |w| <= a lambda;      lambda^2 (a + 1) / 2 beyond
 *
 * Both are pieces  base + slope w - curve w^2 / 2  in |w|; the prox is the best of the pieces' own minimisers, and so right
 * for steps too long for the usual formulas. Zhang (2010), "Nearly unbiased variable selection under minimax concave
 * penalty"; Fan and Li (2001), "Variable selection via nonconcave penalized likelihood and its oracle properties". */
#include "base/detail.h"
#include "regularizer/parameter.h"
#include "regularizer/recursion.h"

enum { MOST_PIECES = 3 };

typedef struct piece {
    double low, high, base, slope, curve;
} piece;

typedef struct penalty {
    int count;
    piece pieces[MOST_PIECES];
} penalty;

static penalty mcp_penalty(double lambda, double gamma)
{
    const double end = gamma * lambda;
    return (penalty){2, {{0, end, 0, lambda, 1 / gamma}, {end, INFINITY, 0.5 * end * lambda, 0, 0}}};
}

static penalty scad_penalty(double lambda, double a)
{
    const double end = a * lambda, middle = 1 / (a - 1);
    return (penalty){3,
                     {{0, lambda, 0, lambda, 0},
                      {lambda, end, -0.5 * middle * lambda * lambda, a * middle * lambda, middle},
                      {end, INFINITY, 0.5 * (a + 1) * lambda * lambda, 0, 0}}};
}

static double piece_value(const piece *at, double w) { return at->base + (at->slope - 0.5 * at->curve * w) * w; }

static double entry_value(const penalty *shape, double w)
{
    int i = 0;
    while (i < shape->count - 1 && w > shape->pieces[i].high) i++;
    return piece_value(&shape->pieces[i], w);
}

/* What the prox makes of |v|, and on which piece's inside it lies; -1: at 0 or at an end. */
typedef struct choice {
    double w;
    int piece;
} choice;

/* Minimises (w - v)^2 / (2 t) + penalty, v >= 0. On a piece that the quadratic does not make convex, an end is best; the
 * pieces beside it have both. */
static choice entry_prox(const penalty *shape, double t, double v)
{
    choice best = {0, -1};
    double least = 0; /* of the objective less its value at 0 */
    for (int i = 0; i < shape->count; i++) {
        const piece *at = &shape->pieces[i];
        const double bend = 1 - t * at->curve;
        if (bend <= 0) continue;
        const double open = (v - t * at->slope) / bend, inner = erm__clip(open, at->low, at->high);
        const double objective = (0.5 * inner - v) / t * inner + piece_value(at, inner);
        if (!(objective >= least)) {
            least = objective;
            best = (choice){inner, inner == open ? i : -1};
        }
    }
    return best;
}

/* Repeated steps w -> prox(w - move) on one entry, where pull/(2 t) w^2 is penalised too. On the inside of
 * a piece they are affine. */
typedef struct walk {
    const penalty *shape;
    double t, move, pull;
    erm__recursion inside; /* the steps on the piece that w is on, for |w| */
    double down;
    int piece;
} walk;

static choice walk_step(const walk *self, double w)
{
    const double v = (w - self->move) / (1 + self->pull);
    const choice to = entry_prox(self->shape, self->t / (1 + self->pull), fabs(v));
    return (choice){copysign(to.w, v), to.piece};
}

static double walk_far(const walk *self, double w, int64_t n)
{
    const double size = erm__recursion_affine(&self->inside, fabs(w), self->down, (double)n);
    return w < 0 ? -size : size;
}

/* Whether the n-th step from w still ends on the piece. The prox is monotone, so w moves one way only: once left, a piece
 * stays left. */
static bool stays(const walk *self, double w, int64_t n)
{
    const double before = walk_far(self, w, n - 1);
    const choice to = walk_step(self, before);
    return to.piece == self->piece && signbit(to.w) == signbit(w);
}

/* The most steps, up to count, that stay on the piece: bisection. */
static int64_t steps_inside(const walk *self, double w, int64_t count)
{
    if (stays(self, w, count)) return count;
    int64_t low = 0, high = count;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (stays(self, w, middle))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static double advance_entry(walk *self, double w, int64_t count)
{
    enum { FEW = 8 }; /* single steps are cheaper than exp and bisection */
    while (count > 0 && isfinite(w)) {
        const choice next = walk_step(self, w);
        count--;
        if (next.w == w) return w;
        w = next.w;
        if (count <= FEW || next.piece < 0) continue;
        const piece *at = &self->shape->pieces[next.piece];
        const double x = self->pull - self->t * at->curve;
        self->inside = (erm__recursion){0, x, log1p(x)};
        self->down = self->t * at->slope + (w > 0 ? self->move : -self->move);
        self->piece = next.piece;
        const int64_t far = steps_inside(self, w, count);
        w = walk_far(self, w, far);
        count -= far;
    }
    return w;
}

static void advance_of(const erm_regularizer *self, int64_t k, penalty of, int64_t n, const int32_t *index, const int64_t *count,
                       double step, double pull, const double *metric, const double *drift, double *W)
{
    const erm__recursion free = erm__recursion_of(0, 0, 0, pull);
    for (int64_t t = 0; t < n; t++) {
        const int64_t j = index ? index[t] : t, times = count ? count[t] : 1;
        const double f = self->factor ? self->factor[j] : 1, step_j = step * (metric ? metric[j] : 1);
        for (int64_t i = j * k; i < (j + 1) * k; i++) {
            walk entry = {.shape = &of, .t = step_j * f, .move = drift ? step_j * drift[i] : 0, .pull = pull};
            if (entry.t == 0)
                W[i] = erm__recursion_affine(&free, W[i], entry.move, (double)times);
            else
                W[i] = advance_entry(&entry, W[i], times);
        }
    }
}

static double sum_of(const erm_regularizer *self, erm_shape shape, penalty of, const double *W)
{
    const erm__bands bands = erm__bands_of(self, shape, false);
    double sum = 0;
    for (int64_t j = 0; j < bands.count; j++) {
        const double f = erm__band_factor(&bands, j);
        for (int64_t i = j * bands.width; f != 0 && i < (j + 1) * bands.width; i++) sum += f * entry_value(&of, fabs(W[i]));
    }
    return sum;
}

static void prox_of(const erm_regularizer *self, erm_shape shape, penalty of, double step, const double *metric, const double *V,
                    double *W)
{
    for (int64_t j = 0; j < shape.d; j++) {
        const double t = step * (metric ? metric[j] : 1) * (self->factor ? self->factor[j] : 1);
        for (int64_t i = j * shape.k; i < (j + 1) * shape.k; i++)
            W[i] = t == 0 ? V[i] : copysign(entry_prox(&of, t, fabs(V[i])).w, V[i]);
    }
}

static double mcp_value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    return sum_of(self, shape, mcp_penalty(self->param[0], self->param[1]), W);
}

static void mcp_prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    prox_of(self, shape, mcp_penalty(self->param[0], self->param[1]), step, metric, V, W);
}

static double scad_value(const erm_regularizer *self, erm_shape shape, const double *W)
{
    return sum_of(self, shape, scad_penalty(self->param[0], self->param[1]), W);
}

static void scad_prox(const erm_regularizer *self, erm_shape shape, double step, const double *metric, const double *V, double *W)
{
    prox_of(self, shape, scad_penalty(self->param[0], self->param[1]), step, metric, V, W);
}

static erm_status check_above(const erm_regularizer *self, const char *what, double bound, char *detail)
{
    const double number = self->param[1];
    if (!(number > bound) || !isfinite(number))
        return erm__fail(detail, ERM_EINVAL, "%s: %s = %g; it must be finite and above %g", self->ops->name, what, number, bound);
    return erm__check_amount(self, "lambda", self->param[0], detail);
}

static void mcp_advance(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                        double step, double pull, const double *metric, const double *drift, double *W)
{
    advance_of(self, shape.k, mcp_penalty(self->param[0], self->param[1]), n, index, count, step, pull, metric, drift, W);
}

static erm_status mcp_check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    (void)d;
    (void)k;
    return check_above(self, "gamma", 1, detail);
}

static void scad_advance(const erm_regularizer *self, erm_shape shape, int64_t n, const int32_t *index, const int64_t *count,
                         double step, double pull, const double *metric, const double *drift, double *W)
{
    advance_of(self, shape.k, scad_penalty(self->param[0], self->param[1]), n, index, count, step, pull, metric, drift, W);
}

static erm_status scad_check(const erm_regularizer *self, int64_t d, int64_t k, char *detail)
{
    (void)d;
    (void)k;
    return check_above(self, "a", 2, detail);
}

static const erm_regularizer_ops mcp_ops = {
    .name = "mcp",
    .separable = true,
    .nonconvex = true,
    .amounts = 1 << 0,
    .value = mcp_value,
    .prox = mcp_prox,
    .advance = mcp_advance,
    .check = mcp_check,
};

static const erm_regularizer_ops scad_ops = {
    .name = "scad",
    .separable = true,
    .nonconvex = true,
    .amounts = 1 << 0,
    .value = scad_value,
    .prox = scad_prox,
    .advance = scad_advance,
    .check = scad_check,
};

erm_regularizer erm_mcp(double lambda, double gamma) { return (erm_regularizer){.ops = &mcp_ops, .param = {lambda, gamma}}; }
erm_regularizer erm_scad(double lambda, double a) { return (erm_regularizer){.ops = &scad_ops, .param = {lambda, a}}; }
