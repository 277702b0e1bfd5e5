/* A list of distinct words: open addressing with linear probing, FNV-1a hashes (Fowler, Noll, Vo 1991). */
#include "io/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

enum { FIRST_SLOTS = 16 };

static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash ^ (hash >> 32);
}

/* Where the word is, or the empty slot where it belongs. */
static int64_t slot_of(const erm__words *words, const char *text, size_t length)
{
    const int64_t mask = words->slots - 1;
    int64_t s = (int64_t)(hash_of(text, length) & (uint64_t)mask);
    for (; words->slot[s] >= 0; s = (s + 1) & mask) {
        const char *word = words->word[words->slot[s]];
        if (strncmp(word, text, length) == 0 && word[length] == '\0') break;
    }
    return s;
}

/* At most half of the slots are taken. */
static bool grow_slots(erm__words *words)
{
    if (words->count < words->slots / 2) return true;
    const int64_t slots = words->slots > 0 ? 2 * words->slots : FIRST_SLOTS;
    int64_t *slot = malloc((size_t)slots * sizeof *slot);
    if (!slot) return false;
    free(words->slot);
    words->slot = slot;
    words->slots = slots;
    for (int64_t s = 0; s < slots; s++) slot[s] = -1;
    for (int64_t w = 0; w < words->count; w++) slot[slot_of(words, words->word[w], strlen(words->word[w]))] = w;
    return true;
}

int64_t erm__words_find(const erm__words *words, const char *text, size_t length)
{
    return words->slots > 0 ? words->slot[slot_of(words, text, length)] : -1;
}

int64_t erm__words_add(erm__words *words, const char *text, size_t length)
{
    const int64_t known = erm__words_find(words, text, length);
    if (known >= 0) return known;
    if (!grow_slots(words) || !erm__grow(&words->word, &words->capacity, words->count + 1, sizeof *words->word)) return -1;
    char *word = malloc(length + 1);
    if (!word) return -1;
    memcpy(word, text, length);
    word[length] = '\0';
    words->word[words->count] = word;
    words->slot[slot_of(words, text, length)] = words->count;
    return words->count++;
}

void erm__words_free(erm__words *words)
{
    erm__strings_free(words->word, words->count);
    free(words->slot);
    *words = (erm__words){0};
}

void erm__strings_free(char **strings, int64_t count)
{
    for (int64_t i = 0; strings && i < count; i++) free(strings[i]);
    free(strings);
}
