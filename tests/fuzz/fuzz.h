/* A fuzz target: libFuzzer calls it with what it makes up, run_corpus.c with the files of the corpus. A broken promise aborts. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file `path` of these bytes. */
void fuzz_write(const char *path, const uint8_t *data, size_t size);

#define FUZZ_REQUIRE(promise) fuzz_require((promise), #promise, __FILE__, __LINE__)

static inline void fuzz_require(int kept, const char *promise, const char *file, int line)
{
    if (kept) return;
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, promise);
    abort();
}

#endif
