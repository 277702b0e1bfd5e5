/* Files of other projects' tests, read as their index says: $ERMOPT_DATA/conformance holds them; skipped
 * where it is not there. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "ermopt/dataset.h"

/* What a file is refused with, behind its name, or else what is read: the labels of LIBSVM text, the features of a table, then
 * behind a colon the values of each row. Indices count from 1. Tables are read without labels, missing cells as zeros. */
typedef struct expectation {
    const char *file, *complaint, *content;
} expectation;

static const expectation EXPECTED[] = {
    {"libsvm/svmlight_classification.txt", NULL, "1 2 3 4 1 2: 3:2.5 11:-5.2 16:1.5; 6:1 13:-3; 21:27; 2:1.23457e+10;; 3:0;"},
    {"libsvm/svmlight_invalid.txt", NULL, "python 2 3: 2:2.5 10:-5.2 15:1.5; 5:1 12:-3; 20:27;"},
    {"libsvm/svmlight_invalid_order.txt", ":1: field is '2:-5.2'; expected an index above 5, as indices rise within a row", NULL},
    {"libsvm/svmlight_multilabel.txt", ":2: label is '1,0'; expected one label a row, not several", NULL},
    {"libsvm/systemds_test1.libsvm", NULL,
     "-1 -1 1 1 1 1 1: 1:0.25 2:1 3:0.1; 1:0.4 2:0.5 3:0.3; 1:0.1 2:0.2 3:0.1; 1:0.4 2:0.53 3:0.01; 1:0.2 2:0.34 3:0.31; 1:0.3 "
     "2:0.36 3:0.21; 1:0.14 2:0.43 3:0.41;"},
    {"libsvm/systemds_test3.libsvm", NULL,
     "-1 -1 1 1 1 1 1: 1:0.25 2:1 3:0.1 4:0.3; 2:0.5 3:0.3 4:0.2; 1:0.1 3:0.1 4:0.7; 1:0.4 2:0.53 3:0.01; 1:0.2 2:0.34 3:0.31 "
     "4:0.3; 1:0.3 2:0.36 3:0.21 4:0.6; 1:0.14 2:0.43 3:0.41 4:0.9;"},
    {"libsvm/systemds_transfusion_1.libsvm", NULL,
     "1 1 -1 1 1 -1: 1:0.25 2:1; 1:0.4 2:0.5; 1:0.5 2:0.15; 1:0.5 2:0.15; 1:0.5 2:0.15; 1:0.5 2:0.15;"},
    {"libsvm/systemds_transfusion_3.libsvm", NULL,
     "1 2 3 4 5 6: 1:0.25 2:1; 1:0.4 2:0.5; 1:0.5 2:0.15; 1:0.5 2:0.15; 1:0.5 2:0.15; 1:0.5 2:0.15;"},
    {"libsvm/rustysci_test.libsvm", NULL,
     "0 0 0 1 1 34.14 1.4 2 4 -6: 1:5.1 2:3.5 3:1.4 4:0.2; 1:4.9 2:3 3:1.4 4:0.2; 1:4.7 2:3.2 3:1.3 4:0.2; 1:4.6 2:3.1 3:1.5 "
     "4:0.2; 1:5 2:3.6 3:1.4 4:0.2; 1:5.4 2:3.9 3:1.7 4:0.4; 1:4.6 2:3.4 3:1.4 4:0.3; 1:5 2:3.4 3:1.5 4:0.2; 1:4.4 2:2.9 3:1.4 "
     "4:0.2; 1:4.9 2:3.1 3:1.5 4:0.1;"},
    {"libsvm/rustysci_test2.libsvm", NULL,
     "Iris-Setosa Iris-Setosa Iris-Setosa Iris-Versicolor Iris-Virginica Iris-Virginica Iris-Setosa Iris-Setosa Iris-Versicolor "
     "Iris-Versicolor: 1:5.1 2:3.5 3:1.4 4:0.2; 1:4.9 2:3 3:1.4 4:0.2; 1:4.7 2:3.2 3:1.3 4:0.2; 1:4.6 2:3.1 3:1.5 4:0.2; 1:5 "
     "2:3.6 3:1.4 4:0.2; 1:5 2:3.6 3:1.4 4:0.2; 1:4.9 2:3 3:1.4 4:0.2; 1:4.7 2:3.2 3:1.3 4:0.2; 1:4.6 2:3.1 3:1.5 4:0.2; 1:4.6 "
     "2:3.1 3:1.5 4:0.2;"},
    {"csv/spectrum_comma_in_quotes.csv", NULL,
     "first=John|last=Doe|address=120 any st.|city=Anytown, WW|zip: 1:1 2:1 3:1 4:1 5:8123;"},
    {"csv/spectrum_empty.csv", NULL, "a|b|c: 1:1; 1:2 2:3 3:4;"},
    {"csv/spectrum_empty_crlf.csv", NULL, "a|b|c: 1:1; 1:2 2:3 3:4;"},
    {"csv/spectrum_escaped_quotes.csv", NULL, "a|b=ha \"ha\" ha|b=4: 1:1 2:1; 1:3 3:1;"},
    {"csv/spectrum_json.csv", NULL, "key|val={\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}: 1:1 2:1;"},
    {"csv/spectrum_newlines.csv", ":3: column 'a' is 'Once upon ...'; expected a number, as in the rows before", NULL},
    {"csv/spectrum_newlines_crlf.csv", ":3: column 'a' is 'Once upon ...'; expected a number, as in the rows before", NULL},
    {"csv/spectrum_quotes_and_newlines.csv", ":2: is not UTF-8 text of one line a cell: byte 0x0a", NULL},
    {"csv/spectrum_simple.csv", NULL, "a|b|c: 1:1 2:2 3:3;"},
    {"csv/spectrum_simple_crlf.csv", NULL, "a|b|c: 1:1 2:2 3:3;"},
    {"csv/spectrum_utf8.csv", ":3: column 'c' is 'ʤ'; expected a number, as in the rows before", NULL},
    {"csv/dt_536_fread_fill_1.txt", ":6: the row has 2 cells; expected 3, as in line 1", NULL},
    {"csv/dt_536_fread_fill_3_extreme.txt", ":2: is not UTF-8 text of one line a cell: byte 0x0a", NULL},
    {"csv/dt_536_fread_fill_4.txt", ":7: the row has 2 cells; expected 3, as in line 1", NULL},
    {"csv/dt_doublequote_newline.csv", ":9: is not UTF-8 text of one line a cell: byte 0x0a", NULL},
    {"csv/dt_fread_blank.txt", NULL,
     "a|b|c: 1:1 2:2 3:3; 1:1 2:2 3:3; 1:1 2:2 3:3; 1:1 2:2 3:3; 1:1 2:2 3:3; 1:1 2:2 3:3; 1:1 2:2 3:3; 1:1 2:2 3:3;"},
    {"csv/dt_fread_blank2.txt", NULL, "a|b|c: 1:1 2:2 3:3; 1:1 2:2 3:3; 1:1 2:2 3:3; 1:1 2:2 3:3; 1:1 2:2 3:3;"},
    {"csv/dt_issue_1087_utf8_bom.csv", NULL, "a|b|c: 1:1 2:2 3:3;"},
    {"csv/dt_issue_1330_fread.txt", NULL, "a|b: 1:1 2:1; 1:2 2:2; 1:3 2:3; 1:4 2:4; 1:5 2:5;"},
    {"csv/dt_issue_3400_fread.txt", ":5: is not UTF-8 text of one line a cell: byte 0x00", NULL},
    {"csv/dt_russellCRLF.csv", ":2: is not UTF-8 text of one line a cell: byte 0xae", NULL},
    {"csv/dt_russellCRCRLF.csv", ":1: a carriage return stands before no line feed; lines end with LF or CR LF", NULL},
    {"csv/dt_utf16le.txt", ": is UTF-16; expected UTF-8", NULL},
    {"csv/dt_utf16be.txt", ": is UTF-16; expected UTF-8", NULL},
    {"csv/dt_unescaped.csv", ":2: something follows a closing quote; a quote inside a quoted cell is doubled", NULL},
    {"csv/dt_quoted_no_header.csv", NULL,
     "1=John|1=Jack|1=John \"Da Man\"|1=Stephen|1=Joan \"the bone\", "
     "Anne|2=Doe|2=McGinnis|2=Repici|2=Tyler|2=Blankman|2=Jet|3=120 jefferson st.|3=220 hobo Av.|3=120 Jefferson St.|3=7452 "
     "Terrace \"At the Plaza\" road|3=9th, at Terrace plc|4=Riverside|4=Phila|4=SomeTown|4=Desert City|5=NJ|5=PA|5=SD|5=CO|6: "
     "1:1 6:1 12:1 17:1 21:1 25:8075; 2:1 7:1 13:1 18:1 22:1 25:9119; 3:1 8:1 14:1 17:1 21:1 25:8075; 4:1 9:1 15:1 19:1 23:1 "
     "25:91234; 10:1 19:1 23:1 25:298; 5:1 11:1 16:1 20:1 24:1 25:123;"},
    {"csv/readr_eol-cr.csv", ":1: a carriage return stands before no line feed; lines end with LF or CR LF", NULL},
    {"csv/readr_eol-crlf.csv", NULL, "x|y=a|y=b|y=c: 1:1 2:1; 1:2 3:1; 1:3 4:1;"},
    {"csv/readr_eol-lf.csv", NULL, "x|y=a|y=b|y=c: 1:1 2:1; 1:2 3:1; 1:3 4:1;"},
    {"csv/readr_enc-iso-8859-1.txt", ":1: is not UTF-8 text of one line a cell: byte 0xe7", NULL},
};
enum { EXPECTED_COUNT = sizeof EXPECTED / sizeof *EXPECTED };

