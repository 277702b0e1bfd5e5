/* A list of distinct words in order of first appearance, found again by hashing. */
#ifndef ERM_WORDS_H
#define ERM_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts as {0}. */
typedef struct erm__words {
    char **word; /* each allocated by itself */
    int64_t count, capacity;
    int64_t *slot; /* slots of them, a power of two: number of a word, or -1 */
    int64_t slots;
} erm__words;

/* The number of a word, which is added if it is new; -1 if there is no memory. */
int64_t erm__words_add(erm__words *words, const char *text, size_t length);
/* The number of a word, or -1. */
int64_t erm__words_find(const erm__words *words, const char *text, size_t length);
void erm__words_free(erm__words *words);

/* Frees `count` strings and their array. */
void erm__strings_free(char **strings, int64_t count);

#endif
