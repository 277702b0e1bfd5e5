/* Files for tests: a new directory for each test, and whole files in and out of memory. Every function fails the test if it
 * cannot. */
#ifndef FILES_H
#define FILES_H

#include <stddef.h>

/* A new, empty directory; removed, with the files in it, by files_remove_directory. */
typedef struct files_directory {
    char path[64];
} files_directory;
files_directory files_new_directory(void);
/* The same in memory where the system has a place for that: for tests that put very many files on the disk. */
files_directory files_new_fast_directory(void);
void files_remove_directory(const files_directory *directory);

/* How many entries it has; they are all files or links that the tests made. */
int files_count(const files_directory *directory);

/* "directory/name" into path, which has FILES_PATH bytes. */
enum { FILES_PATH = 512 };
void files_path(const files_directory *directory, const char *name, char *path);

void files_write(const char *path, const void *bytes, size_t count);
/* Allocates (free it); a '\0' follows the bytes and is not counted. count may be NULL. */
char *files_read(const char *path, size_t *count);

/* No file of this process may grow beyond `bytes` (a write that would fails with EFBIG); 0: no limit any more. */
void files_limit_size(size_t bytes);

#endif
