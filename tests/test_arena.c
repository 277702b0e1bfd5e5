/* Arenas: memory that is zeroed, aligned, apart, counted, and freed together, page by page and in slabs of large pages. */
#include "check.h"

#include "base/arena.h"

enum { CHUNKS = 40, LENGTH = 100000 /* doubles: 32 MB in all, two slabs */ };

static void fill(erm__arena *arena, double *chunk[CHUNKS], int64_t length)
{
    for (int c = 0; c < CHUNKS; c++) {
        chunk[c] = erm__arena_doubles(arena, length + c);
        assert_non_null(chunk[c]);
        assert_int_equal((uintptr_t)chunk[c] % 64, 0);
        for (int64_t i = 0; i < length + c; i++) {
            if (chunk[c][i] != 0) fail_case("value %lld of chunk %d is not 0", (long long)i, c);
            chunk[c][i] = c + 1;
        }
    }
}

static void hold_apart(double *const chunk[CHUNKS], int64_t length)
{
    for (int c = 0; c < CHUNKS; c++)
        for (int64_t i = 0; i < length + c; i++)
            if (chunk[c][i] != c + 1) fail_case("value %lld of chunk %d belongs to another", (long long)i, c);
}

static void chunks_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    const int64_t lengths[] = {1, 1000, LENGTH};
    for (int l = 0; l < 3; l++) {
        erm__arena arena = {0};
        double *chunk[CHUNKS];
        fill(&arena, chunk, lengths[l]);
        hold_apart(chunk, lengths[l]);
        assert_true(arena.bytes >= CHUNKS * lengths[l] * 8);
        assert_true(arena.bytes <= CHUNKS * (lengths[l] * 8 + CHUNKS * 8 + 256));
        assert_false(arena.failed);
        erm__arena_free(&arena);
        assert_int_equal(arena.bytes, 0);
    }
}

static void joined_arenas_go_on_and_are_freed_as_one(void **state)
{
    (void)state;
    erm__arena one = {0}, other = {0};
    double *first[CHUNKS], *second[CHUNKS], *third[CHUNKS];
    fill(&one, first, LENGTH);
    fill(&other, second, LENGTH / 2);
    const int64_t bytes = one.bytes + other.bytes;
    erm__arena_join(&one, &other);
    assert_int_equal(one.bytes, bytes);
    assert_int_equal(other.bytes, 0);
    fill(&one, third, LENGTH / 3);
    hold_apart(first, LENGTH);
    hold_apart(second, LENGTH / 2);
    hold_apart(third, LENGTH / 3);
    erm__arena_free(&one);
}

static void what_is_too_much_fails_and_stays_failed(void **state)
{
    (void)state;
    erm__arena arena = {0};
    assert_null(erm__arena_doubles(&arena, INT64_MAX / 4));
    assert_null(erm__arena_doubles(&arena, -1));
    assert_true(arena.failed);
    assert_non_null(erm__arena_doubles(&arena, 10));
    assert_true(arena.failed);
    erm__arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_are_zeroed_aligned_and_apart),
        cmocka_unit_test(joined_arenas_go_on_and_are_freed_as_one),
        cmocka_unit_test(what_is_too_much_fails_and_stays_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
