/* What erm_path prints and writes. */
#ifndef PATH_REPORT_H
#define PATH_REPORT_H

#include <stdio.h>

#include "path_run.h"

void path_report_text(FILE *out, const path_options *options, const train_task *task, const path_run *run);
void path_report_json(FILE *out, const path_options *options, const train_task *task, const path_run *run);

/* A row for each lambda, after a row of names. */
void path_report_csv(FILE *out, const path_run *run);

#endif
