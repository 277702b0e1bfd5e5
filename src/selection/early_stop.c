/* Early stopping on held-out rows: the monitor, and the best W (Prechelt 1998, "Early stopping - but
 * when?", the rule of patience). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "ermopt/selection.h"

enum { DEFAULT_PATIENCE = 10 };

erm_status erm_early_stop_open(const erm_problem *held_out, erm_metric metric, int64_t patience, erm_early_stop *stop,
                               char *detail)
{
    if (!stop) return erm__fail(detail, ERM_EINVAL, "erm_early_stop_open needs a place for its monitor");
    *stop = (erm_early_stop){0};
    if (patience < 0) return erm__fail(detail, ERM_EINVAL, "patience = %lld is negative", (long long)patience);
    erm_status status = erm_problem_check(held_out, detail);
    if (!status) status = erm_metric_check(held_out, metric, detail);
    if (status) return status;
    const int64_t k = held_out->k ? held_out->k : 1;
    double *const w = calloc((size_t)erm_problem_size(held_out) + 1, sizeof *w);
    double *const margin = malloc((size_t)(held_out->X->rows * k) * sizeof *margin);
    if (!w || !margin) {
        free(w);
        free(margin);
        return erm__fail(detail, ERM_ENOMEM, "%s", erm_status_text(ERM_ENOMEM));
    }
    *stop = (erm_early_stop){.held_out = held_out,
                             .metric = metric,
                             .patience = patience ? patience : DEFAULT_PATIENCE,
                             .w = w,
                             .value = NAN,
                             .margin = margin};
    return ERM_OK;
}

static bool better(const erm_early_stop *stop, double value)
{
    return isnan(stop->value) || (stop->metric == ERM_METRIC_AUC ? value > stop->value : value < stop->value);
}

bool erm_early_stop_monitor(const erm_progress *now, void *data)
{
    erm_early_stop *const stop = data;
    double value;
    erm_problem_margins(stop->held_out, now->w, stop->margin);
    stop->status = erm_problem_risk(stop->held_out, stop->metric, stop->margin, &value, NULL);
    if (stop->status) return false;
    if (now->epoch == 0 || better(stop, value)) {
        memcpy(stop->w, now->w, (size_t)erm_problem_size(stop->held_out) * sizeof *stop->w);
        stop->value = value;
        stop->epoch = now->epoch;
    }
    const bool wanted = !stop->next || stop->next(now, stop->next_data);
    return wanted && now->epoch - stop->epoch < stop->patience;
}

void erm_early_stop_close(erm_early_stop *stop)
{
    if (!stop) return;
    free(stop->w);
    free(stop->margin);
    *stop = (erm_early_stop){0};
}
