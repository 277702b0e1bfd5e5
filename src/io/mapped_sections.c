/* The sections of a binary data set, damaged or not. */
#include <string.h>

#include "base/detail.h"
#include "ermopt/mapped.h"
#include "io/binary.h"

static erm_status read_sections(const erm__input *input, const erm__binary *binary, erm_section *sections, char *detail)
{
    const erm__bytes from = {.input = input, .name = erm__input_name(input)};
    for (int p = 0; p < ERM_PARTS; p++) {
        const erm__span *const span = &binary->part[p];
        sections[p] = (erm_section){
            .name = erm__part_name((erm__part)p), .offset = span->offset, .bytes = span->bytes, .checksum = span->checksum};
        const erm_status status = erm__binary_checksum(&from, span, &sections[p].found, detail);
        if (status != ERM_OK) return status;
    }
    return ERM_OK;
}

erm_status erm_mapped_sections(const char *path, erm_section sections[ERM_SECTIONS], char *detail)
{
    _Static_assert((int)ERM_SECTIONS == (int)ERM_PARTS, "a section is a part");
    const char *header;
    size_t count;
    erm__binary binary;
    erm__input *input;
    if (!path || !sections) return erm__fail(detail, ERM_EINVAL, "no %s", path ? "room for the sections" : "path to read from");
    erm_status status = erm__input_open(path, &input, detail);
    if (status != ERM_OK) return status;
    status = erm__input_peek(input, ERM_BINARY_HEADER, &header, &count, detail);
    if (status == ERM_OK)
        status = erm__binary_decode((const unsigned char *)header, count, erm__input_name(input), &binary, detail);
    if (status == ERM_OK && erm__input_size(input) < 0)
        status = erm__fail(detail, ERM_EUNSUPPORTED, "%s: is compressed or no plain file, so its sections cannot be looked at",
                           erm__input_name(input));
    if (status == ERM_OK) status = erm__binary_check_size(&binary, input, detail);
    if (status == ERM_OK) status = read_sections(input, &binary, sections, detail);
    erm__input_close(input);
    return status;
}
