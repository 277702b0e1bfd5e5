/* CSV and TSV text: what is read, and what is refused with file, line and column. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "ermopt/dataset.h"
#include "temporary.h"

#define FILE_NAME "test_csv.txt"

static erm_status read_text(const char *text, size_t size, const erm_csv_options *options, erm_dataset *dataset, char *detail)
{
    temporary_write(FILE_NAME, text, size);
    detail[0] = '\0';
    const erm_status status = erm_dataset_read_csv(FILE_NAME, options, dataset, detail);
    unlink(FILE_NAME);
    return status;
}

static erm_dataset read_good(const char *text, const erm_csv_options *options)
{
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE];
    if (read_text(text, strlen(text), options, &dataset, detail) != ERM_OK) fail_case("'%s' is refused: %s", text, detail);
    return dataset;
}

/* "[a b] 1: a=2 b=3; ", labels and features by name. */
static void describe(const erm_dataset *dataset, char *text)
{
    text += sprintf(text, "[");
    for (int64_t j = 0; j < dataset->cols; j++) text += sprintf(text, "%s%s", j ? " " : "", dataset->feature_name[j]);
    text += sprintf(text, "] ");
    for (int64_t i = 0; i < dataset->rows; i++) {
        if (dataset->label_name)
            text += sprintf(text, "%s:", dataset->label_name[(int)dataset->y[i]]);
        else
            text += sprintf(text, "%g:", dataset->y[i]);
        for (int64_t p = dataset->start[i]; p < dataset->start[i + 1]; p++)
            text += sprintf(text, " %s=%g", dataset->feature_name[dataset->index[p]], dataset->value[p]);
        text += sprintf(text, "; ");
    }
}

static void tables_of_all_shapes_are_read(void **state)
{
    (void)state;
    const char *const zip[] = {"zip"};
    const struct {
        const char *text;
        erm_csv_options options;
        const char *expected;
    } cases[] = {
        {"a,b,y\n1,2,3\n4,0,6\n", {0}, "[a b] 3: a=1 b=2; 6: a=4; "},
        {"1,2,3\n4,5,6", {0}, "[1 2] 3: 1=1 2=2; 6: 1=4 2=5; "},
        {"a,b,y\r\n1,2,3\r\n", {0}, "[a b] 3: a=1 b=2; "},
        {"\xef\xbb\xbf"
         "a,y\n1,2\n",
         {0},
         "[a] 2: a=1; "},
        {"\n\na,y\n\n1,2\n  \n3,4\n\n", {0}, "[a] 2: a=1; 4: a=3; "},
        {"a\tb\ty\n1\t2\t3\n", {0}, "[a b] 3: a=1 b=2; "},
        {"a;b;y\n1;2;3\n", {0}, "[a b] 3: a=1 b=2; "},
        {"a,b;y\n1,5;3\n",
         {.separator = ';', .header = ERM_HEADER_YES, .words = (const char *[]){"a,b"}, .word_columns = 1},
         "[a,b=1,5] 3: a,b=1,5=1; "},
        {" a , b ,y\n 1 ,2  , 3\n", {0}, "[a b] 3: a=1 b=2; "},
        {"\"a\",\"b\"\"c\",\"y, z\"\n\"1\",\"2\",\"3\"\n", {0}, "[a b\"c] 3: a=1 b\"c=2; "},
        {"a,y\n\"1\" , \"2\"\n", {0}, "[a] 2: a=1; "},
        {"a,b,y\n1,2,3\n", {.label = "a"}, "[b y] 1: b=2 y=3; "},
        {"a,b,y\n1,2,3\n", {.label = "2"}, "[a y] 2: a=1 y=3; "},
        {"a,b,y\n1,2,3\n", {.label = ""}, "[a b y] 0: a=1 b=2 y=3; "},
        {"a,b\nc,d\n", {.header = ERM_HEADER_NO}, "[1=a 1=c] b: 1=a=1; d: 1=c=1; "},
        {"1,2\n3,4\n", {.header = ERM_HEADER_YES}, "[1] 4: 1=3; "},
        {"a,color,y\n1,red,no\n2,blue,yes\n3,red,no\n",
         {0},
         "[a color=red color=blue] no: a=1 color=red=1; yes: a=2 color=blue=1; no: a=3 color=red=1; "},
        {"c,y\n\"say \"\"x\"\", z\",1\n", {0}, "[c=say \"x\", z] 1: c=say \"x\", z=1; "},
        {"c,y\n\"\"\"\",1\n", {0}, "[c=\"] 1: c=\"=1; "},
        {"zip,y\n0123,1\n123,2\n", {.words = zip, .word_columns = 1}, "[zip=0123 zip=123] 1: zip=0123=1; 2: zip=123=1; "},
        {"a,b,y\n1,,3\nNA,2,4\n5,6,?\n7,8,9\n", {.missing = ERM_MISSING_SKIP_ROW}, "[a b] 9: a=7 b=8; "},
        {"a,c,y\n1,,3\nnan,r,4\n", {.missing = ERM_MISSING_ZERO}, "[a c=r] 3: a=1; 4: c=r=1; "},
        {"a,c,y\n1,,3\nnan,r,4\n,q,5\n", {.missing = ERM_MISSING_NAN}, "[a c=r c=q] 3: a=1; 4: a=nan c=r=1; 5: a=nan c=q=1; "},
        {"a,b,y\nNA,2,3\n?,0,4\n", {.missing = ERM_MISSING_NAN}, "[a b] 3: a=nan b=2; 4: a=nan; "},
        {"a,c,y\n1,q,3\n,r,4\n2,r,5\n", {.missing = ERM_MISSING_SKIP_ROW}, "[a c=q c=r] 3: a=1 c=q=1; 5: a=2 c=r=1; "},
        {"a,c,y\n,q,3\n1,r,4\n", {.missing = ERM_MISSING_SKIP_ROW}, "[a c=r] 4: a=1 c=r=1; "},
        {"y\n1\n2\n", {0}, "[] 1:; 2:; "},
        {"a,y\n1e400000,1\n", {.words = (const char *[]){"a"}, .word_columns = 1}, "[a=1e400000] 1: a=1e400000=1; "},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        erm_dataset dataset = read_good(cases[c].text, &cases[c].options);
        char text[1024];
        describe(&dataset, text);
        if (strcmp(text, cases[c].expected) != 0)
            fail_case("'%s' is read as\n  %s\nnot\n  %s", cases[c].text, text, cases[c].expected);
        erm_dataset_free(&dataset);
    }
}

