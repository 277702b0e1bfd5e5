/* A bar with the time that is left. */
#include "progress.h"

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

void progress_show(progress *bar, int64_t done, int64_t total)
{
    const double now = seconds_now();
    if (!bar->wanted || now < bar->next || total <= 0) return;
    const double share = (double)done / (double)total, left = share > 0 ? (now - bar->start) * (1 - share) / share : 0;
    char line[WIDTH + 1] = "";
    for (int i = 0; i < WIDTH; i++) line[i] = (double)i < share * WIDTH ? '#' : '.';
    fprintf(stderr, "\r[%s] %3.0f %%, ", line, 100 * share);
    if (left < 100)
        fprintf(stderr, "%.0f s left", left);
    else
        fprintf(stderr, "%.0f min left", left / 60);
    fprintf(stderr, "  %s\033[K", bar->what);
    fflush(stderr);
    bar->shown = true;
    bar->next = now + EVERY;
}

void progress_step(progress *bar) { progress_show(bar, ++bar->done, bar->total); }

void progress_end(progress *bar)
{
    if (bar->shown) fputs("\r\033[K", stderr);
    bar->shown = false;
}
