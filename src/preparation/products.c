/* Products of columns. Those of degree t whose first factor is column j are x_j times the products of degree t - 1 of the columns
 * from j on (or behind j, if factors must differ), which are the last ones of that degree, in the same order. */
#include "preparation/products.h"

#include <stddef.h>

/* C(m + t - 1, t), or C(m, t) where factors must differ: the product of t fractions, each prefix of which is a whole number. */
int64_t erm__products_of(int64_t columns, int degree, bool distinct, int64_t limit)
{
    int64_t count = 1;
    for (int t = 0; t < degree; t++) {
        const int64_t factor = distinct ? columns - t : columns + t;
        if (factor <= 0) return 0;
        if (count > INT64_MAX / factor) return limit + 1;
        count = count * factor / (t + 1);
        if (!distinct && count > limit) return limit + 1; /* they only grow */
    }
    return count > limit ? limit + 1 : count;
}

int64_t erm__products_upto(int64_t columns, int degree, bool distinct, int64_t limit)
{
    int64_t total = 0;
    for (int t = 1; t <= degree && total <= limit; t++) total += erm__products_of(columns, t, distinct, limit);
    return total > limit ? limit + 1 : total;
}

static int64_t count_of(const erm__products *self, int64_t columns, int degree)
{
    return erm__products_of(columns > 0 ? columns : 0, degree, self->distinct, INT64_MAX - 1);
}

/* Among those of degree t of d columns: the number of the first whose first factor is column j or later. */
static int64_t first_of(const erm__products *self, int64_t d, int64_t j, int t)
{
    return count_of(self, d, t) - count_of(self, d - j, t);
}

int64_t erm__products_row(const erm__products *self, int64_t count, const int32_t *index, const double *x, double *value,
                          int32_t *place)
{
    int64_t begin = 0, end = count; /* of the degree before */
    for (int64_t p = 0; p < count; p++) {
        value[p] = x[p];
        if (place) place[p] = index ? index[p] : (int32_t)p;
    }
    const int next = self->distinct ? 1 : 0;
    for (int t = 2; t <= self->degree; t++) {
        const int64_t of_degree = count_of(self, self->d, t - 1);
        int64_t at = end;
        for (int64_t p = 0; p + next < count; p++) {
            const int64_t j = index ? index[p] : p;
            const int64_t tail = begin + first_of(self, count, p + next, t - 1);
            /* from the number of a product of degree t - 1 to that of its product with x_j */
            const int64_t shift = of_degree + first_of(self, self->d, j, t) - first_of(self, self->d, j + next, t - 1);
            for (int64_t q = tail; q < end; q++, at++) {
                value[at] = x[p] * value[q];
                if (place) place[at] = (int32_t)(place[q] + shift);
            }
        }
        begin = end;
        end = at;
    }
    return end;
}

int erm__products_factors(const erm__products *self, int64_t place, int64_t factor[ERM_DEGREE_MAX])
{
    int degree = 1;
    while (degree < self->degree && place >= count_of(self, self->d, degree)) place -= count_of(self, self->d, degree++);
    int64_t from = 0; /* factors are at least this column */
    for (int t = degree; t > 0; t--) {
        const int64_t columns = self->d - from;
        int64_t low = 0, high = columns - 1; /* the last column whose products do not begin behind `place` */
        while (low < high) {
            const int64_t middle = low + (high - low + 1) / 2;
            if (first_of(self, columns, middle, t) <= place)
                low = middle;
            else
                high = middle - 1;
        }
        place -= first_of(self, columns, low, t);
        factor[degree - t] = from + low;
        from += low + (self->distinct ? 1 : 0);
    }
    return degree;
}
