/* A picture of a path and of its risks, drawn by gnuplot. */
#ifndef PATH_PLOT_H
#define PATH_PLOT_H

#include "path_run.h"

/* Writes `path`, an .svg or a .png. Where gnuplot is not installed it says so and writes nothing, which is no failure.
 * KEEP_GOING, or, after a complaint, what to exit with. */
int path_plot_write(const char *path, const erm_problem *problem, const path_run *run);

#endif
