/* Command lines: a table of long options, `--name value` or `--name=value`, in any order with the positional arguments. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ermopt/version.h"
#include "message.h"

enum { LONGEST_NAME = 31, MOST_OPTIONS = 64 };

static bool number(const char *text, double *value)
{
    char *end;
    if (!strchr("+-.0123456789", text[0])) return false;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}

static bool whole_number(const char *text, uint64_t *value)
{
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text)) return false;
    errno = 0;
    *value = strtoull(text, NULL, 10);
    return errno == 0;
}

/* Stores `text` as what `option` takes. */
static bool take_value(const cli_option *option, const char *text)
{
    double real = 0;
    uint64_t whole = 0;
    switch (option->kind) {
    case CLI_FLAG: *(bool *)option->value = true; return true;
    case CLI_TEXT: *(const char **)option->value = text; return text[0] != '\0';
    case CLI_POSITIVE:
    case CLI_NOT_NEGATIVE:
        if (!number(text, &real) || real < 0 || (option->kind == CLI_POSITIVE && !(real > 0))) return false;
        *(double *)option->value = real;
        return true;
    case CLI_COUNT:
        if (!whole_number(text, &whole) || whole < 1 || whole > INT64_MAX) return false;
        *(int64_t *)option->value = (int64_t)whole;
        return true;
    case CLI_SEED: return whole_number(text, (uint64_t *)option->value);
    }
    return false;
}

static const char *what_it_takes(cli_kind kind)
{
    switch (kind) {
    case CLI_POSITIVE: return "a number above 0";
    case CLI_NOT_NEGATIVE: return "a number of at least 0";
    case CLI_COUNT: return "a whole number of at least 1";
    case CLI_SEED: return "a whole number from 0 to 18446744073709551615";
    case CLI_TEXT:
    case CLI_FLAG: break;
    }
    return "a value";
}

/* The option that argument `--name` or `--name=value` means; NULL if there is none. */
static const cli_option *find_option(const char *argument, int options, const cli_option *option)
{
    const size_t length = strcspn(argument, "=");
    for (int i = 0; i < options; i++)
        if (strncmp(argument, "--", 2) == 0 && strlen(option[i].name) + 2 == length &&
            strncmp(argument + 2, option[i].name, length - 2) == 0)
            return &option[i];
    return NULL;
}

/* Complains about an argument that is no option, with what may have been meant. */
static void no_such_option(const char *argument, int options, const cli_option *option)
{
    const char *name[MOST_OPTIONS], *nearest = NULL;
    char word[LONGEST_NAME + 1] = "";
    const size_t length = strcspn(argument, "="), dashes = strspn(argument, "-");
    for (int i = 0; i < options && i < MOST_OPTIONS; i++) name[i] = option[i].name;
    if (dashes < length && length - dashes <= LONGEST_NAME) {
        memcpy(word, argument + dashes, length - dashes);
        nearest = cli_nearest(word, options < MOST_OPTIONS ? options : MOST_OPTIONS, name);
    }
    if (nearest)
        complain(EXIT_USAGE, "there is no option %.*s; did you mean --%s? (see --help)", (int)length, argument, nearest);
    else
        complain(EXIT_USAGE, "there is no option %.*s (see --help)", (int)length, argument);
}

/* Deals with the option at argv[*i], and moves *i to the last argument that belongs to it. */
static bool parse_option(int argc, char **argv, int options, const cli_option *table, int *i)
{
    const char *argument = argv[*i];
    const cli_option *option = find_option(argument, options, table);
    if (!option) {
        no_such_option(argument, options, table);
        return false;
    }
    const char *equals = strchr(argument, '=');
    const char *value = equals ? equals + 1 : "";
    if (option->kind == CLI_FLAG && equals) {
        complain(EXIT_USAGE, "--%s takes no value (see --help)", option->name);
        return false;
    }
    if (option->kind != CLI_FLAG && !equals) {
        if (*i + 1 == argc || strncmp(argv[*i + 1], "--", 2) == 0) {
            complain(EXIT_USAGE, "--%s needs %s after it (see --help)", option->name, what_it_takes(option->kind));
            return false;
        }
        value = argv[++*i];
    }
    if (take_value(option, value)) return true;
    complain(EXIT_USAGE, "--%s needs %s, not '%s'", option->name, what_it_takes(option->kind), value);
    return false;
}

bool cli_parse(int argc, char **argv, int options, const cli_option *option, cli_words *words)
{
    bool only_words = false;
    words->count = 0;
    for (int i = 1; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0') {
            if (!parse_option(argc, argv, options, option, &i)) return false;
        } else if (words->count == words->limit) {
            complain(EXIT_USAGE, "one argument too many: '%s' (see --help)", argv[i]);
            return false;
        } else {
            words->word[words->count++] = argv[i];
        }
    }
    return true;
}

bool cli_answer(const char *program, const char *help_text, bool help, bool version)
{
    if (help) fputs(help_text, stdout);
    if (!help && version) printf("%s %s\n", program, erm_version());
    return help || version;
}

static int smaller(int a, int b) { return a < b ? a : b; }

/* How many letters must be put in, taken out, replaced or swapped with their neighbour to make `a` of `b` (optimal string
 * alignment); both are at most LONGEST_NAME long. */
static int edit_distance(const char *a, const char *b)
{
    int distance[LONGEST_NAME + 1][LONGEST_NAME + 1];
    const int m = (int)strlen(a), n = (int)strlen(b);
    for (int i = 0; i <= m; i++) distance[i][0] = i;
    for (int j = 0; j <= n; j++) distance[0][j] = j;
    for (int i = 1; i <= m; i++)
        for (int j = 1; j <= n; j++) {
            int best = smaller(distance[i - 1][j], distance[i][j - 1]) + 1;
            best = smaller(best, distance[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = smaller(best, distance[i - 2][j - 2] + 1);
            distance[i][j] = best;
        }
    return distance[m][n];
}

const char *cli_nearest(const char *word, int count, const char *const *names)
{
    const char *nearest = NULL;
    int least = 3; /* two slips at most, and fewer than half of the letters */
    if (strlen(word) > LONGEST_NAME) return NULL;
    for (int i = 0; i < count; i++) {
        const int distance = edit_distance(word, names[i]);
        if (distance < least && 2 * distance < (int)strlen(names[i])) {
            least = distance;
            nearest = names[i];
        }
    }
    return nearest;
}
