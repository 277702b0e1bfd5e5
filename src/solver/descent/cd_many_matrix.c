/* Coordinate descent for several outputs: the model of a small working set by its matrix, where rows are many.
 *
 *     cross-entropy   A = blocks_c(X'diag(s p_c)X) - V'diag(s)V + damping X'diag(s)X,   v_i = p_i (x) x_i: a block a class,
 *                     and one matrix product of all
 *     squares         A = X'diag(s)X, for each output the same
 *
 * both divided by S (cd_many_sum.c). A pass then costs the square of the order, whatever the number of rows; and where each
 * output is a coordinate of its own (a penalty on entries), its curvature is the matrix's own. */
#include <math.h>
#include <string.h>

#include "base/simd.h"
#include "base/syrk.h"
#include "solver/descent/cd_many.h"
#include "solver/run.h"

enum { MOST_ORDER = 2048 };
/* Costs in ns: of a product in the sum, of one in a pass over the matrix, of an output of a stored value in a pass over columns,
 * where H is not constant and where it is: measured. */
static const double SUM_COST = 0.035, LINE_COST = 0.15, VISIT_COST = 1.2, PLAIN_COST = 0.5;

static bool is_constant(const erm__many *self) { return self->rows.bend == ERM_BEND_CONSTANT; }

void erm__many_take_matrix(erm__many *self, erm_run *run)
{
    erm__many_matrix *const to = &self->matrix;
    const int64_t features = self->d + self->intercept, all = is_constant(self) ? features : features * self->k;
    if (self->rows.bend == ERM_BEND_DIAGONAL) return;
    to->room = all < MOST_ORDER ? all : MOST_ORDER;
    const int64_t most = features < to->room ? features : to->room, packed = erm__panels(to->room) * ERM_PANEL * ERM_SYRK_ROWS;
    const int64_t values = is_constant(self) ? most * self->k : to->room;
    to->feature = erm_run_take_bytes(run, most, sizeof *to->feature);
    to->place = erm_run_take_bytes(run, self->d + 1, sizeof *to->place);
    to->cursor = erm_run_take_bytes(run, most, sizeof *to->cursor);
    to->variable = erm_run_take_bytes(run, most * self->k, sizeof *to->variable);
    to->member = erm_run_take_bytes(run, to->room, sizeof *to->member);
    to->begin = erm_run_take_bytes(run, self->k + 1, sizeof *to->begin);
    to->block = erm_run_take_bytes(run, self->k + 1, sizeof *to->block);
    to->A = erm__run_scratch(run, to->room * to->room + ERM_PANEL);
    double **const vectors[] = {&to->start, &to->slope, &to->change, &to->other_slope, &to->other_change};
    for (size_t v = 0; v < sizeof vectors / sizeof *vectors; v++) *vectors[v] = erm__run_scratch(run, values);
    to->packed = erm__run_scratch(run, packed);
    to->rows = erm__run_scratch(run, ERM_SYRK_ROWS * (to->room + ERM_PANEL));
    to->x = erm__run_scratch(run, ERM_SYRK_ROWS * (most + ERM_PANEL));
    to->weight = erm__run_scratch(run, ERM_SYRK_ROWS);
    to->blocks = is_constant(self) ? NULL : erm__run_scratch(run, most * to->room + ERM_PANEL);
    to->made = erm__run_scratch(run, 1);
}

/* The features of the working set. False: there are too many. */
static bool list_features(erm__many *self)
{
    erm__many_matrix *const to = &self->matrix;
    int64_t f = 0;
    for (int64_t t = 0; t < self->count; t++) f += erm__many_size(self, self->list[t]);
    if (f < 2 || f > to->room) return false;
    to->same = is_constant(self) && *to->made != 0 && to->f == f;
    to->f = f;
    f = 0;
    for (int64_t t = 0; t < self->count; t++)
        for (int64_t p = 0; p < erm__many_size(self, self->list[t]); p++, f++) {
            const int32_t j = (int32_t)erm__many_member(self, self->list[t], p);
            to->same = to->same && to->feature[f] == j;
            to->feature[f] = j;
            to->place[j] = (int32_t)f;
            to->cursor[f] = j < self->d && !self->X->stride ? self->X->start[j] : 0;
        }
    *to->made = to->same; /* else A is of others */
    return true;
}

/* The variables: where outputs differ, those entries that may move, output by output. False: there are too many. */
static bool list_variables(erm__many *self, double curvature)
{
    erm__many_matrix *const to = &self->matrix;
    to->m = to->f;
    to->values = to->f * self->k;
    if (is_constant(self)) return true;
    int64_t m = 0, block = 0;
    for (int64_t c = 0; c < self->k; c++) {
        to->begin[c] = m;
        to->block[c] = block;
        for (int64_t t = 0; t < to->f; t++) {
            const bool in = erm__many_matters(self, to->feature[t], c, curvature);
            if (in && m == to->room) return false;
            to->variable[t * self->k + c] = in ? (int32_t)m : -1;
            if (in) to->member[m++] = (int32_t)t;
        }
        block += (m - to->begin[c]) * (m - to->begin[c]);
    }
    to->begin[self->k] = to->m = to->values = m;
    return m > 0;
}

