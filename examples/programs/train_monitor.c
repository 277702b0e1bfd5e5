/* What happens during a fit: the progress line, the trace, and Ctrl-C. */
#include "train_monitor.h"

#include <inttypes.h>
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

train_monitor train_monitor_start(FILE *trace, bool progress)
{
    if (trace) fputs("epoch,passes,seconds,primal,dual,gap,kkt\n", trace);
    return (train_monitor){.trace = trace, .traced = -1, .progress = progress};
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

bool train_monitor_call(const erm_progress *now, void *data)
{
    train_monitor *monitor = data;
    if (monitor->trace && now->fresh) trace_row(monitor, now->epoch, now->passes, now->seconds, &now->certificate);
    if (monitor->progress && now->fresh && now->seconds >= monitor->next) {
        erm_monitor_print(now, stderr);
        monitor->shown = true;
        monitor->next = now->seconds + 0.1;
    }
    return !interrupted;
}

void train_monitor_end(train_monitor *monitor, const erm_result *result)
{
    if (monitor->shown) fputs("\r\033[K", stderr);
    if (monitor->trace && monitor->traced != result->epochs)
        trace_row(monitor, result->epochs, result->passes, result->seconds, &result->certificate);
}
