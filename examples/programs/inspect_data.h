/* What is in a data file. */
#ifndef INSPECT_DATA_H
#define INSPECT_DATA_H

#include <stdbool.h>

#include "data_file.h"

/* Prints all. What to exit with. */
int inspect_data(const char *path, const data_options *reading, bool as_json);

#endif
