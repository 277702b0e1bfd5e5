/* The options of erm_solve: defaults and limits. */
#ifndef ERM_OPTIONS_H
#define ERM_OPTIONS_H

#include "ermopt/solve.h"

/* given may be NULL. */
erm_options erm__options_with_defaults(const erm_options *given);
erm_status erm__options_check(const erm_options *options, char *detail);

#endif
