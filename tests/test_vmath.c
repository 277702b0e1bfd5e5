/* exp, log and log1p: few ulp from long double everywhere, and right at the extremes. */
#include "check.h"

#include <float.h>

#include "base/vmath.h"

/* |got - want| in units of the last place of a double of want's size; denormals have the unit 2^-1074. */
static double ulps(double got, long double want)
{
    const double size = fmax(fabs((double)want), DBL_MIN);
    int exponent;
    frexp(size, &exponent);
    return (double)(fabsl(got - want) / ldexpl(1, exponent - 53));
}

static void exp_is_right_to_2_ulp_from_denormals_to_overflow(void **state)
{
    (void)state;
    for (double x = -746; x < 709.78; x += 0.00217)
        if (!(ulps(erm__exp(x), expl(x)) <= 2)) fail_case("exp(%.17g) is %g ulp off", x, ulps(erm__exp(x), expl(x)));
    for (double x = -745.2; x < -708; x += 0.000217) /* denormal results */
        if (!(ulps(erm__exp(x), expl(x)) <= 2)) fail_case("exp(%.17g) is %g ulp off", x, ulps(erm__exp(x), expl(x)));
    for (double x = 1e-300; x < 1; x *= 1.7) {
        assert_true(ulps(erm__exp(x), expl(x)) <= 2);
        assert_true(ulps(erm__exp(-x), expl(-x)) <= 2);
    }
}

static void exp_is_exact_at_the_extremes(void **state)
{
    (void)state;
    assert_true(erm__exp(0) == 1 && erm__exp(-0.0) == 1);
    assert_true(erm__exp(-746) == 0 && erm__exp(-1e4) == 0 && erm__exp(-INFINITY) == 0);
    assert_true(erm__exp(-745) > 0);
    assert_true(erm__exp(710) == INFINITY && erm__exp(1e4) == INFINITY && erm__exp(INFINITY) == INFINITY);
    assert_true(isnan(erm__exp(NAN)));
}

static void exp_of_negative_is_right_to_2_ulp_and_0_where_denormal(void **state)
{
    (void)state;
    for (double x = -708; x <= 0; x += 0.00217)
        if (!(ulps(erm__exp_of_negative(x), expl(x)) <= 2)) fail_case("exp(%.17g) is off", x);
    for (double x = -1e-300; x > -1; x *= 1.7) assert_true(ulps(erm__exp_of_negative(x), expl(x)) <= 2);
    assert_true(erm__exp_of_negative(0) == 1);
    assert_true(erm__exp_of_negative(-709) == 0 && erm__exp_of_negative(-1e4) == 0 && erm__exp_of_negative(-INFINITY) == 0);
    assert_true(isnan(erm__exp_of_negative(NAN)));
}

static void log1p_is_right_to_2_ulp_from_denormals_to_infinity(void **state)
{
    (void)state;
    for (double t = -745; t < 709; t += 0.00217) {
        const double x = exp(t);
        if (!(ulps(erm__log1p(x), log1pl(x)) <= 2)) fail_case("log1p(%.17g) is off", x);
    }
    for (double x = 0; x < 4; x += 0.0000131)
        if (!(ulps(erm__log1p(x), log1pl(x)) <= 2)) fail_case("log1p(%.17g) is off", x);
    assert_true(erm__log1p(0) == 0 && erm__log1p(5e-324) == 5e-324 && erm__log1p(1e-300) == 1e-300);
    assert_true(ulps(erm__log1p(DBL_MAX), log1pl(DBL_MAX)) <= 2);
    assert_true(erm__log1p(INFINITY) == INFINITY && isnan(erm__log1p(NAN)));
}

static void log1p_of_unit_is_right_to_2_ulp_and_its_inverse_to_3(void **state)
{
    (void)state;
    for (double t = -745; t <= 0; t += 0.000613) {
        const double x = exp(t);
        double inverse;
        const double result = erm__log1p_of_unit(x, &inverse);
        if (!(ulps(result, log1pl(x)) <= 2)) fail_case("log1p(%.17g) is off", x);
        if (!(ulps(inverse, 1 / (1 + (long double)x)) <= 3)) fail_case("1 / (1 + %.17g) is off", x);
    }
    double inverse;
    assert_true(erm__log1p_of_unit(0, &inverse) == 0 && inverse == 1);
    assert_near(erm__log1p_of_unit(1, &inverse), 0.69314718055994531, 1e-16);
    assert_near(inverse, 0.5, 1e-16);
    assert_true(isnan(erm__log1p_of_unit(NAN, &inverse)) && isnan(inverse));
}

static void log_is_right_to_2_ulp_on_normal_numbers(void **state)
{
    (void)state;
    for (double t = -708; t < 709; t += 0.00217) {
        const double x = exp(t);
        if (!(ulps(erm__log(x), logl(x)) <= 2)) fail_case("log(%.17g) is off", x);
    }
    for (double x = 0.25; x < 4; x += 0.0000131)
        if (!(ulps(erm__log(x), logl(x)) <= 2)) fail_case("log(%.17g) is off", x);
    assert_true(erm__log(1) == 0);
    assert_true(ulps(erm__log(DBL_MIN), logl(DBL_MIN)) <= 2 && ulps(erm__log(DBL_MAX), logl(DBL_MAX)) <= 2);
}

static void xlogx_has_its_limit_at_0(void **state)
{
    (void)state;
    assert_true(erm__xlogx(0) == 0 && erm__xlogx(1) == 0 && erm__xlogx(5e-324) == 0);
    for (double x = 1e-300; x < 1e3; x *= 1.37) assert_true(ulps(erm__xlogx(x), x * logl(x)) <= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_right_to_2_ulp_from_denormals_to_overflow),
        cmocka_unit_test(exp_is_exact_at_the_extremes),
        cmocka_unit_test(exp_of_negative_is_right_to_2_ulp_and_0_where_denormal),
        cmocka_unit_test(log1p_is_right_to_2_ulp_from_denormals_to_infinity),
        cmocka_unit_test(log1p_of_unit_is_right_to_2_ulp_and_its_inverse_to_3),
        cmocka_unit_test(log_is_right_to_2_ulp_on_normal_numbers),
        cmocka_unit_test(xlogx_has_its_limit_at_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
