/* What every test includes: cmocka, and comparisons of doubles (cmocka 1.1's assert_float_equal compares in float). */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* 1 in a build with sanitizers, some ten times slower, where a test over very many cases takes fewer. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CHECK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CHECK_SANITIZED 1
#endif
#endif
#ifndef CHECK_SANITIZED
#define CHECK_SANITIZED 0
#endif

/* |a - b| <= tolerance max(1, |a|, |b|), or both the same infinity. */
#define assert_near(a, b, tolerance) check_near((a), (b), (tolerance), #a " ~ " #b, __FILE__, __LINE__)
void check_near(double a, double b, double tolerance, const char *what, const char *file, int line);

/* a <= b + tolerance max(1, |a|, |b|) */
#define assert_at_most(a, b, tolerance) check_at_most((a), (b), (tolerance), #a " <= " #b, __FILE__, __LINE__)
void check_at_most(double a, double b, double tolerance, const char *what, const char *file, int line);

/* Fails with a formatted sentence; for loops over many cases, where a line number does not say which. */
#define fail_case(...) check_fail(__FILE__, __LINE__, __VA_ARGS__)
void check_fail(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
