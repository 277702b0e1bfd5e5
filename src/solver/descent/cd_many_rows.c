/* Coordinate descent for several outputs: the loops over the stored values of a column, each of which meets a row of U.
 *
 * A Hessian diag(p) - p p' is bounded by diag(p), and, as its entries off the diagonal add up to p (1 - p) in each row, by
 * 2 diag(p (1 - p)) (Gershgorin 1931): for each row the one of smaller trace is taken. */
#include <string.h>

#include "base/simd.h"
#include "solver/descent/cd_many.h"

typedef double lanes __attribute__((vector_size(32), aligned(8), may_alias));
enum { LANES = ERM_MANY_LANES, AT_ONCE = 4 };

ERM_INLINE void load(const double *x, lanes *v) { *v = *(const lanes *)x; }

/* out = sum x (H u) of AT_ONCE or fewer lanes. */
ERM_INLINE void dot_part(const erm__many_rows *rows, const erm__many_column *column, int64_t at, int parts, double *out)
{
    _Alignas(64) lanes sum[AT_ONCE] = {{0}}; /* else gcc 12 takes it to be so, but does not make it so under ASan */
    lanes u, p;
    const int64_t pitch = rows->pitch;
    for (int64_t t = 0; t < column->count; t++) {
        const int64_t i = column->index ? column->index[t] : t;
        const double x = column->x[t];
        for (int v = 0; v < parts; v++) {
            load(rows->U + i * pitch + at + v * LANES, &u);
            if (rows->bend == ERM_BEND_CONSTANT) {
                sum[v] += x * u;
                continue;
            }
            load(rows->P + i * pitch + at + v * LANES, &p);
            if (rows->bend == ERM_BEND_DIAGONAL)
                sum[v] += x * (p * u);
            else
                sum[v] += x * (p * (u - rows->mean[i]) + rows->damping * u);
        }
    }
    memcpy(out + at, sum, (size_t)(parts * LANES) * sizeof *out);
}

ERM_INLINE void dot_all(const erm__many_rows *rows, const erm__many_column *column, double *out)
{
    int64_t at = 0;
    for (; at + 4 * LANES <= rows->pitch; at += 4 * LANES) dot_part(rows, column, at, 4, out);
    if (at + 3 * LANES == rows->pitch)
        dot_part(rows, column, at, 3, out);
    else if (at + 2 * LANES == rows->pitch)
        dot_part(rows, column, at, 2, out);
    else if (at < rows->pitch)
        dot_part(rows, column, at, 1, out);
}

ERM_KERNEL static void dot_softmax(const erm__many_rows *rows, const erm__many_column *column, double *out)
{
    const erm__many_rows known = {
        .bend = ERM_BEND_SOFTMAX, .pitch = rows->pitch, .U = rows->U, .P = rows->P, .mean = rows->mean, .damping = rows->damping};
    dot_all(&known, column, out);
}

ERM_KERNEL static void dot_diagonal(const erm__many_rows *rows, const erm__many_column *column, double *out)
{
    const erm__many_rows known = {.bend = ERM_BEND_DIAGONAL, .pitch = rows->pitch, .U = rows->U, .P = rows->P};
    dot_all(&known, column, out);
}

ERM_KERNEL static void dot_constant(const erm__many_rows *rows, const erm__many_column *column, double *out)
{
    const erm__many_rows known = {.bend = ERM_BEND_CONSTANT, .pitch = rows->pitch, .U = rows->U};
    dot_all(&known, column, out);
}

void erm__many_dot(const erm__many_rows *rows, erm__many_column column, double *out)
{
    if (rows->bend == ERM_BEND_SOFTMAX)
        dot_softmax(rows, &column, out);
    else if (rows->bend == ERM_BEND_DIAGONAL)
        dot_diagonal(rows, &column, out);
    else
        dot_constant(rows, &column, out);
}

