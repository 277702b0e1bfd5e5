/* Any bytes as a binary data set, mapped and through windows, with the checksums that are there and with those that go with the
 * bytes: refused with a sentence, or a data set every value of which can be used. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "ermopt/mapped.h"
#include "fuzz.h"
#include "io/binary.h"

static void use_values(const erm_mapped *mapped)
{
    const erm_matrix *X = mapped->X;
    const int64_t n = X->rows, d = X->cols;
    double *const w = calloc((size_t)d + 1, sizeof *w), *const z = calloc((size_t)n, sizeof *z);
    if (w && z) {
        X->ops->mul(X, (erm_rows){.count = n}, 1, w, z);
        X->ops->mul_t(X, (erm_rows){.count = n}, 1, z, w);
        (void)X->ops->check(X, NULL);
    }
    free(w);
    free(z);
}

static void use_names(const erm_dataset *set)
{
    erm_classes classes;
    if (erm_dataset_classes(set, &classes) == ERM_OK) erm_classes_free(&classes);
    for (int64_t j = 0; set->feature_name && j < set->cols; j++) FUZZ_REQUIRE(strlen(set->feature_name[j]) < 1 << 20);
}

static void open_file(const char *path)
{
    for (int way = 0; way < 4; way++) {
        erm_mapped mapped;
        char detail[ERM_DETAIL_SIZE] = "";
        const erm_mapped_options options = {.resident_bytes = way & 1 ? 1 << 17 : 0, .trust = way & 2};
        const erm_status status = erm_mapped_open(path, &options, &mapped, detail);
        if (status == ERM_OK) {
            use_values(&mapped);
            use_names(&mapped.set);
            (void)erm_dataset_digest(&mapped.set, mapped.X);
            FUZZ_REQUIRE(erm_mapped_status(&mapped, NULL) == ERM_OK);
        } else {
            FUZZ_REQUIRE(status != ERM_EIO && detail[0] != '\0' && !mapped.X && !mapped.store);
        }
        erm_mapped_close(&mapped);
    }
}

/* Gives the header its checksum, and the parts theirs: what is made up then gets past them. */
static void sign(uint8_t *bytes, size_t size)
{
    erm__binary b;
    const uint64_t sum = erm__hash_of(bytes, ERM_BINARY_HEADER - 8);
    memcpy(bytes + ERM_BINARY_HEADER - 8, &sum, sizeof sum);
    if (erm__binary_decode(bytes, size, "it", &b, NULL) != ERM_OK || b.size != (int64_t)size) return;
    const erm__bytes from = {.memory = (const char *)bytes, .name = "it"};
    for (int p = 0; p < ERM_PARTS; p++)
        FUZZ_REQUIRE(erm__binary_checksum(&from, &b.part[p], &b.part[p].checksum, NULL) == ERM_OK);
    erm__binary_encode(&b, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "fuzz_binary-%ld.tmp", (long)getpid());
    fuzz_write(path, data, size);
    open_file(path);
    if (size >= ERM_BINARY_HEADER) {
        uint8_t *const copy = malloc(size);
        FUZZ_REQUIRE(copy != NULL);
        memcpy(copy, data, size);
        sign(copy, size);
        fuzz_write(path, copy, size);
        open_file(path);
        free(copy);
    }
    unlink(path);
    return 0;
}