static void bad_tables_are_refused_with_line_and_column(void **state)
{
    (void)state;
    const struct {
        const char *text;
        erm_csv_options options;
        const char *expected;
    } cases[] = {
        {"", {0}, ": is empty"},
        {"a,y\n", {0}, ": has no rows"},
        {"\n\n", {0}, ": has no rows"},
        {"a,y\n,1\n", {.missing = ERM_MISSING_SKIP_ROW}, ": has no rows"},
        {"a,b,y\n1,2\n", {0}, ":2: the row has 2 cells; expected 3, as in line 1"},
        {"\na,b,y\n1,2,3\n\n1,2,3,4\n", {0}, ":5: the row has more than 3 cells; expected 3, as in line 2"},
        {"a,y\n1,2\nx,3\n", {0}, ":3: column 'a' is 'x'; expected a number, as in the rows before"},
        {"a,y\n1,2\n1 2,3\n", {0}, ":3: column 'a' is '1 2'; expected a number, as in the rows before"},
        {"a,y\n1,2\n\"q\nr\",3\n", {0}, ":3: column 'a' is 'q...'; expected a number, as in the rows before"},
        {"a,y\n1,2\n1e999,3\n", {0}, ":3: column 'a' is '1e999'; expected a finite number"},
        {"a,y\n-inf,3\n", {0}, ":2: column 'a' is '-inf'; expected a finite number"},
        {"a,y\n1,2\n,3\n", {0}, ":3: column 'a' is ''; expected a value; this one is missing"},
        {"a,y\n1,2\n3,NA\n", {.missing = ERM_MISSING_NAN}, ":3: column 'y' is 'NA'; expected a value; this one is missing"},
        {"a,y\n1,2\n3,NA\n", {.missing = ERM_MISSING_ZERO}, ":3: column 'y' is 'NA'; expected a value; this one is missing"},
        {"a,y\n1,2\n\"3,4\n", {0}, ":3: a quote is opened in this row and never closed"},
        {"a,y\n\"x\"z,2\n", {0}, ":2: something follows a closing quote; a quote inside a quoted cell is doubled"},
        {"a,y\nx\"z,2\n", {0}, ":2: a quote stands inside a cell that is not quoted"},
        {"a,y\r1,2\r", {0}, ":1: a carriage return stands before no line feed; lines end with LF or CR LF"},
        {"a,y\n\"x\nz\",2\n", {0}, ":2: is not UTF-8 text of one line a cell: byte 0x0a"},
        {"a,y\n\xae,2\n", {0}, ":2: is not UTF-8 text of one line a cell: byte 0xae"},
        {"\xff\xfe"
         "a,y\n",
         {0},
         ": is UTF-16; expected UTF-8"},
        {"a,a,y\n1,2,3\n", {0}, ":1: column 'a' is 'a'; expected a name that no other column has"},
        {"a,y\n1,2\n", {.label = "z"}, ": has no column 'z' for the labels"},
        {"a,y\n1,2\n", {.label = "3"}, ": has no column '3' for the labels"},
        {"a,y\n1,2\n", {.words = (const char *[]){"b"}, .word_columns = 1}, ": has no column 'b' to hold words"},
        {"a,a=x,y\nx,1,2\n", {0}, ": two features would be called 'a=x'"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        erm_dataset dataset;
        char detail[ERM_DETAIL_SIZE];
        const erm_status status = read_text(cases[c].text, strlen(cases[c].text), &cases[c].options, &dataset, detail);
        if (status != ERM_EDATA || strncmp(detail, FILE_NAME, strlen(FILE_NAME)) != 0 ||
            strcmp(detail + strlen(FILE_NAME), cases[c].expected) != 0)
            fail_case("'%s' gives %s\n  %s\nnot\n  %s", cases[c].text, erm_status_text(status), detail, cases[c].expected);
        assert_null(dataset.start);
        assert_null(dataset.feature_name);
    }
}

static void a_nul_byte_is_named(void **state)
{
    (void)state;
    erm_dataset dataset;
    char detail[ERM_DETAIL_SIZE];
    assert_int_equal(read_text("a,y\n1,2\n\0,3\n", 12, NULL, &dataset, detail), ERM_EDATA);
    assert_string_equal(detail, FILE_NAME ":3: is not UTF-8 text of one line a cell: byte 0x00");
}

/* A test file may have its columns in another order, more of them, and other words. */
static void columns_are_matched_to_given_features(void **state)
{
    (void)state;
    const char *const names[] = {"a", "c=red", "c=blue", "b"};
    const erm_csv_options options = {.label = "y", .features = names, .feature_count = 4};
    erm_dataset dataset = read_good("b,id,c,a,y\n5,77,blue,6,1\n7,78,green,8,2\n", &options);
    char text[512];
    describe(&dataset, text);
    assert_string_equal(text, "[a c=red c=blue b] 1: a=6 c=blue=1 b=5; 2: a=8 b=7; ");
    erm_dataset_free(&dataset);

    char detail[ERM_DETAIL_SIZE];
    const char *lacking = "a,c,y\n1,red,1\n";
    assert_int_equal(read_text(lacking, strlen(lacking), &options, &dataset, detail), ERM_EDATA);
    assert_string_equal(detail, FILE_NAME ": has no column for the feature 'b'");
    const char *const twice[] = {"a", "a"};
    assert_int_equal(read_text("a,y\n1,2\n", 8, &(erm_csv_options){.features = twice, .feature_count = 2}, &dataset, detail),
                     ERM_EINVAL);
}

/* Quoted cells with line breaks lie across the ends of blocks that are read at once. */
static void a_file_of_many_blocks_is_read_in_order(void **state)
{
    (void)state;
    enum { ROWS = 30000 };
    char *text = malloc((size_t)ROWS * 64), *p = text;
    assert_non_null(text);
    p += sprintf(p, "a,c,skipped,y\n");
    for (int i = 0; i < ROWS; i++)
        p += i % 3 ? sprintf(p, "%d.5,w%d,x,%d\n", i, i % 50, -i)
                   : sprintf(p, "%d.5,\"w%d\",\"%s\",%d\r\n", i, i % 50, i % 9 ? "x" : "NA", -i);
    erm_dataset dataset = read_good(text, &(erm_csv_options){.missing = ERM_MISSING_ZERO});
    assert_int_equal(dataset.rows, ROWS);
    assert_int_equal(dataset.cols, 52);
    for (int64_t i = 0; i < ROWS; i++) {
        const int64_t s = dataset.start[i];
        assert_int_equal(dataset.start[i + 1] - s, i % 9 ? 3 : 2);
        assert_true(dataset.y[i] == (double)-i && dataset.value[s] == (double)i + 0.5);
        char word[16];
        sprintf(word, "c=w%d", (int)(i % 50));
        assert_string_equal(dataset.feature_name[dataset.index[s + 1]], word);
    }
    erm_dataset_free(&dataset);

    p = text + sprintf(text, "a,c,y\n");
    for (int i = 0; i < ROWS; i++) p += sprintf(p, "1,\"NA\",%d\n", i);
    const int64_t before = p - text;
    p += sprintf(p, "1,\"");
    memset(p, '\n', 600000);
    p += 600000;
    p += sprintf(p, "\",1\n");
    erm_dataset none;
    char detail[ERM_DETAIL_SIZE];
    assert_true(before < 1000000);
    assert_int_equal(read_text(text, (size_t)(p - text), &(erm_csv_options){.missing = ERM_MISSING_ZERO}, &none, detail),
                     ERM_EDATA);
    assert_string_equal(detail, FILE_NAME ":30002: is not UTF-8 text of one line a cell: byte 0x0a");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_of_all_shapes_are_read),
        cmocka_unit_test(bad_tables_are_refused_with_line_and_column),
        cmocka_unit_test(a_nul_byte_is_named),
        cmocka_unit_test(columns_are_matched_to_given_features),
        cmocka_unit_test(a_file_of_many_blocks_is_read_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
