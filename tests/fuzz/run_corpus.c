/* Runs a fuzz target on every file of the directories that are named: the same promises are
 * tested in builds without libFuzzer. */
#include <dirent.h>
#include <string.h>

#include "fuzz.h"

static void run_file(const char *path)
{
    FILE *stream = fopen(path, "rb");
    FUZZ_REQUIRE(stream != NULL);
    static uint8_t bytes[1 << 20];
    const size_t size = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    uint8_t *exact = malloc(size > 0 ? size : 1); /* so that a sanitizer sees reads beyond the end */
    FUZZ_REQUIRE(exact != NULL);
    memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static int run_directory(const char *directory)
{
    DIR *stream = opendir(directory);
    FUZZ_REQUIRE(stream != NULL);
    int files = 0;
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        char path[4096];
        const int length = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        FUZZ_REQUIRE(length > 0 && length < (int)sizeof path);
        run_file(path);
        files++;
    }
    closedir(stream);
    return files;
}

int main(int count, char **argument)
{
    int files = 0;
    for (int i = 1; i < count; i++) files += run_directory(argument[i]);
    printf("%d files\n", files);
    return files > 0 ? 0 : 1;
}
