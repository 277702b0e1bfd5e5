/* What happens during a fit: the progress bar, the trace, and Ctrl-C. */
#include "train_monitor.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>

#include "figures.h"

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

void train_monitor_catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND}, old;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < 2; i++) /* a signal that the caller had us ignore (nohup) stays ignored */
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(numbers[i], &action, NULL);
}

train_monitor train_monitor_start(FILE *trace, bool quiet)
{
    if (trace) fputs("epoch,passes,seconds,primal,dual,gap,kkt\n", trace);
    return (train_monitor){.trace = trace, .traced = -1, .bar = progress_start("", !quiet)};
}

static void trace_row(train_monitor *monitor, int64_t epoch, double passes, double seconds, const erm_certificate *c)
{
    const double column[] = {passes, seconds, c->primal, c->dual, c->gap, c->kkt};
    char text[NUMBER_SIZE];
    fprintf(monitor->trace, "%" PRId64, epoch);
    for (int i = 0; i < 6; i++) fprintf(monitor->trace, ",%s", number_text(column[i], text));
    fputc('\n', monitor->trace);
    monitor->traced = epoch;
}

/* How far the fit has come, as if its gap fell by the same factor in the same time; or of its epochs, if that is more. */
static double share_done(const train_monitor *monitor, const erm_progress *now)
{
    const double way = log(monitor->first_gap / now->tol), done = log(monitor->first_gap / now->relative_gap);
    const double share = way > 0 && done > 0 && isfinite(done) ? fmin(1, done / way) : 0;
    return fmax(share, (double)now->epoch / (double)now->max_epochs);
}

static void show(train_monitor *monitor, const erm_progress *now)
{
    if (!(monitor->first_gap > 0) && isfinite(now->relative_gap)) monitor->first_gap = now->relative_gap;
    if (!progress_is_due(&monitor->bar)) return;
    snprintf(monitor->what, sizeof monitor->what, "epoch %" PRId64 ", objective %.8g, relative %s %.1e of %.0e", now->epoch,
             now->certificate.primal, now->certificate.kind == ERM_CERTIFICATE_GAP ? "gap" : "residual", now->relative_gap,
             now->tol);
    monitor->bar.what = monitor->what;
    progress_show(&monitor->bar, share_done(monitor, now));
}

bool train_monitor_call(const erm_progress *now, void *data)
{
    train_monitor *monitor = data;
    if (monitor->trace && now->fresh) trace_row(monitor, now->epoch, now->passes, now->seconds, &now->certificate);
    if (now->fresh) show(monitor, now);
    return !interrupted;
}

void train_monitor_end(train_monitor *monitor, const erm_result *result)
{
    progress_end(&monitor->bar);
    if (monitor->trace && monitor->traced != result->epochs)
        trace_row(monitor, result->epochs, result->passes, result->seconds, &result->certificate);
}
