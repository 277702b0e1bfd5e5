/* Any bytes as a number: as strtod reads it, by every way that readers take, and back to the same bits. */
#include <math.h>
#include <string.h>

#include "base/number_fast.h"
#include "ermopt/number_text.h"
#include "fuzz.h"

static int same(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4000 || memchr(data, 'x', size) || memchr(data, 'X', size)) return 0; /* strtod knows hexadecimal numbers */
    char *text = calloc(size + 1 + ERM_NUMBER_PADDING, 1);
    FUZZ_REQUIRE(text != NULL);
    if (size > 0) memcpy(text, data, size);
    text[size] = '\n';
    double plain = NAN, fast = NAN;
    const char *const end = text + size + 1;
    const char *const stop = erm__number_scan(text, end, &plain), *const fast_stop = erm__number_scan_fast(text, end, &fast);
    FUZZ_REQUIRE(stop == fast_stop);
    if (stop) {
        char *theirs;
        FUZZ_REQUIRE(same(plain, fast) && same(plain, strtod(text, &theirs)) && theirs == stop);
        char written[ERM_NUMBER_TEXT];
        double back;
        const size_t length = erm_number_format(plain, written);
        FUZZ_REQUIRE(isinf(plain) || (erm__number_parse(written, length, &back) && same(plain, back)));
    }
    free(text);
    return 0;
}
