/* Files for tests. */
#include "files.h"

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

files_directory files_new_directory(void)
{
    files_directory directory = {"ermopt-test-XXXXXX"};
    assert_non_null(mkdtemp(directory.path));
    return directory;
}

files_directory files_new_fast_directory(void)
{
    files_directory directory = {"/dev/shm/ermopt-test-XXXXXX"};
    return mkdtemp(directory.path) ? directory : files_new_directory();
}

static int visit(const files_directory *directory, bool remove_too)
{
    DIR *stream = opendir(directory->path);
    assert_non_null(stream);
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char path[FILES_PATH];
        files_path(directory, entry->d_name, path);
        if (remove_too) assert_int_equal(unlink(path), 0);
        count++;
    }
    closedir(stream);
    return count;
}

int files_count(const files_directory *directory) { return visit(directory, false); }

void files_remove_directory(const files_directory *directory)
{
    visit(directory, true);
    assert_int_equal(rmdir(directory->path), 0);
}

void files_path(const files_directory *directory, const char *name, char *path)
{
    const int length = snprintf(path, FILES_PATH, "%s/%s", directory->path, name);
    assert_true(length > 0 && length < FILES_PATH);
}

void files_write(const char *path, const void *bytes, size_t count)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, count, stream), count);
    assert_int_equal(fclose(stream), 0);
}

char *files_read(const char *path, size_t *count)
{
    FILE *stream = fopen(path, "rb");
    if (!stream) fail_case("cannot open %s", path);
    assert_int_equal(fseek(stream, 0, SEEK_END), 0);
    const long size = ftell(stream);
    assert_true(size >= 0);
    rewind(stream);
    char *bytes = calloc((size_t)size + 1, 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, (size_t)size, stream), (size_t)size);
    fclose(stream);
    if (count) *count = (size_t)size;
    return bytes;
}

void files_limit_size(size_t bytes)
{
    assert_true(signal(SIGXFSZ, bytes > 0 ? SIG_IGN : SIG_DFL) != SIG_ERR);
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes > 0 ? (rlim_t)bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}
