/* The Moreau envelope of a loss (Moreau 1965, "Proximite et dualite dans un espace hilbertien"), from what is known of l*.
 *
 * Where l* = curve a^2 / 2 + at a + flat |a| for low <= a <= high, a = (z - at), less what flat takes of it, over width + curve,
 * clipped. Else a is the loss's dual step from 0, and l'' is only bounded, by 1 / width. */
#include "loss/envelope.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static double clip(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

static double eval_forms(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                         double *D, double *H)
{
    (void)k;
    const erm__envelope *const of = self->data;
    double sum = 0;
    for (int64_t t = 0; t < n; t++) {
        erm_dual_form form;
        of->loss.ops->dual_form(&of->loss, Y[t], &form);
        const double s = weight ? weight[t] : 1, r = Z[t] - form.at, width = of->width + form.curve;
        const double v = (r - clip(r, -form.flat, form.flat)) / width, a = clip(v, form.low, form.high);
        sum += s * (a * (r - 0.5 * width * a) - form.flat * fabs(a));
        if (D) D[t] = s * a;
        if (H) H[t] = a == v && (a != 0 || form.flat == 0) ? s / width : 0;
    }
    return sum;
}

static double eval_steps(const erm_loss *self, int64_t n, int64_t k, const double *Z, const double *Y, const double *weight,
                         double *D, double *H)
{
    const erm__envelope *const of = self->data;
    double a[ERM_ENVELOPE_OUTPUTS], sum = 0;
    for (int64_t t = 0; t < n; t++) {
        const double s = weight ? weight[t] : 1, *const z = Z + t * k;
        double product = 0, square = 0;
        memset(a, 0, (size_t)k * sizeof(double));
        of->loss.ops->dual_step(&of->loss, k, Y + t, of->width, z, a);
        for (int64_t c = 0; c < k; c++) {
            product += a[c] * z[c];
            square += a[c] * a[c];
            if (D) D[t * k + c] = s * a[c];
            if (H) H[t * k + c] = s / of->width;
        }
        sum += s * (product - of->loss.ops->conjugate(&of->loss, 1, k, a, Y + t, NULL) - 0.5 * of->width * square);
    }
    return sum;
}

static double curvature(const erm_loss *self, int64_t k)
{
    (void)k;
    const erm__envelope *const of = self->data;
    return 1 / of->width;
}

static double conjugate(const erm_loss *self, int64_t n, int64_t k, const double *A, const double *Y, const double *weight)
{
    const erm__envelope *const of = self->data;
    double sum = 0;
    for (int64_t t = 0; t < n; t++) {
        const double s = weight ? weight[t] : 1;
        for (int64_t c = 0; s > 0 && c < k; c++) sum += s * A[t * k + c] * A[t * k + c];
    }
    return of->loss.ops->conjugate(&of->loss, n, k, A, Y, weight) + 0.5 * of->width * sum;
}

static void dual_form(const erm_loss *self, double y, erm_dual_form *form)
{
    const erm__envelope *const of = self->data;
    of->loss.ops->dual_form(&of->loss, y, form);
    form->curve += of->width;
}

static const erm_loss_ops of_forms = {
    .name = "envelope",
    .differentiable = true,
    .eval = eval_forms,
    .curvature = curvature,
    .conjugate = conjugate,
    .dual_form = dual_form,
};

static const erm_loss_ops of_steps = {
    .name = "envelope",
    .max_outputs = ERM_ENVELOPE_OUTPUTS,
    .differentiable = true,
    .eval = eval_steps,
    .curvature = curvature,
    .conjugate = conjugate,
};

bool erm__envelope_suits(const erm_loss *loss, int64_t k)
{
    if (!loss->ops->conjugate || loss->ops->target_per_output) return false;
    return (k == 1 && loss->ops->dual_form) || (loss->ops->dual_step && k <= ERM_ENVELOPE_OUTPUTS);
}

erm_loss erm__loss_envelope(const erm__envelope *of, int64_t k)
{
    const bool by_form = k == 1 && of->loss.ops->dual_form;
    return (erm_loss){.ops = by_form ? &of_forms : &of_steps, .data = of};
}
