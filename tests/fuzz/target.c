/* What every fuzz target is linked with. */
#include "fuzz.h"

/* The sizes that a header may ask for are no fault; this keeps the search from trying to get them. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "allocator_may_return_null=1:max_allocation_size_mb=256"; }

void fuzz_write(const char *path, const uint8_t *data, size_t size)
{
    FILE *stream = fopen(path, "wb");
    FUZZ_REQUIRE(stream != NULL);
    FUZZ_REQUIRE(size == 0 || fwrite(data, 1, size, stream) == size);
    FUZZ_REQUIRE(fclose(stream) == 0);
}
