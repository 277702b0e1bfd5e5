/* CSV text from a file: from its beginning to its end, as a quoted cell may hold line breaks. */
#include <inttypes.h>
#include <stdbool.h>

#include "base/detail.h"
#include "ermopt/dataset.h"
#include "io/csv_record.h"
#include "io/input.h"
#include "io/lines.h"
#include "io/readers.h"

static erm_status read_table(erm__input *input, erm__csv *csv, char *detail)
{
    const char *name = erm__input_name(input), *begin, *end;
    erm__lines lines = erm__lines_all(input);
    erm_status status;
    bool at_beginning = true;
    while ((status = erm__lines_next(&lines, &begin, &end, detail)) == ERM_OK && begin < end) {
        if (at_beginning) status = erm__csv_check_mark(name, &begin, end, detail);
        at_beginning = false;
        if (status == ERM_OK) status = erm__csv_records(csv, name, begin, end, &begin, detail);
        if (status != ERM_OK) break;
        erm__lines_keep(&lines, begin);
    }
    if (status == ERM_OK && at_beginning) status = erm__fail(detail, ERM_EDATA, "%s: is empty", name);
    if (status == ERM_OK && erm__lines_kept(&lines))
        status = erm__fail(detail, ERM_EDATA, "%s:%" PRId64 ": a quote is opened in this row and never closed", name, csv->line);
    erm__lines_free(&lines);
    return status;
}

erm_status erm__csv_read(erm__input *input, const erm_csv_options *options, erm_dataset *dataset, char *detail)
{
    erm__csv csv = {.options = options, .line = 1};
    erm_status status = read_table(input, &csv, detail);
    if (status == ERM_OK) status = erm__table_encode(&csv.table, erm__input_name(input), options, dataset, detail);
    erm__csv_free(&csv);
    return status;
}

erm_status erm_dataset_read_csv(const char *path, const erm_csv_options *options, erm_dataset *dataset, char *detail)
{
    static const erm_csv_options defaults = {0};
    if (!dataset) return erm__fail(detail, ERM_EINVAL, "no data set to read into");
    *dataset = (erm_dataset){0};
    if (!path) return erm__fail(detail, ERM_EINVAL, "no path to read from");
    erm__input *input;
    erm_status status = erm__input_open(path, &input, detail);
    if (status != ERM_OK) return status;
    status = erm__csv_read(input, options ? options : &defaults, dataset, detail);
    erm__input_close(input);
    return status;
}
