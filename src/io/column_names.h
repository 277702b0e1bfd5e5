/* The names of columns. */
#ifndef ERM_COLUMN_NAMES_H
#define ERM_COLUMN_NAMES_H

#include "ermopt/dataset.h"

/* False if there are none, or but those that a reader gives to columns without names: 1, 2, 3 ... */
bool erm__has_names(const erm_dataset *dataset);

#endif
