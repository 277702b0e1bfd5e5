/* The kinds of steps by name, and recipes as text. */
#include "preparation/steps.h"

#include <stdio.h>
#include <string.h>

#include "base/detail.h"

enum { MOST_TEXT = 64 };

const erm_prepare_ops *erm__prepare_kind(int number)
{
    static const erm_prepare_ops *(*const kinds[])(void) = {
        erm__standardise_ops,   erm__min_max_ops,         erm__max_abs_ops,       erm__impute_mean_ops,
        erm__impute_median_ops, erm__impute_constant_ops, erm__drop_constant_ops, erm__hash_ops,
        erm__polynomial_ops,    erm__interactions_ops,    erm__fourier_ops};
    return number >= 0 && number < (int)(sizeof kinds / sizeof *kinds) ? kinds[number]() : NULL;
}

const erm_prepare_ops *erm__prepare_kind_called(const char *name)
{
    const erm_prepare_ops *kind;
    for (int t = 0; (kind = erm__prepare_kind(t)) != NULL; t++)
        if (strcmp(kind->name, name) == 0) return kind;
    return NULL;
}

/* Step [text, end) of a list; false if it is none. *takes: what the step of that name takes behind '='; NULL if there is none. */
static bool parse_step(const char *text, const char *end, erm_prepare *step, const char **takes)
{
    char name[MOST_TEXT];
    *takes = NULL;
    if (end - text >= MOST_TEXT) return false;
    memcpy(name, text, (size_t)(end - text));
    name[end - text] = '\0';
    char *value = strchr(name, '=');
    if (value) *value++ = '\0';
    const erm_prepare_ops *kind;
    for (int t = 0; (kind = erm__prepare_kind(t)) != NULL; t++) {
        if (strcmp(kind->list_name, name) != 0) continue;
        *takes = kind->takes ? kind->takes : "nothing more";
        erm_prepare found = {.ops = kind, .seed = step->seed};
        if (kind->takes ? value && kind->parse(value, &found) : !value) {
            if (!kind->seeded) found.seed = 0;
            *step = found;
            return true;
        }
    }
    return false;
}

erm_status erm_prepare_parse(const char *text, uint64_t seed, int64_t limit, erm_prepare *steps, int64_t *count, char *detail)
{
    if (!text || !count || (limit > 0 && !steps)) return erm__fail(detail, ERM_EINVAL, "no list of steps, or no room for them");
    *count = 0;
    while (*text) {
        const char *comma = strchr(text, ','), *end = comma ? comma : text + strlen(text), *takes;
        erm_prepare step = {.seed = seed};
        const int shown = end - text < MOST_TEXT ? (int)(end - text) : MOST_TEXT;
        if (!parse_step(text, end, &step, &takes))
            return takes ? erm__fail(detail, ERM_EINVAL, "the step '%.*s' is not understood: behind its name %s is expected",
                                     shown, text, takes)
                         : erm__fail(
                               detail, ERM_EINVAL,
                               "there is no step '%.*s'; expected standardise, min-max, max-abs, impute, drop-constant, hash, "
                               "polynomial, interactions or fourier",
                               shown, text);
        if (*count >= limit) return erm__fail(detail, ERM_EINVAL, "more than %lld steps", (long long)limit);
        steps[(*count)++] = step;
        if (comma && !comma[1]) return erm__fail(detail, ERM_EINVAL, "a step is missing after the last comma");
        text = comma ? comma + 1 : end;
    }
    return ERM_OK;
}

void erm_prepare_describe(const erm_prepare *step, char *text, size_t size)
{
    if (size == 0) return;
    if (!step || !step->ops)
        text[0] = '\0';
    else if (step->ops->describe)
        step->ops->describe(step, text, size);
    else
        snprintf(text, size, "%s", step->ops->list_name);
}
