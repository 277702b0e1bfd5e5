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

void train_monitor_start_trace(FILE *trace) { fputs("epoch,passes,seconds,primal,dual,gap,kkt\n", trace); }

static void trace_row(FILE *trace, const erm_progress *now)
{
    const erm_certificate *c = &now->certificate;
    const double column[] = {now->passes, now->seconds, c->primal, c->dual, c->gap, c->kkt};
    char text[NUMBER_SIZE];
    fprintf(trace, "%" PRId64, now->epoch);
    for (int i = 0; i < 6; i++) fprintf(trace, ",%s", number_text(column[i], text));
    fputc('\n', trace);
}

bool train_monitor_call(const erm_progress *now, void *data)
{
    train_monitor *monitor = data;
    if (monitor->trace && now->fresh) trace_row(monitor->trace, now);
    if (monitor->progress && now->seconds >= monitor->next) {
        erm_monitor_print(now, stderr);
        monitor->shown = true;
        monitor->next = now->seconds + 0.1;
    }
    return !interrupted;
}

void train_monitor_end(train_monitor *monitor)
{
    if (monitor->shown) fputs("\r\033[K", stderr);
    monitor->shown = false;
}
