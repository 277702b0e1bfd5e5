/* Binary data sets from an input that is open. */
#ifndef ERM_MAPPED_INPUT_H
#define ERM_MAPPED_INPUT_H

#include "ermopt/mapped.h"
#include "io/binary.h"

/* As erm_mapped_open. *input becomes NULL where it is kept. */
erm_status erm__mapped_read(erm__input **input, const erm_mapped_options *options, erm_mapped *mapped, char *detail);

#endif
