/* Writes a data set in another format: erm_convert [options] IN OUT; see --help. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ermopt.h"
#include "programs/convert_options.h"
#include "programs/json.h"
#include "programs/message.h"
#include "programs/output.h"

const char *const program_name = "erm_convert";

static int failed(erm_status status, const char *detail)
{
    const int code = status == ERM_EIO ? EXIT_OTHER : status == ERM_EINVAL ? EXIT_DATA : exit_for(status);
    return complain(code, "%s", detail[0] ? detail : erm_status_text(status));
}

/* ---- formats --------------------------------------------------------------------------------------------------------------- */

static erm_status write_binary(const convert_options *options, const erm_data *data, char *detail)
{
    const erm_binary_options how = {.X = data->set.start ? NULL : data->X,
                                    .single = options->single,
                                    .layout = options->dense    ? ERM_LAYOUT_DENSE
                                              : options->sparse ? ERM_LAYOUT_SPARSE
                                                                : ERM_LAYOUT_AUTO};
    return erm_dataset_write_binary(&data->set, &how, options->output, detail);
}

/* Text is written from rows in memory, which are made where they are not there. */
static erm_status write_text(const convert_options *options, const erm_data *data, char *detail)
{
    erm_dataset set = data->set;
    erm_matrix_copy copy = {.bytes = 0};
    erm_status status = set.start ? ERM_OK : erm_csr_from(data->X, NULL, &copy, detail);
    if (status != ERM_OK) return status;
    if (!set.start) {
        set.nnz = copy.matrix.base.nnz;
        set.start = copy.start;
        set.index = copy.index;
        set.value = copy.values;
    }
    status = erm_data_status(data, detail);
    if (status == ERM_OK)
        status = options->format == ERM_FORMAT_CSV ? erm_dataset_write_csv(&set, options->separator, options->output, detail)
                                                   : erm_dataset_write_libsvm(&set, options->output, detail);
    erm_matrix_copy_free(&copy);
    return status;
}

static erm_status write_array(const convert_options *options, const erm_data *data, char *detail)
{
    const erm_copy_options how = {.single = options->single || strstr(data->X->ops->name, "f32")};
    erm_matrix_copy copy;
    erm_status status = erm_dense_from(data->X, &how, &copy, detail);
    if (status != ERM_OK) return status;
    const erm_array values = {.rows = data->set.rows, .cols = data->set.cols, .single = how.single, .values = copy.values};
    const erm_array labels = {.rows = data->set.rows, .cols = 1, .values = data->set.y};
    status = erm_data_status(data, detail);
    if (status == ERM_OK) status = erm_array_write_npy(&values, options->output, detail);
    if (status == ERM_OK && options->labels_out) status = erm_array_write_npy(&labels, options->labels_out, detail);
    erm_matrix_copy_free(&copy);
    return status;
}

static int write_data(const convert_options *options, const erm_data *data)
{
    char detail[ERM_DETAIL_SIZE] = "";
    erm_status status;
    if (options->labels_out && data->set.label_name)
        return complain(EXIT_DATA, "%s: its labels are words, as '%s', and %s can hold numbers alone", options->input,
                        data->set.label_name[0], options->labels_out);
    if (options->format == ERM_FORMAT_BINARY)
        status = write_binary(options, data, detail);
    else if (options->format == ERM_FORMAT_NPY)
        status = write_array(options, data, detail);
    else
        status = write_text(options, data, detail);
    return status == ERM_OK ? KEEP_GOING : failed(status, detail);
}

/* ---- report ---------------------------------------------------------------------------------------------------------------- */

static int report(const convert_options *options, const erm_data *data)
{
    const erm_dataset *set = &data->set;
    output out;
    if (options->quiet && !options->json) return EXIT_FINE;
    if (!output_open(NULL, &out)) return EXIT_OTHER;
    char digest[24];
    snprintf(digest, sizeof digest, "%016" PRIx64, erm_dataset_digest(set, data->X));
    if (options->json) {
        json writer = json_open(out.file);
        json_text(&writer, "from", erm_format_name(data->format));
        json_text(&writer, "to", erm_format_name(options->format));
        json_integer(&writer, "n", set->rows);
        json_integer(&writer, "d", set->cols);
        json_integer(&writer, "nnz", set->nnz);
        json_text(&writer, "digest", digest);
        json_close(&writer);
    } else {
        const bool lost = options->format == ERM_FORMAT_NPY && !options->labels_out;
        fprintf(out.file, "%s: %s, %" PRId64 " rows, %" PRId64 " columns, %" PRId64 " values, digest %s\n%s: %s%s\n",
                options->input, erm_format_name(data->format), set->rows, set->cols, set->nnz, digest, options->output,
                erm_format_name(options->format), lost ? ", without labels: see --labels-out" : "");
    }
    return output_commit(&out) ? EXIT_FINE : EXIT_OTHER;
}

int main(int argc, char **argv)
{
    convert_options options;
    erm_data data = {.format = ERM_FORMAT_ANY};
    int code = convert_options_parse(argc, argv, &options);
    if (code == KEEP_GOING && !(output_possible(options.output) && output_possible(options.labels_out))) code = EXIT_OTHER;
    if (code == KEEP_GOING) code = data_file_read(options.input, &options.reading, NULL, &data);
    if (code == KEEP_GOING) code = write_data(&options, &data);
    if (code == KEEP_GOING) code = report(&options, &data);
    erm_data_close(&data);
    return code;
}
