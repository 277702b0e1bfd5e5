/* The part of a model file that says what happens to new data before they are predicted. */
#ifndef ERM_MODEL_PREPARATION_H
#define ERM_MODEL_PREPARATION_H

#include "model/model_reader.h"
#include "model/model_writer.h"
#include "preparation/steps.h"

void erm__put_preparation(erm__writer *out, const erm_preparation *fitted, int32_t index_base);

/* A preparation of input_d columns, which comes out with d. in->status tells; on failure it is empty. */
void erm__read_preparation(erm__reader *in, int64_t input_d, int64_t d, int32_t index_base, erm_preparation *fitted);

/* What could not be read back: sizes that do not fit one another, numbers that are not finite. ERM_OK, ERM_EINVAL. */
erm_status erm__check_preparation(const erm_preparation *fitted, int64_t d, char *detail);

#endif
