/* Numbers as text: correctly rounded, the same under every locale, and back to the same bits. */
#include "check.h"

#include <float.h>
#include <locale.h>
#include <stdio.h>

#include "base/number_fast.h"
#include "ermopt/rng.h"

static double scanned(const char *text)
{
    double value = NAN;
    const char *end = text + strlen(text);
    if (erm__number_scan(text, end, &value) != end) fail_case("'%s' is not read to its end", text);
    return value;
}

static bool same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

static double random_double(erm_rng *rng)
{
    double value;
    do {
        const uint64_t bits = erm_rng_next(rng);
        memcpy(&value, &bits, sizeof value);
    } while (!isfinite(value));
    return value;
}

static void usual_spellings_are_read(void **state)
{
    (void)state;
    const struct {
        const char *text;
        double value;
    } cases[] = {
        {"0", 0},       {"-0", -0.0},      {"+1", 1},        {"1.", 1},           {".5", 0.5},           {"-.5e1", -5},
        {"007", 7},     {"1e3", 1000},     {"1E+3", 1000},   {"2.5e-1", 0.25},    {"0.1", 0.1},          {"123.456", 123.456},
        {"1e22", 1e22}, {"1e23", 1e23},    {"1e-23", 1e-23}, {"1e400", INFINITY}, {"-1e999", -INFINITY}, {"1e-400", 0},
        {"0e99999", 0}, {"5e-324", 5e-324}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!same_bits(scanned(cases[i].text), cases[i].value))
            fail_case("'%s' is read as %.17g", cases[i].text, scanned(cases[i].text));
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    const char *cases[] = {"", "+", "-", ".", "e5", "nan", "inf", "-inf", "NaN", "infinity", "x", " 1", ",5"};
    double value;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (erm__number_scan(cases[i], cases[i] + strlen(cases[i]), &value)) fail_case("'%s' is read as a number", cases[i]);
}

static void a_scan_stops_where_the_number_ends(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int length;
    } cases[] = {{"1 2", 1}, {"1:2", 1}, {"1e", 1}, {"1e+", 1}, {"1.2.3", 3}, {"1e5x", 3}, {"0x10", 1}, {"1,5", 1}};
    double value;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *stop = erm__number_scan(cases[i].text, cases[i].text + strlen(cases[i].text), &value);
        if (stop != cases[i].text + cases[i].length)
            fail_case("'%s' is not read as %d characters", cases[i].text, cases[i].length);
    }
    const char *text = "12345"; /* the end given counts, not the end of the string */
    assert_ptr_equal(erm__number_scan(text, text + 2, &value), text + 2);
    assert_true(value == 12);
}

/* strtod of the C library, exact in glibc, in the C locale that a program starts in. */
static void every_number_of_digits_and_exponent_rounds_as_strtod_does(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(1);
    char text[64];
    for (int i = 0; i < 200000; i++) {
        const int digits = 1 + (int)erm_rng_below(&rng, 24), after = (int)erm_rng_below(&rng, (uint64_t)digits + 1);
        int length = 0;
        for (int t = 0; t < digits; t++) {
            if (t == digits - after) text[length++] = '.';
            text[length++] = (char)('0' + erm_rng_below(&rng, 10));
        }
        const int spread = i % 2 ? 30 : 330;
        snprintf(text + length, 16, "e%d", (int)erm_rng_below(&rng, 2 * (uint64_t)spread) - spread);
        if (!same_bits(scanned(text), strtod(text, NULL))) fail_case("'%s' is read as %.17g", text, scanned(text));
    }
}

static void halfway_cases_are_rounded_once(void **state)
{
    (void)state;
    const char *cases[] = {"9007199254740993",
                           "9007199254740992.99999",
                           "9007199254740993.00000000000000000001",
                           "9007199254740995",
                           "0.500000000000000166533453693773481063544750213623046875",
                           "2.2250738585072011e-308",
                           "2.4703282292062327e-324",
                           "2.4703282292062328e-324",
                           "1.7976931348623158e308",
                           "1.7976931348623159e308",
                           "18446744073709551615",
                           "18446744073709551616",
                           "1844674407370955161600e-2",
                           "9999999999999999999e-27"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!same_bits(scanned(cases[i]), strtod(cases[i], NULL)))
            fail_case("'%s' is read as %.17g", cases[i], scanned(cases[i]));
}