static const char *folder(void)
{
    static char path[1024];
    const char *data = getenv("ERMOPT_DATA");
    snprintf(path, sizeof path, "%s/conformance", data ? data : "");
    char index[1100];
    snprintf(index, sizeof index, "%s/INDEX.csv", path);
    FILE *file = data ? fopen(index, "r") : NULL;
    if (file) fclose(file);
    return file ? path : NULL;
}

static bool is_libsvm(const char *file) { return strncmp(file, "libsvm/", 7) == 0; }

static erm_status read_file(const char *root, const char *file, erm_dataset *data, char *detail)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", root, file);
    const erm_csv_options options = {.label = "", .missing = ERM_MISSING_ZERO};
    return is_libsvm(file) ? erm_dataset_read_libsvm(path, NULL, data, detail)
                           : erm_dataset_read_csv(path, &options, data, detail);
}

static void describe(const char *file, const erm_dataset *data, FILE *out)
{
    const bool libsvm = is_libsvm(file);
    for (int64_t i = 0; libsvm && i < data->rows; i++) {
        if (i > 0) fputc(' ', out);
        if (data->label_name)
            fputs(data->label_name[(int64_t)data->y[i]], out);
        else
            fprintf(out, "%g", data->y[i]);
    }
    for (int64_t j = 0; !libsvm && j < data->cols; j++) fprintf(out, "%s%s", j > 0 ? "|" : "", data->feature_name[j]);
    fputc(':', out);
    for (int64_t i = 0; i < data->rows; i++) {
        for (int64_t p = data->start[i]; p < data->start[i + 1]; p++)
            fprintf(out, " %d:%g", (int)data->index[p] + 1, data->value[p]);
        fputc(';', out);
    }
}