/* (H u) of one output. */
static inline double bent(const erm__many_rows *rows, int64_t i, int32_t c)
{
    const double u = rows->U[i * rows->pitch + c];
    if (rows->bend == ERM_BEND_CONSTANT) return u;
    const double p = rows->P[i * rows->pitch + c];
    return rows->bend == ERM_BEND_DIAGONAL ? p * u : p * (u - rows->mean[i]) + rows->damping * u;
}

void erm__many_dot_some(const erm__many_rows *rows, erm__many_column column, int64_t count, const int32_t *entry, double *out)
{
    for (int64_t e = 0; e < count; e++) out[e] = 0;
    for (int64_t t = 0; t < column.count; t++) {
        const int64_t i = column.index ? column.index[t] : t;
        for (int64_t e = 0; e < count; e++) out[e] += column.x[t] * bent(rows, i, entry[e]);
    }
}

/* pitch: where it is a constant, loops over it vanish. */
ERM_INLINE void add_by(const erm__many_rows *rows, const erm__many_column *column, const double *change, int64_t pitch)
{
    double *const U = rows->U, *const mean = rows->mean;
    const double *const P = rows->P;
    for (int64_t t = 0; t < column->count; t++) {
        const int64_t i = column->index ? column->index[t] : t;
        double *const to = U + i * pitch;
        const double *const from = P + i * pitch;
        const double x = column->x[t];
        lanes sum = {0}, u, p, by;
        for (int64_t c = 0; c < pitch; c += LANES) {
            load(to + c, &u);
            load(from + c, &p);
            load(change + c, &by);
            *(lanes *)(to + c) = u + x * by;
            sum += p * by;
        }
        mean[i] += x * ((sum[0] + sum[2]) + (sum[1] + sum[3]));
    }
}

ERM_KERNEL static void add_softmax(const erm__many_rows *rows, const erm__many_column *column, const double *given)
{
    enum { SHORT = 4 * LANES };
    double change[SHORT];
    if (rows->pitch <= SHORT) memcpy(change, given, (size_t)rows->pitch * sizeof *change); /* which nothing else can point to */
    if (rows->pitch == LANES)
        add_by(rows, column, change, LANES);
    else if (rows->pitch == 2 * LANES)
        add_by(rows, column, change, 2 * LANES);
    else if (rows->pitch == 3 * LANES)
        add_by(rows, column, change, 3 * LANES);
    else if (rows->pitch == 4 * LANES)
        add_by(rows, column, change, 4 * LANES);
    else
        add_by(rows, column, given, rows->pitch);
}

ERM_KERNEL static void add_plain(const erm__many_rows *rows, const erm__many_column *column, const double *change)
{
    const int64_t pitch = rows->pitch;
    for (int64_t t = 0; t < column->count; t++) {
        double *const to = rows->U + (column->index ? column->index[t] : t) * pitch;
        const double x = column->x[t];
        lanes u, by;
        for (int64_t c = 0; c < pitch; c += LANES) {
            load(to + c, &u);
            load(change + c, &by);
            *(lanes *)(to + c) = u + x * by;
        }
    }
}

void erm__many_add(const erm__many_rows *rows, erm__many_column column, const double *change)
{
    if (rows->bend == ERM_BEND_SOFTMAX)
        add_softmax(rows, &column, change);
    else
        add_plain(rows, &column, change);
}

void erm__many_add_some(const erm__many_rows *rows, erm__many_column column, int64_t count, const int32_t *entry,
                        const double *change)
{
    for (int64_t t = 0; t < column.count; t++) {
        const int64_t i = column.index ? column.index[t] : t;
        double *const to = rows->U + i * rows->pitch;
        const double *const p = rows->P + (rows->bend == ERM_BEND_CONSTANT ? 0 : i * rows->pitch);
        double mean = 0;
        for (int64_t e = 0; e < count; e++) {
            to[entry[e]] += column.x[t] * change[e];
            if (rows->bend == ERM_BEND_SOFTMAX) mean += p[entry[e]] * change[e];
        }
        if (rows->bend == ERM_BEND_SOFTMAX) rows->mean[i] += column.x[t] * mean;
    }
}

