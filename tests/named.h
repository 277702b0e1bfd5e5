/* Entries of the test catalogs by their names. */
#ifndef NAMED_H
#define NAMED_H

#include "catalog_loss.h"
#include "matrices.h"

/* Fail the test where there is none of this name. */
const matrix_kind *kind_named(const char *name);
catalog_loss loss_named(const char *name);

#endif
