/* The report of values that are far from the others of their column. */
#include "outlier_report.h"

#include <inttypes.h>
#include <stdlib.h>

#include "ermopt/preparation.h"

/* What is sorted: the columns by their worst score. */
typedef struct suspect {
    double score;
    int64_t column;
} suspect;

static int compare(const void *a, const void *b)
{
    const suspect *const x = a, *const y = b;
    if (x->score != y->score) return x->score < y->score ? 1 : -1;
    return (x->column > y->column) - (x->column < y->column);
}

static void print_column(FILE *out, const erm_data *data, const erm_outlier_column *column, int64_t j)
{
    if (data->set.feature_name)
        fprintf(out, "           %-20s", data->set.feature_name[j]);
    else
        fprintf(out, "           %-20" PRId64, j + data->set.index_base);
    fprintf(out, " %6" PRId64 " of median %.6g, spread %.6g:", column->count, column->median, column->spread);
    for (int t = 0; t < ERM_OUTLIERS_WORST && t < column->count && column->worst[t].score > 0; t++) {
        fprintf(out, "%s %.6g", t > 0 ? "," : "", column->worst[t].value);
        if (column->worst[t].row >= 0)
            fprintf(out, " (row %" PRId64 ", score %.3g)", column->worst[t].row + 1, column->worst[t].score);
    }
    fputc('\n', out);
}

erm_status outliers_print(FILE *out, const erm_data *data, double threshold, int64_t most, char *detail)
{
    const int64_t d = data->X->cols;
    erm_outlier_column *const column = calloc((size_t)d + 1, sizeof *column);
    suspect *const order = calloc((size_t)d + 1, sizeof *order);
    erm_status status = column && order ? erm_outliers_find(data->X, threshold, column, detail) : ERM_ENOMEM;
    int64_t count = 0, values = 0, missing = 0;
    for (int64_t j = 0; j < d && status == ERM_OK; j++) {
        values += column[j].count;
        missing += column[j].missing;
        if (column[j].count > 0) order[count++] = (suspect){column[j].worst[0].score, j};
    }
    if (status == ERM_OK) {
        qsort(order, (size_t)count, sizeof *order, compare);
        fprintf(out, "outliers   %" PRId64 " values in %" PRId64 " of %" PRId64 " columns; %" PRId64 " values are missing\n",
                values, count, d, missing);
        for (int64_t t = 0; t < count && t < most; t++) print_column(out, data, &column[order[t].column], order[t].column);
        if (count > most) fprintf(out, "           and %" PRId64 " columns more\n", count - most);
    }
    free(column);
    free(order);
    return status;
}
