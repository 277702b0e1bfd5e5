/* Opens a file to be read by blocks of rows. */
#include "base/detail.h"
#include "io/readers.h"
#include "io/row_source.h"

enum { PEEKED = 1 << 16 };

/* An open input, after a look at the arguments that all readers have. */
static erm_status open_input(const char *path, const void *options, erm_reader **reader, erm__input **input, char *detail)
{
    if (!reader) return erm__fail(detail, ERM_EINVAL, "no place for the reader");
    *reader = NULL;
    if (!path || !options) return erm__fail(detail, ERM_EINVAL, "no %s", path ? "options to read by" : "path to read from");
    return erm__input_open(path, input, detail);
}

erm_status erm_reader_open_libsvm(const char *path, const erm_libsvm_options *options, erm_reader **reader, char *detail)
{
    erm__input *input;
    const erm_status status = open_input(path, options, reader, &input, detail);
    return status == ERM_OK ? erm__reader_libsvm(input, options, reader, detail) : status;
}

erm_status erm_reader_open_csv(const char *path, const erm_csv_options *options, erm_reader **reader, char *detail)
{
    erm__input *input;
    const erm_status status = open_input(path, options, reader, &input, detail);
    return status == ERM_OK ? erm__reader_csv(input, options, 0, reader, detail) : status;
}

erm_status erm_reader_open(const char *path, const erm_data_options *options, erm_reader **reader, char *detail)
{
    erm__input *input;
    erm_status status = open_input(path, options, reader, &input, detail);
    if (status != ERM_OK) return status;
    erm_format format = options->format;
    if (format == ERM_FORMAT_ANY) {
        const char *bytes;
        size_t count;
        status = erm__input_peek(input, PEEKED, &bytes, &count, detail);
        if (status == ERM_OK) format = erm__format_of(erm__input_name(input), bytes, count);
    }
    if (status == ERM_OK && format == ERM_FORMAT_LIBSVM) return erm__reader_libsvm(input, &options->libsvm, reader, detail);
    if (status == ERM_OK && format == ERM_FORMAT_CSV && options->csv.features)
        return erm__reader_csv(input, &options->csv, options->libsvm.threads, reader, detail);
    if (status == ERM_OK)
        status = erm__fail(detail, ERM_EUNSUPPORTED, "%s: %s is not read by blocks%s", erm__input_name(input),
                           erm_format_name(format), format == ERM_FORMAT_CSV ? " unless the features are known" : "");
    erm__input_close(input);
    return status;
}
