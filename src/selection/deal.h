/* What the ways of dealing rows out share. */
#ifndef ERM_DEAL_H
#define ERM_DEAL_H

#include "ermopt/selection.h"

/* list = all n rows, shuffled, those of a stratum together. ERM_OK or ERM_ENOMEM. */
erm_status erm__deal_order(int64_t n, const erm_deal *deal, int64_t *list);

/* out[i] = 0 .. parts - 1, whole groups, about in these shares. ERM_OK, ERM_ENOMEM, or ERM_EINVAL and a sentence. */
erm_status erm__deal_groups(int64_t n, int64_t parts, const double *share, const erm_deal *deal, int32_t *out, char *detail);

#endif
