/* Where text may come from: files, standard input, and compressed ones; and what is said of damaged ones. */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "ermopt/dataset.h"
#include "io/codec.h"
#include "temporary.h"

/* "1 1:0.5\n-1 2:2\n", compressed. */
static const unsigned char GZIP[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0x33, 0x54,
                                     0x30, 0xb4, 0x32, 0xd0, 0x33, 0xe5, 0xd2, 0x35, 0x54, 0x30, 0xb2, 0x32,
                                     0xe2, 0x02, 0x00, 0xb0, 0x44, 0x74, 0x19, 0x0f, 0x00, 0x00, 0x00};
static const unsigned char XZ[] = {0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36, 0x02, 0x00,
                                   0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x0e, 0x31,
                                   0x20, 0x31, 0x3a, 0x30, 0x2e, 0x35, 0x0a, 0x2d, 0x31, 0x20, 0x32, 0x3a, 0x32, 0x0a,
                                   0x00, 0x00, 0xb0, 0x44, 0x74, 0x19, 0x00, 0x01, 0x23, 0x0f, 0xdb, 0xdf, 0x90, 0x0e,
                                   0x90, 0x42, 0x99, 0x0d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x59, 0x5a};

static const unsigned char ZSTD[] = {0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x0f, 0x79, 0x00, 0x00, 0x31, 0x20, 0x31, 0x3a, 0x30,
                                     0x2e, 0x35, 0x0a, 0x2d, 0x31, 0x20, 0x32, 0x3a, 0x32, 0x0a, 0xb1, 0x61, 0x21, 0x2a};
static const unsigned char BZIP2[] = {0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0xa5, 0xc8, 0x95,
                                      0xf5, 0x00, 0x00, 0x03, 0xd8, 0x00, 0x00, 0x10, 0x40, 0x03, 0x72, 0x10, 0x20,
                                      0x00, 0x31, 0x06, 0x4c, 0x41, 0x03, 0x43, 0xd2, 0x01, 0x08, 0x76, 0x0a, 0x9f,
                                      0x1e, 0x2e, 0xe4, 0x8a, 0x70, 0xa1, 0x21, 0x4b, 0x91, 0x2b, 0xea};

typedef struct packed {
    const erm__codec *codec;
    const unsigned char *bytes;
    size_t size;
    size_t middle; /* a byte of the payload */
} packed;

static const packed PACKED[] = {{&erm__codec_gzip, GZIP, sizeof GZIP, 15},
                                {&erm__codec_xz, XZ, sizeof XZ, 30},
                                {&erm__codec_zstd, ZSTD, sizeof ZSTD, 12},
                                {&erm__codec_bzip2, BZIP2, sizeof BZIP2, 30}};
enum { PACKED_COUNT = sizeof PACKED / sizeof *PACKED };

static void assert_the_text(const char *path, int64_t copies)
{
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE] = "";
    if (erm_dataset_read_libsvm(path, NULL, &dataset, detail) != ERM_OK) fail_case("%s: %s", path, detail);
    assert_int_equal(dataset.rows, 2 * copies);
    assert_int_equal(dataset.nnz, 2 * copies);
    for (int64_t c = 0; c < copies; c++) {
        assert_true(dataset.y[2 * c] == 1 && dataset.y[2 * c + 1] == -1);
        assert_true(dataset.value[2 * c] == 0.5 && dataset.value[2 * c + 1] == 2);
    }
    erm_dataset_free(&dataset);
}

static void assert_refused(const char *path, erm_status expected, const char *sentence)
{
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm_dataset_read_libsvm(path, NULL, &dataset, detail);
    if (status != expected || !strstr(detail, path) || !strstr(detail, sentence))
        fail_case("%s gives %s: %s\nnot %s", path, erm_status_text(status), detail, sentence);
}

static void compressed_files_are_read_under_any_name(void **state)
{
    (void)state;
    for (int c = 0; c < PACKED_COUNT; c++) {
        if (!PACKED[c].codec->start) continue;
        char path[64];
        snprintf(path, sizeof path, "test_input_packed%s", PACKED[c].codec->suffix);
        const char *paths[] = {path, "test_input_packed.txt"};
        for (int t = 0; t < 2; t++) {
            temporary_write(paths[t], PACKED[c].bytes, PACKED[c].size);
            assert_the_text(paths[t], 1);
            unlink(paths[t]);
        }
    }
}

static void compressed_pieces_one_after_the_other_are_one_text(void **state)
{
    (void)state;
    const char *path = "test_input_pieces";
    for (int c = 0; c < PACKED_COUNT; c++) {
        if (!PACKED[c].codec->start) continue;
        unsigned char twice[1024];
        memcpy(twice, PACKED[c].bytes, PACKED[c].size);
        memcpy(twice + PACKED[c].size, PACKED[c].bytes, PACKED[c].size);
        temporary_write(path, twice, 2 * PACKED[c].size);
        assert_the_text(path, 2);
    }
    unlink(path);
}

/* A file name in gzip's header makes the first member as long as wanted: the second begins, or the file ends, at every place
 * around the end of a block that is read at once. */