static void check_file(const char *root, const expectation *expected)
{
    erm_dataset data;
    char detail[ERM_DETAIL_SIZE] = "", *text = NULL;
    size_t size = 0;
    const erm_status status = read_file(root, expected->file, &data, detail);
    if (status != ERM_OK) {
        const char *name = strrchr(expected->file, '/') + 1, *behind = strstr(detail, name);
        if (!expected->complaint || status != ERM_EDATA || !behind || strcmp(behind + strlen(name), expected->complaint) != 0)
            fail_case("%s is refused with: %s", expected->file, detail);
        return;
    }
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    describe(expected->file, &data, out);
    fclose(out);
    if (!expected->content || strcmp(text, expected->content) != 0) fail_case("%s is read as %s", expected->file, text);
    free(text);
    erm_dataset_free(&data);
}

static void files_of_other_projects_are_read_or_refused_as_expected(void **state)
{
    (void)state;
    const char *root = folder();
    if (!root) {
        print_message("ERMOPT_DATA names no folder with conformance/INDEX.csv\n");
        skip();
    }
    for (int e = 0; e < EXPECTED_COUNT; e++) check_file(root, &EXPECTED[e]);
}

static void every_file_of_the_index_is_checked(void **state)
{
    (void)state;
    const char *root = folder();
    if (!root) skip();
    erm_dataset index;
    char path[1200], detail[ERM_DETAIL_SIZE];
    snprintf(path, sizeof path, "%s/INDEX.csv", root);
    const char *const words[] = {"file"};
    const erm_csv_options options = {.label = "file", .words = words, .word_columns = 1};
    if (erm_dataset_read_csv(path, &options, &index, detail) != ERM_OK) fail_case("%s", detail);
    for (int64_t f = 0; f < index.label_names; f++) {
        bool found = false;
        for (int e = 0; e < EXPECTED_COUNT; e++) found = found || strcmp(EXPECTED[e].file, index.label_name[f]) == 0;
        if (!found) fail_case("%s is not checked", index.label_name[f]);
    }
    assert_int_equal(index.rows, EXPECTED_COUNT);
    erm_dataset_free(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_other_projects_are_read_or_refused_as_expected),
        cmocka_unit_test(every_file_of_the_index_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
