/* Files replaced in one step: all of the new bytes or the old ones, and nothing left behind. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "files.h"

#include "base/atomic_file.h"

static erm_status write_text(const char *path, const char *text, char *detail)
{
    erm__atomic_file file;
    const erm_status status = erm__atomic_open(&file, path, detail);
    if (status != ERM_OK) return status;
    erm__atomic_write(&file, text, strlen(text));
    return erm__atomic_commit(&file, detail);
}

static void assert_holds(const char *path, const char *text)
{
    char *bytes = files_read(path, NULL);
    assert_string_equal(bytes, text);
    free(bytes);
}

static mode_t mode_of(const char *path)
{
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    return found.st_mode & 0777;
}

static void a_new_file_has_the_bytes_and_the_mode_of_the_umask(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "new", path);
    const mode_t old = umask(027);
    assert_int_equal(write_text(path, "hello\n", NULL), ERM_OK);
    umask(old);
    assert_holds(path, "hello\n");
    assert_int_equal(mode_of(path), 0640);
    assert_int_equal(files_count(&directory), 1);
    files_remove_directory(&directory);
}

static void an_old_file_is_replaced_and_keeps_its_mode(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "old", path);
    files_write(path, "a long old text", 15);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(write_text(path, "new", NULL), ERM_OK);
    assert_holds(path, "new");
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(files_count(&directory), 1);
    files_remove_directory(&directory);
}

static void a_symbolic_link_stays_and_its_target_is_replaced(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char target[FILES_PATH], link[FILES_PATH], pointed[8];
    files_path(&directory, "target", target);
    files_path(&directory, "link", link);
    files_write(target, "old", 3);
    assert_int_equal(symlink("target", link), 0);
    assert_int_equal(write_text(link, "new", NULL), ERM_OK);
    assert_int_equal(readlink(link, pointed, sizeof pointed), 6);
    assert_holds(target, "new");
    assert_int_equal(files_count(&directory), 2);
    files_remove_directory(&directory);
}

static void the_old_bytes_stay_until_commit(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "old", path);
    files_write(path, "old", 3);
    erm__atomic_file file;
    assert_int_equal(erm__atomic_open(&file, path, NULL), ERM_OK);
    erm__atomic_write(&file, "new", 3);
    assert_holds(path, "old");
    assert_int_equal(files_count(&directory), 2);
    erm__atomic_abandon(&file);
    assert_holds(path, "old");
    assert_int_equal(files_count(&directory), 1);
    files_remove_directory(&directory);
}

static void two_writers_of_one_path_do_not_mix(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "both", path);
    erm__atomic_file first, second;
    assert_int_equal(erm__atomic_open(&first, path, NULL), ERM_OK);
    assert_int_equal(erm__atomic_open(&second, path, NULL), ERM_OK);
    erm__atomic_write(&first, "first", 5);
    erm__atomic_write(&second, "second", 6);
    assert_int_equal(erm__atomic_commit(&first, NULL), ERM_OK);
    assert_holds(path, "first");
    assert_int_equal(erm__atomic_commit(&second, NULL), ERM_OK);
    assert_holds(path, "second");
    assert_int_equal(files_count(&directory), 1);
    files_remove_directory(&directory);
}

static void a_write_that_fails_keeps_the_old_file_and_is_told(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], detail[ERM_DETAIL_SIZE] = "";
    files_path(&directory, "old", path);
    files_write(path, "old", 3);
    char *text = calloc(100001, 1);
    memset(text, 'x', 100000);
    files_limit_size(5000);
    const erm_status status = write_text(path, text, detail);
    const erm_status small_status = write_text(path, "fits", NULL); /* the failure is not the path's */
    files_limit_size(0);
    free(text);
    assert_int_equal(status, ERM_EIO);
    assert_non_null(strstr(detail, "too large"));
    assert_int_equal(small_status, ERM_OK);
    assert_holds(path, "fits");
    assert_int_equal(files_count(&directory), 1);
    files_remove_directory(&directory);
}