static void members_may_end_where_a_read_ends(void **state)
{
    (void)state;
    if (!erm__codec_gzip.start) skip();
    const size_t block = 1 << 18, header = 10, rest = sizeof GZIP - header;
    unsigned char *file = malloc(block + 256);
    assert_non_null(file);
    for (size_t size = block - 40; size <= block + 40; size++) {
        memcpy(file, GZIP, header);
        file[3] = 0x08; /* a name follows */
        const size_t name = size - sizeof GZIP;
        memset(file + header, 'x', name - 1);
        file[header + name - 1] = '\0';
        memcpy(file + header + name, GZIP + header, rest);
        temporary_write("test_input_member.gz", file, size);
        assert_the_text("test_input_member.gz", 1);
        memcpy(file + size, GZIP, sizeof GZIP);
        temporary_write("test_input_member.gz", file, size + sizeof GZIP);
        assert_the_text("test_input_member.gz", 2);
    }
    free(file);
    unlink("test_input_member.gz");
}

static void every_cut_of_a_compressed_file_is_noticed(void **state)
{
    (void)state;
    for (int c = 0; c < PACKED_COUNT; c++) {
        if (!PACKED[c].codec->start) continue;
        char path[64];
        snprintf(path, sizeof path, "test_input_cut%s", PACKED[c].codec->suffix);
        const size_t known = PACKED[c].codec->magic_offset + PACKED[c].codec->magic_size;
        for (size_t size = known; size < PACKED[c].size; size++) {
            temporary_write(path, PACKED[c].bytes, size);
            assert_refused(path, ERM_EDATA, "end too early; the file is cut off");
        }
        for (size_t size = 0; size < known; size++) {
            temporary_write(path, PACKED[c].bytes, size);
            assert_refused(path, ERM_EDATA, "as its name says");
        }
        unlink(path);
    }
}

static void damage_of_a_compressed_file_is_noticed(void **state)
{
    (void)state;
    for (int c = 0; c < PACKED_COUNT; c++) {
        if (!PACKED[c].codec->start) continue;
        const char *path = "test_input_damaged";
        unsigned char bytes[512];
        for (size_t back = 1; back <= 8; back++) { /* the checks at the end */
            memcpy(bytes, PACKED[c].bytes, PACKED[c].size);
            bytes[PACKED[c].size - back] ^= 0x10;
            temporary_write(path, bytes, PACKED[c].size);
            assert_refused(path, ERM_EDATA, "data are damaged");
        }
        memcpy(bytes, PACKED[c].bytes, PACKED[c].size);
        bytes[PACKED[c].middle] ^= 0x01;
        temporary_write(path, bytes, PACKED[c].size);
        assert_refused(path, ERM_EDATA, path);
        memcpy(bytes, PACKED[c].bytes, PACKED[c].size);
        memcpy(bytes + PACKED[c].size, "garbage behind the end", 22);
        temporary_write(path, bytes, PACKED[c].size + 22);
        assert_refused(path, ERM_EDATA, "data are damaged");
        unlink(path);
    }
}

static void text_under_a_compressed_name_is_refused(void **state)
{
    (void)state;
    temporary_write("test_input_plain.gz", "1 1:1\n", 6);
    assert_refused("test_input_plain.gz", ERM_EDATA, "is not gzip data, as its name says");
    unlink("test_input_plain.gz");
}

static void what_is_no_file_is_named(void **state)
{
    (void)state;
    assert_refused("test_input_absent", ERM_EIO, "cannot be opened: No such file or directory");
    assert_refused(".", ERM_EIO, "is a directory, not a file");
    erm_dataset dataset;
    char path[2000], detail[ERM_DETAIL_SIZE];
    memset(path, 'p', sizeof path);
    strcpy(path + 1900, "/the-end.txt");
    assert_int_equal(erm_dataset_read_libsvm(path, NULL, &dataset, detail), ERM_EIO);
    assert_true(strncmp(detail, "...ppp", 6) == 0 && strstr(detail, "p/the-end.txt: cannot be opened: "));
}

static void standard_input_is_read_for_a_dash(void **state)
{
    (void)state;
    const char *path = "test_input_stdin";
    const int kept = dup(STDIN_FILENO);
    for (int c = -1; c < PACKED_COUNT; c++) {
        if (c >= 0 && !PACKED[c].codec->start) continue;
        if (c < 0)
            temporary_write(path, "1 1:0.5\n-1 2:2", 14);
        else
            temporary_write(path, PACKED[c].bytes, PACKED[c].size);
        const int file = open(path, O_RDONLY);
        assert_true(file >= 0 && dup2(file, STDIN_FILENO) == STDIN_FILENO);
        close(file);
        assert_the_text("-", 1);
    }
    temporary_write(path, "1 1:x\n", 6);
    const int file = open(path, O_RDONLY);
    assert_true(file >= 0 && dup2(file, STDIN_FILENO) == STDIN_FILENO);
    close(file);
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE];
    assert_int_equal(erm_dataset_read_libsvm("-", NULL, &dataset, detail), ERM_EDATA);
    assert_string_equal(detail, "standard input:1: value of feature 1 is 'x'; expected a finite number");
    if (kept >= 0) {
        dup2(kept, STDIN_FILENO);
        close(kept);
    }
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compressed_files_are_read_under_any_name),
        cmocka_unit_test(compressed_pieces_one_after_the_other_are_one_text),
        cmocka_unit_test(members_may_end_where_a_read_ends),
        cmocka_unit_test(every_cut_of_a_compressed_file_is_noticed),
        cmocka_unit_test(damage_of_a_compressed_file_is_noticed),
        cmocka_unit_test(text_under_a_compressed_name_is_refused),
        cmocka_unit_test(what_is_no_file_is_named),
        cmocka_unit_test(standard_input_is_read_for_a_dash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
