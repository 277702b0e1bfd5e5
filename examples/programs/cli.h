/* Command lines: a table of long options, `--name value` or `--name=value`, in any order with the positional arguments; `--` ends
 * the options. */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>

typedef enum cli_kind {
    CLI_FLAG,         /* bool: set to true, takes no value */
    CLI_TEXT,         /* const char *: points into argv */
    CLI_POSITIVE,     /* double, finite, > 0 */
    CLI_NOT_NEGATIVE, /* double, finite, >= 0 */
    CLI_COUNT,        /* int64_t >= 1 */
    CLI_SEED          /* uint64_t */
} cli_kind;

typedef struct cli_option {
    const char *name; /* without the dashes */
    cli_kind kind;
    void *value; /* left alone where the option is absent; the last one wins where it comes twice */
} cli_option;

/* The positional arguments of a command line; `limit` of them at most fit. */
typedef struct cli_words {
    const char **word;
    int limit, count;
} cli_words;

/* False, after a complaint, if the command line is wrong. */
bool cli_parse(int argc, char **argv, int options, const cli_option *option, cli_words *words);

/* Prints what --help or --version asks for: the text, or the program's name and the library's version. False if neither does. */
bool cli_answer(const char *program, const char *help_text, bool help, bool version);

/* The one of names[0 .. count - 1] that is a slip of the finger away from `word`; NULL if none is. */
const char *cli_nearest(const char *word, int count, const char *const *names);

#endif
