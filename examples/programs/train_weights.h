/* The weights of the classes. */
#ifndef TRAIN_WEIGHTS_H
#define TRAIN_WEIGHTS_H

#include "train_options.h"
#include "train_task.h"

/* Sets the class weights of task->problem, all else of which is known, as --class-weight says. KEEP_GOING, or, after a
 * complaint, what to exit with. */
int train_weights_set(const train_options *options, train_task *task);

#endif
