/* Hashes of bytes: the same however the bytes come, and another for any change. */
#include "check.h"

#include "base/hash.h"

enum { SIZE = 200 };

static void fill(unsigned char *bytes)
{
    for (int i = 0; i < SIZE; i++) bytes[i] = (unsigned char)(7 * i + i / 3);
}

static void known_bytes_have_the_same_hash_on_every_machine(void **state)
{
    (void)state;
    unsigned char bytes[SIZE];
    fill(bytes);
    assert_true(erm__hash_of(NULL, 0) == UINT64_C(0xda842167fcd7c3dc));
    assert_true(erm__hash_of("a", 1) == UINT64_C(0xc0d8298af6c02241));
    assert_true(erm__hash_of(bytes, 32) == UINT64_C(0x623a33705f996b98));
    assert_true(erm__hash_of(bytes, SIZE) == UINT64_C(0x19310091a7316a77));
}

static void the_pieces_in_which_bytes_come_do_not_matter(void **state)
{
    (void)state;
    unsigned char bytes[SIZE];
    fill(bytes);
    for (size_t size = 0; size <= SIZE; size += 13)
        for (size_t piece = 1; piece < 80; piece++) {
            erm__hash hash = erm__hash_begin();
            for (size_t at = 0; at < size; at += piece) erm__hash_add(&hash, bytes + at, size - at < piece ? size - at : piece);
            if (erm__hash_end(&hash) != erm__hash_of(bytes, size)) fail_case("%zu bytes in pieces of %zu", size, piece);
        }
}

static void every_bit_and_every_length_changes_the_hash(void **state)
{
    (void)state;
    unsigned char bytes[SIZE];
    fill(bytes);
    const uint64_t whole = erm__hash_of(bytes, SIZE);
    for (int bit = 0; bit < 8 * SIZE; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        const uint64_t changed = erm__hash_of(bytes, SIZE) ^ whole;
        if (changed == 0) fail_case("bit %d does not count", bit);
        const int bits = __builtin_popcountll(changed);
        if (bits < 12 || bits > 52) fail_case("bit %d changes %d bits", bit, bits);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    const unsigned char zeros[SIZE] = {0};
    for (size_t size = 0; size < SIZE; size++)
        if (erm__hash_of(zeros, size) == erm__hash_of(zeros, size + 1)) fail_case("%zu zeros as %zu", size, size + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_bytes_have_the_same_hash_on_every_machine),
        cmocka_unit_test(the_pieces_in_which_bytes_come_do_not_matter),
        cmocka_unit_test(every_bit_and_every_length_changes_the_hash),
    };
    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