static void a_failed_rename_leaves_nothing_behind(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH];
    files_path(&directory, "target", path);
    erm__atomic_file file;
    assert_int_equal(erm__atomic_open(&file, path, NULL), ERM_OK);
    assert_int_equal(mkdir(path, 0777), 0); /* a file cannot be renamed to a directory */
    char detail[ERM_DETAIL_SIZE] = "";
    assert_int_equal(erm__atomic_commit(&file, detail), ERM_EIO);
    assert_non_null(strstr(detail, "target"));
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(files_count(&directory), 0);
    files_remove_directory(&directory);
}

static void places_where_nothing_can_be_written_are_refused(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char nowhere[FILES_PATH], detail[ERM_DETAIL_SIZE];
    files_path(&directory, "no-such-directory/file", nowhere);
    const char *paths[] = {nowhere, directory.path, "/proc/ermopt-cannot-be-here", ""};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        detail[0] = '\0';
        if (write_text(paths[i], "x", detail) != ERM_EIO) fail_case("%s was not refused", paths[i]);
        assert_non_null(strstr(detail, paths[i]));
    }
    assert_int_equal(files_count(&directory), 0);
    files_remove_directory(&directory);
}

static void a_read_only_directory_or_file_is_refused(void **state)
{
    (void)state;
    if (geteuid() == 0) skip(); /* root may write everywhere */
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], other[FILES_PATH];
    files_path(&directory, "old", path);
    files_path(&directory, "new", other);
    files_write(path, "old", 3);
    assert_int_equal(chmod(path, 0444), 0);
    assert_int_equal(write_text(path, "new", NULL), ERM_EIO);
    assert_int_equal(chmod(directory.path, 0555), 0);
    assert_int_equal(write_text(other, "new", NULL), ERM_EIO);
    assert_int_equal(chmod(directory.path, 0755), 0);
    assert_holds(path, "old");
    assert_int_equal(files_count(&directory), 1);
    files_remove_directory(&directory);
}

static void a_pipe_is_written_in_place(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char path[FILES_PATH], bytes[8] = "";
    files_path(&directory, "pipe", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    const int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(write_text(path, "hello", NULL), ERM_OK);
    assert_int_equal(read(reader, bytes, sizeof bytes), 5);
    assert_string_equal(bytes, "hello");
    close(reader);
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    assert_true(S_ISFIFO(found.st_mode));
    assert_int_equal(files_count(&directory), 1);
    files_remove_directory(&directory);
}

static void a_full_device_is_told(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0) skip();
    char detail[ERM_DETAIL_SIZE] = "";
    assert_int_equal(write_text("/dev/full", "does not fit", detail), ERM_EIO);
    assert_non_null(strstr(detail, "/dev/full"));
}

static void a_name_of_the_longest_length_works(void **state)
{
    (void)state;
    const files_directory directory = files_new_directory();
    char name[256], path[FILES_PATH];
    memset(name, 'n', 255);
    name[255] = '\0';
    files_path(&directory, name, path);
    assert_int_equal(write_text(path, "x", NULL), ERM_OK);
    assert_holds(path, "x");
    files_remove_directory(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_file_has_the_bytes_and_the_mode_of_the_umask),
        cmocka_unit_test(an_old_file_is_replaced_and_keeps_its_mode),
        cmocka_unit_test(a_symbolic_link_stays_and_its_target_is_replaced),
        cmocka_unit_test(the_old_bytes_stay_until_commit),
        cmocka_unit_test(two_writers_of_one_path_do_not_mix),
        cmocka_unit_test(a_write_that_fails_keeps_the_old_file_and_is_told),
        cmocka_unit_test(a_failed_rename_leaves_nothing_behind),
        cmocka_unit_test(places_where_nothing_can_be_written_are_refused),
        cmocka_unit_test(a_read_only_directory_or_file_is_refused),
        cmocka_unit_test(a_pipe_is_written_in_place),
        cmocka_unit_test(a_full_device_is_told),
        cmocka_unit_test(a_name_of_the_longest_length_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
