/* How many rows a sample should have whose Hessian stands for that of all.
 *
 * With s rows for m columns a step of conjugate gradients, or of a method that learns as much, leaves m / s of the error of F
 * (Marchenko and Pastur 1967: the eigenvalues of M^-1 H lie about [(1 + q)^-2, (1 - q)^-2], q^2 = m / s). To leave e^-L takes
 * L / log(s / m) steps of cost p each, and s rows cost s r to sum, least where s log^2(s / m) = L p / r. */
#include "solver/newton/sample_size.h"

#include <math.h>

#include "problem/gram.h"

static const double DENSE_SPEED = 4;  /* multiplications of a dense sum in cache over those of a product with X */
static const double FIRST_GAP = 1e4;  /* relative: weak penalties make gaps far larger than errors */
static const double MOST_SHARE = 0.5; /* of all rows: from there on they are all taken, and make steps of Newton's */
enum { ROUNDS = 20 };

double erm__product_cost(const erm__workspace *ws)
{
    const double nnz = (double)ws->problem->X->nnz, n = (double)ws->n;
    return 2 * fmax(nnz, n) * (double)ws->k;
}

double erm__row_cost(const erm__workspace *ws)
{
    const double m = (double)erm__gram_order(ws), values = (double)ws->problem->X->nnz / (double)ws->n + 1;
    const bool sparse = ws->problem->X->ops->sparse && values < m / 4;
    return (sparse ? values * values / 2 : m * m / (2 * DENSE_SPEED)) * (double)ws->k;
}

double erm__factor_cost(const erm__workspace *ws)
{
    const double m = (double)erm__gram_order(ws);
    return m * m * m / 6 / DENSE_SPEED * (double)ws->k;
}

int64_t erm__sample_size(const erm__workspace *ws, double tol)
{
    const double n = (double)ws->n, m = (double)erm__gram_order(ws), e = exp(1);
    const double digits = log(FIRST_GAP / fmax(fmin(tol, 1), 1e-15)), work = digits * erm__product_cost(ws) / erm__row_cost(ws);
    double s = e * m;
    for (int round = 0; round < ROUNDS; round++) { /* the right side falls with s: halfway in logarithms converges */
        const double steps = log(fmax(s / m, e));
        s = sqrt(s * fmax(work / (steps * steps), e * m));
    }
    return s < MOST_SHARE * n ? (int64_t)s : ws->n;
}