bool erm__many_matrix_pays(erm__many *self, double curvature)
{
    const erm__many_matrix *const of = &self->matrix;
    if (of->room == 0 || !list_features(self) || !list_variables(self, curvature)) return false;
    double stored = 0;
    for (int64_t t = 0; t < of->f; t++) {
        const int64_t j = of->feature[t];
        stored += (double)(j == self->d || erm__many_is_centred(self, j) ? self->n : erm__column_count(self->X, j));
    }
    const double m = (double)of->m, a_pass = (is_constant(self) ? PLAIN_COST : VISIT_COST) * stored * (double)self->rows.pitch;
    const double sum = of->same ? 0 : SUM_COST * (double)self->n * m * m / 2;
    return sum < self->passes * (a_pass - LINE_COST * m * (double)of->values);
}

/* Where output c of feature j is among the slopes. */
static int64_t place_of(const erm__many *self, int64_t j, int64_t c)
{
    const erm__many_matrix *const of = &self->matrix;
    return is_constant(self) ? c * of->f + of->place[j] : of->variable[of->place[j] * self->k + c];
}

bool erm__many_matrix_has(const erm__many *self, int64_t j, int64_t c) { return place_of(self, j, c) >= 0; }

/* And in A. */
static int64_t line_of(const erm__many *self, int64_t j, int64_t c)
{
    return is_constant(self) ? self->matrix.place[j] : place_of(self, j, c);
}

/* M: of single entries the matrix's own diagonal; of rows and groups the sum of the sizes along a
 * row of theirs (Gershgorin 1931). */
static void bound_unit(erm__many *self, int64_t unit)
{
    const erm__many_matrix *const from = &self->matrix;
    const bool alone = self->pieces == ERM_PIECES_ENTRIES;
    const int64_t size = erm__many_size(self, unit), k = self->k;
    for (int64_t p = 0; p < size; p++)
        for (int64_t c = 0; c < k; c++) {
            const int64_t j = erm__many_member(self, unit, p), line = line_of(self, j, c);
            double sum = 0;
            for (int64_t q = 0; q < size && !alone; q++)
                for (int64_t e = 0; e < k; e++)
                    if (e == c || !is_constant(self))
                        sum += fabs(from->A[line * from->m + line_of(self, erm__many_member(self, unit, q), e)]);
            self->M[erm__many_at(self, j) + c] = line < 0 ? 0 : alone ? from->A[line * from->m + line] : sum;
        }
}

void erm__many_matrix_begin(erm__many *self, int threads)
{
    erm__many_matrix *const to = &self->matrix;
    if (!to->same) erm__many_matrix_sum(self, threads);
    *to->made = 1;
    for (int64_t t = 0; t < to->f; t++)
        for (int64_t c = 0; c < self->k; c++) {
            const int64_t place = place_of(self, to->feature[t], c);
            if (place >= 0) to->start[place] = erm__many_gradient(self, to->feature[t], c);
        }
    memcpy(to->slope, to->start, (size_t)to->values * sizeof(double));
    memset(to->change, 0, (size_t)to->values * sizeof(double));
    for (int64_t t = 0; t < self->count; t++) bound_unit(self, self->list[t]);
    self->by_matrix = true;
}

void erm__many_matrix_slope(const erm__many *self, int64_t j, int64_t count, const int32_t *entry, double *slope)
{
    for (int64_t e = 0; e < count; e++) slope[e] = self->matrix.slope[place_of(self, j, entry ? entry[e] : e)];
}

ERM_KERNEL static void add_line(int64_t n, double a, const double *x, double *y)
{
    ERM_SIMD
    for (int64_t i = 0; i < n; i++) y[i] += a * x[i];
}

/* Output c of feature j changes. */
static void follow(const erm__many *self, int64_t j, int64_t c, double change)
{
    const erm__many_matrix *const of = &self->matrix;
    const int64_t place = place_of(self, j, c);
    if (change == 0) return;
    of->change[place] += change;
    add_line(of->m, change, of->A + line_of(self, j, c) * of->m, of->slope + (is_constant(self) ? c * of->f : 0));
}

void erm__many_matrix_move(erm__many *self, int64_t j, int64_t count, const int32_t *entry, const double *change)
{
    for (int64_t e = 0; e < count; e++) follow(self, j, entry ? entry[e] : e, change[e]);
}

double erm__many_matrix_value(const erm__many *self)
{
    const erm__many_matrix *const of = &self->matrix;
    double sum = 0;
    for (int64_t v = 0; v < of->values; v++) sum += (of->start[v] + of->slope[v]) * of->change[v];
    return sum / 2;
}

void erm__many_matrix_refresh(erm__many *self)
{
    const erm__many_matrix *const of = &self->matrix;
    memcpy(of->slope, of->start, (size_t)of->values * sizeof(double));
    memset(of->change, 0, (size_t)of->values * sizeof(double));
    for (int64_t t = 0; t < of->f; t++) {
        const int64_t j = of->feature[t], at = erm__many_at(self, j);
        if (j == self->d) erm__many_shift(self, self->lanes);
        for (int64_t c = 0; c < self->k; c++)
            if (erm__many_matrix_has(self, j, c))
                follow(self, j, c, j == self->d ? self->lanes[c] : self->w[at + c] - self->from[at + c]);
    }
}

void erm__many_matrix_keep(erm__many *self, bool back)
{
    const erm__many_matrix *const of = &self->matrix;
    const size_t bytes = (size_t)of->values * sizeof(double);
    memcpy(back ? of->slope : of->other_slope, back ? of->other_slope : of->slope, bytes);
    memcpy(back ? of->change : of->other_change, back ? of->other_change : of->change, bytes);
}