/* 1 + 2^-53 is midway between 1 and the next double, exactly; one digit far behind decides. */
static void a_digit_behind_a_thousand_others_counts(void **state)
{
    (void)state;
    char text[1200] = "1.00000000000000011102230246251565404236316680908203125";
    const size_t length = strlen(text);
    memset(text + length, '0', 1000);
    text[length + 1000] = '\0';
    assert_true(scanned(text) == 1);
    text[length + 999] = '1';
    assert_true(scanned(text) == 1 + DBL_EPSILON);
}

static void zeros_and_exponents_may_balance(void **state)
{
    (void)state;
    char text[1100] = "0.";
    memset(text + 2, '0', 1000);
    strcpy(text + 1002, "125e1003");
    assert_true(scanned(text) == 125);
    memset(text, '0', 1000);
    text[0] = '2';
    strcpy(text + 1000, "e-999");
    assert_true(scanned(text) == 2);
}

static void shortest_form_is_short_and_reads_back(void **state)
{
    (void)state;
    const struct {
        double value;
        const char *text;
    } cases[] = {{1, "1"},
                 {-1, "-1"},
                 {0.1, "0.1"},
                 {2.5, "2.5"},
                 {1e22, "1e+22"},
                 {-0.0, "-0"},
                 {5e-324, "5e-324"},
                 {1.0 / 3, "0.3333333333333333"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {100, "100"},
                 {NAN, "nan"},
                 {INFINITY, "inf"},
                 {-INFINITY, "-inf"}};
    char text[ERM_NUMBER_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(erm__number_format_shortest(cases[i].value, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
    erm_rng rng = erm_rng_seed(2);
    for (int i = 0; i < 40000; i++) { /* also short decimals of all sizes, which %.15g writes as they are */
        const double whole = (double)(int64_t)erm_rng_below(&rng, UINT64_C(1) << (1 + i % 52)) - (double)(i % 3);
        const double value = i % 2 ? random_double(&rng) : whole / pow(10, i % 12);
        char expected[64];
        snprintf(expected, sizeof expected, "%.15g", value);
        erm__number_format_shortest(value, text);
        if (strtod(expected, NULL) == value) assert_string_equal(text, fabs(value) < DBL_MIN && value != 0 ? text : expected);
        assert_true(erm__number_format_shortest(value, text) < ERM_NUMBER_SIZE);
        if (!same_bits(scanned(text), value)) fail_case("%a prints as '%s'", value, text);
    }
}

/* Over all sizes that the exact arithmetic takes and around its ends, and with few bits, so that there are ties. */
static void shortest_form_is_that_of_printf(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(6);
    char text[ERM_NUMBER_SIZE], expected[64] = "";
    for (int i = 0; i < 200000; i++) {
        const uint64_t bits = erm_rng_next(&rng) >> (11 + erm_rng_below(&rng, 53));
        double value = ldexp((double)bits, (int)erm_rng_below(&rng, 120) - 100);
        if (i % 4 == 0) value = pow(10, (double)(i / 4 % 40) - 20) * (1 + DBL_EPSILON * ((double)erm_rng_below(&rng, 9) - 4));
        if (i % 2) value = -value;
        if (value == 0) continue;
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(expected, sizeof expected, "%.*g", digits, value);
            if (strtod(expected, NULL) == value) break;
        }
        const size_t length = erm__number_format_shortest(value, text);
        assert_int_equal(length, strlen(text));
        if (strcmp(text, expected) != 0) fail_case("%a prints as '%s', not '%s'", value, text, expected);
    }
}

static void hexadecimal_form_reads_back_and_is_as_printf_writes_it(void **state)
{
    (void)state;
    erm_rng rng = erm_rng_seed(3);
    char text[ERM_NUMBER_SIZE], expected[64];
    for (int i = 0; i < 20000; i++) {
        const double value = i < 100 ? (double)(i - 50) / 8 : random_double(&rng);
        const size_t length = erm__number_format_hex(value, text);
        snprintf(expected, sizeof expected, "%a", value);
        if (fabs(value) >= DBL_MIN || value == 0) assert_string_equal(text, expected);
        double back = NAN;
        if (!erm__number_parse(text, length, &back) || !same_bits(back, value)) fail_case("%a prints as '%s'", value, text);
    }
}

static void parse_takes_all_or_nothing(void **state)
{
    (void)state;
    double value;
    const char *good[] = {"1", "-2.5e3", "0x1p+0", "-0x1.8p1", "0x0p0", "0x.8p1", "0X1P-1074", "0x1fffffffffffffp0"};
    const char *bad[] = {"",
                         "1 ",
                         "1e999",
                         "nan",
                         "inf",
                         "0x",
                         "0x1",
                         "0x1p",
                         "0xp1",
                         "0x1.1.1p0",
                         "0x1p99999",
                         "0x1p-1075",
                         "0x3fffffffffffffp0",
                         "0x1p+1x",
                         "0x1p123456",
                         "0x11111111111111111p0",
                         "-",
                         "x"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!erm__number_parse(good[i], strlen(good[i]), &value)) fail_case("'%s' is refused", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (erm__number_parse(bad[i], strlen(bad[i]), &value)) fail_case("'%s' is taken", bad[i]);
}

/* Of every length around eight and sixteen characters, whatever follows. */
static void the_fast_scan_agrees_with_the_plain_one(void **state)
{
    (void)state;
    const char *const ends[] = {" ", "\n", ":", "e", "e5 ", "E-2,", ".", "x", "/", "\xff", "", "-"};
    double wrapped;
    const char *long_text = "18446.744073709551621 \n                        "; /* 2^64 + 5 without the point */
    assert_non_null(erm__number_scan_fast(long_text, long_text + 22, &wrapped));
    assert_true(wrapped == 18446.744073709551621);
    erm_rng rng = erm_rng_seed(4);
    for (int i = 0; i < 200000; i++) {
        char text[96 + ERM_NUMBER_PADDING] = "";
        int length = i % 3 == 0 ? sprintf(text, "%s", i % 2 ? "-" : "+") : 0;
        for (int t = (int)erm_rng_below(&rng, 12); t > 0; t--) text[length++] = (char)('0' + erm_rng_below(&rng, 10));
        if (i % 4) text[length++] = '.';
        for (int t = (int)erm_rng_below(&rng, 21); t > 0; t--) text[length++] = (char)('0' + erm_rng_below(&rng, 10));
        length += sprintf(text + length, "%s\n", ends[erm_rng_below(&rng, sizeof ends / sizeof *ends)]);
        const char *const end = text + length;
        double fast = NAN, plain = NAN;
        const char *fast_stop = erm__number_scan_fast(text, end, &fast), *stop = erm__number_scan(text, end, &plain);
        if (fast_stop != stop || (stop && !same_bits(fast, plain)))
            fail_case("'%s' is read as %.17g, not %.17g", text, fast, plain);
    }
}

/* Locales with a decimal comma are tried where installed; without any this says so and is skipped. */
static void a_locale_with_a_decimal_comma_changes_nothing(void **state)
{
    (void)state;
    const char *names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE", "nl_NL.UTF-8", "ps_AF.UTF-8"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++) found = setlocale(LC_ALL, names[i]);
    if (!found) {
        print_message("no locale with a decimal comma is installed (localedef -i de_DE -f UTF-8 de_DE.UTF-8)\n");
        skip();
    }
    char text[ERM_NUMBER_SIZE], large[ERM_NUMBER_SIZE];
    erm__number_format_shortest(-0.1, text);
    erm__number_format_shortest(1.0 / 3 * 1e-200, large); /* by printf */
    const double fast = scanned("1.5"), wide = scanned("0.30000000000000004"), slow = scanned("1.5e-300");
    char printed[16];
    snprintf(printed, sizeof printed, "%.1f", 1.5);
    setlocale(LC_ALL, "C");
    assert_string_not_equal(printed, "1.5");
    assert_string_equal(text, "-0.1");
    assert_string_equal(large, "3.333333333333333e-201");
    assert_true(fast == 1.5 && wide == 0.1 + 0.2 && slow == 1.5e-300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_spellings_are_read),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(a_scan_stops_where_the_number_ends),
        cmocka_unit_test(every_number_of_digits_and_exponent_rounds_as_strtod_does),
        cmocka_unit_test(halfway_cases_are_rounded_once),
        cmocka_unit_test(a_digit_behind_a_thousand_others_counts),
        cmocka_unit_test(zeros_and_exponents_may_balance),
        cmocka_unit_test(shortest_form_is_short_and_reads_back),
        cmocka_unit_test(shortest_form_is_that_of_printf),
        cmocka_unit_test(hexadecimal_form_reads_back_and_is_as_printf_writes_it),
        cmocka_unit_test(parse_takes_all_or_nothing),
        cmocka_unit_test(the_fast_scan_agrees_with_the_plain_one),
        cmocka_unit_test(a_locale_with_a_decimal_comma_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
