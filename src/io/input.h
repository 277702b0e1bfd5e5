/* Bytes in: a file or standard input, decompressed on the way if it is compressed. */
#ifndef ERM_INPUT_H
#define ERM_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "ermopt/status.h"

typedef struct erm__input erm__input;

/* Opens `path`, or standard input for "-". What is compressed is known by its first bytes; a file whose name claims a
 * compression that it has not is refused. ERM_OK, ERM_EIO, ERM_EDATA, ERM_EUNSUPPORTED
 * (built without the library), ERM_ENOMEM. */
erm_status erm__input_open(const char *path, erm__input **input, char *detail);

/* Fills `buffer` as far as there are bytes: *count < size only at the end. ERM_OK, ERM_EIO, ERM_EDATA (damaged), ERM_ENOMEM. */
erm_status erm__input_read(erm__input *input, size_t size, char *buffer, size_t *count, char *detail);

/* The first bytes, at most `size`, which are still to be read; to be asked for before anything is read, and if twice, not for
 * more. The bytes stay the input's. */
erm_status erm__input_peek(erm__input *input, size_t size, const char **bytes, size_t *count, char *detail);

/* The size of an input that can be read in any order: a plain file that is not compressed; -1 for any other. */
int64_t erm__input_size(const erm__input *input);
/* Fills `buffer` with what is at `offset` of such a file, *count < size only at its end. Several threads may call this. */
erm_status erm__input_read_at(const erm__input *input, int64_t offset, size_t size, char *buffer, size_t *count, char *detail);

/* Asks the system to read these bytes of such a file soon. */
void erm__input_will_need(const erm__input *input, int64_t offset, int64_t size);
/* The descriptor of such a file. */
int erm__input_file(const erm__input *input);

/* What messages call it: the path, shortened to its end if it is long, or "standard input". */
const char *erm__input_name(const erm__input *input);

void erm__input_close(erm__input *input);

#endif
