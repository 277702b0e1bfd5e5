/* What erm_train prints after a fit. */
#ifndef TRAIN_REPORT_H
#define TRAIN_REPORT_H

#include <stdio.h>

#include "train_fit.h"

void train_report_text(FILE *out, const train_options *options, const train_task *task, const train_fit *fit);
void train_report_json(FILE *out, const train_options *options, const train_task *task, const train_fit *fit);

#endif
