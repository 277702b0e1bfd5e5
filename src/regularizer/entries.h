/* A penalty that is given entry by entry: that of any problem on some of its features, for one output. */
#ifndef ERM_ENTRIES_H
#define ERM_ENTRIES_H

#include "ermopt/regularizer.h"

/* entry: d of them, borrowed. No factors, no conjugate. */
erm_regularizer erm__entries(const erm_entry *entry);

/* The least of  curvature (v - at)^2 / 2 + slope v  and the entry's penalty over v. */
double erm__entry_least(const erm_entry *entry, double at, double slope, double curvature);

#endif