ERM_KERNEL static void bound_softmax(const erm__many_rows *rows, const erm__many_column *weighted, const double *x, double *out)
{
    const int64_t pitch = rows->pitch;
    memset(out, 0, (size_t)pitch * sizeof *out);
    for (int64_t t = 0; t < weighted->count; t++) {
        const int64_t i = weighted->index ? weighted->index[t] : t;
        const double *const from = rows->P + i * pitch;
        const double square = weighted->x[t] * x[t], linear = 1 + rows->sure[i], bend = 2 * rows->sure[i];
        lanes p, sum;
        for (int64_t c = 0; c < pitch; c += LANES) {
            load(from + c, &p);
            load(out + c, &sum);
            *(lanes *)(out + c) = sum + square * (p * (linear - bend * p) + rows->damping);
        }
    }
}

ERM_KERNEL static void bound_diagonal(const erm__many_rows *rows, const erm__many_column *column, const double *x, double *out)
{
    const int64_t pitch = rows->pitch;
    memset(out, 0, (size_t)pitch * sizeof *out);
    for (int64_t t = 0; t < column->count; t++) {
        const double *const h = rows->P + (column->index ? column->index[t] : t) * pitch;
        const double square = column->x[t] * x[t];
        for (int64_t c = 0; c < pitch; c++) out[c] += square * h[c];
    }
}

void erm__many_bound(const erm__many_rows *rows, erm__many_column weighted, const double *x, double *out)
{
    if (rows->bend == ERM_BEND_SOFTMAX) {
        bound_softmax(rows, &weighted, x, out);
        return;
    }
    if (rows->bend == ERM_BEND_DIAGONAL) {
        bound_diagonal(rows, &weighted, x, out);
        return;
    }
    double sum = 0;
    for (int64_t t = 0; t < weighted.count; t++) sum += weighted.x[t] * x[t];
    for (int64_t c = 0; c < rows->pitch; c++) out[c] = sum;
}

/* sum p x of a row */
ERM_INLINE double product(int64_t pitch, const double *p, const double *x)
{
    lanes sum = {0}, a, b;
    for (int64_t c = 0; c < pitch; c += LANES) {
        load(p + c, &a);
        load(x + c, &b);
        sum += a * b;
    }
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

ERM_KERNEL void erm__many_means(const erm__many_rows *rows)
{
    if (rows->bend != ERM_BEND_SOFTMAX) return;
    for (int64_t i = 0; i < rows->n; i++)
        rows->mean[i] = product(rows->pitch, rows->P + i * rows->pitch, rows->U + i * rows->pitch);
}

ERM_KERNEL void erm__many_sure(const erm__many_rows *rows)
{
    if (rows->bend != ERM_BEND_SOFTMAX) return;
    for (int64_t i = 0; i < rows->n; i++) {
        const double *const p = rows->P + i * rows->pitch;
        rows->sure[i] = product(rows->pitch, p, p) > 0.5;
    }
}

ERM_KERNEL double erm__many_energy(const erm__many_rows *rows)
{
    const int64_t pitch = rows->pitch;
    double total = 0;
    for (int64_t i = 0; i < rows->n; i++) {
        const double *const u = rows->U + i * pitch, s = rows->s ? rows->s[i] : 1;
        if (rows->bend == ERM_BEND_CONSTANT) {
            total += s * product(pitch, u, u);
            continue;
        }
        const double *const p = rows->P + i * pitch;
        lanes sum = {0}, plain = {0}, v, q;
        for (int64_t c = 0; c < pitch; c += LANES) {
            load(u + c, &v);
            load(p + c, &q);
            sum += q * (v * v);
            plain += v * v;
        }
        const double along = (sum[0] + sum[2]) + (sum[1] + sum[3]), size = (plain[0] + plain[2]) + (plain[1] + plain[3]);
        if (rows->bend == ERM_BEND_DIAGONAL)
            total += along;
        else
            total += s * (along - rows->mean[i] * rows->mean[i] + rows->damping * size);
    }
    return total;
}
