/* Values far from the others of their column, by robust z-scores.
 * Iglewicz and Hoaglin (1993), "How to Detect and Handle Outliers", ASQC. */
#include <math.h>
#include <stdlib.h>

#include "base/detail.h"
#include "matrix/scan.h"
#include "matrix/view_imputed.h"
#include "preparation/column_values.h"

#include "ermopt/preparation.h"

/* Of a normal distribution: the median absolute deviation is 0.6745 standard deviations, the mean one
 * sqrt(2 / pi) = 1 / 1.2533. */
static const double median_share = 0.67448975019608171, mean_factor = 1.2533141373155003;

static double score_of(const erm_outlier_column *column, double x)
{
    return column->spread > 0 ? fabs(x - column->median) / column->spread : 0;
}

static void describe_column(int64_t j, int64_t count, erm__weighted *entry, void *context)
{
    erm_outlier_column *const column = (erm_outlier_column *)context + j;
    column->median = erm__weighted_median(count, entry);
    double sum = 0, total = 0;
    for (int64_t t = 0; t < count; t++) {
        entry[t].value = fabs(entry[t].value - column->median);
        sum += entry[t].weight * entry[t].value;
        total += entry[t].weight;
    }
    erm__weighted_sort(count, entry);
    column->spread = erm__weighted_median(count, entry) / median_share;
    if (column->spread == 0 && total > 0) column->spread = mean_factor * (sum / total);
}

typedef struct search {
    erm_outlier_column *column;
    int64_t *stored;
    double threshold;
} search;

static void note(erm_outlier_column *column, int64_t row, double value, double score)
{
    int place = ERM_OUTLIERS_WORST;
    while (place > 0 && score > column->worst[place - 1].score) place--;
    if (place == ERM_OUTLIERS_WORST) return;
    for (int t = ERM_OUTLIERS_WORST - 1; t > place; t--) column->worst[t] = column->worst[t - 1];
    column->worst[place].row = row;
    column->worst[place].value = value;
    column->worst[place].score = score;
}

static void look(const erm_piece *piece, void *context)
{
    search *all = context;
    for (int64_t p = 0; p < piece->count; p++) {
        const int64_t place = erm__piece_place(piece, p);
        const int64_t i = piece->column ? place : piece->line, j = piece->column ? piece->line : place;
        erm_outlier_column *const column = &all->column[j];
        const double x = piece->value[p], score = isnan(x) ? 0 : score_of(column, x);
        all->stored[j]++;
        column->missing += isnan(x);
        if (!(score > all->threshold)) continue;
        column->count++;
        note(column, i, x, score);
    }
}

erm_status erm_outliers_find(const erm_matrix *X, double threshold, erm_outlier_column *column, char *detail)
{
    if (!X || !X->ops || !column || !(threshold >= 0))
        return erm__fail(detail, ERM_EINVAL, "no matrix, no room for its columns, or a threshold below 0");
    erm_status status = erm__check_but_missing(X, "report", detail);
    if (status != ERM_OK) return status;
    if (!erm__can_scan(X))
        return erm__fail(detail, ERM_EUNSUPPORTED, "a %s matrix has no scan to find outliers by", X->ops->name);
    for (int64_t j = 0; j < X->cols; j++) column[j] = (erm_outlier_column){0};
    search all = {.column = column, .stored = calloc((size_t)X->cols + 1, sizeof *all.stored)};
    all.threshold = threshold > 0 ? threshold : 3.5;
    status = all.stored ? erm__column_values(X, NULL, describe_column, column) : ERM_ENOMEM;
    if (status == ERM_OK) X->ops->scan(X, (erm_rows){.count = X->rows}, look, &all);
    for (int64_t j = 0; j < X->cols && status == ERM_OK; j++) {
        const double score = score_of(&column[j], 0);
        if (all.stored[j] == X->rows || !(score > all.threshold)) continue;
        column[j].count += X->rows - all.stored[j];
        note(&column[j], -1, 0, score);
    }
    free(all.stored);
    return status == ERM_ENOMEM ? erm__fail(detail, status, "%s", erm_status_text(status)) : status;
}
