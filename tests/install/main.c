/* Uses the installed library, from C and from C++: the least-squares line through four points is 1.8 x + 1.3. */
#include <ermopt.h>
#include <math.h>
#include <stdio.h>

int main(void)
{
    const double x[4] = {0, 1, 2, 3}, y[4] = {1, 4, 4, 7};
    double w[2] = {0, 0};
    const erm_dense X = erm_dense_f64(4, 1, x, 1);
    erm_problem problem = {0};
    problem.X = &X.base;
    problem.y = y;
    problem.loss = erm_loss_squared();
    problem.regularizer = erm_none();
    problem.intercept = true;
    const erm_status status = erm_solve(&problem, NULL, w, NULL);
    printf("libermopt %s: %s, y = %g x + %g\n", erm_version(), erm_status_text(status), w[0], w[1]);
    return status == ERM_OK && fabs(w[0] - 1.8) < 1e-3 && fabs(w[1] - 1.3) < 1e-3 ? 0 : 1;
}
