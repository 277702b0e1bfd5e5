/* A bar with the time that is left. */
#include "progress.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "figures.h"

enum { WIDTH = 24 };
static const double FIRST = 1, EVERY = 0.1; /* seconds */

progress progress_start(const char *what, bool wanted)
{
    const double now = seconds_now();
    return (progress){.what = what, .start = now, .next = now + FIRST, .wanted = wanted && isatty(STDERR_FILENO)};
}

bool progress_is_due(const progress *bar) { return bar->wanted && seconds_now() >= bar->next; }

void progress_show(progress *bar, double share)
{
    if (!progress_is_due(bar)) return;
    const double now = seconds_now(), left = share > 0 ? (now - bar->start) * (1 - share) / share : INFINITY;
    char line[WIDTH + 1] = "";
    for (int i = 0; i < WIDTH; i++) line[i] = (double)i < share * WIDTH ? '#' : '.';
    fprintf(stderr, "\r[%s] %3.0f %%, ", line, 100 * share);
    if (left < 100)
        fprintf(stderr, "%.0f s left", left);
    else if (left < INFINITY)
        fprintf(stderr, "%.0f min left", left / 60);
    fprintf(stderr, "  %s\033[K", bar->what);
    fflush(stderr);
    bar->shown = true;
    bar->next = now + EVERY;
}

void progress_step(progress *bar) { progress_show(bar, (double)++bar->done / (double)(bar->total > 0 ? bar->total : 1)); }

void progress_end(progress *bar)
{
    if (bar->shown) fputs("\r\033[K", stderr);
    bar->shown = false;
}
