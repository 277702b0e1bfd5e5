/* The weights of the classes. */
#include "train_weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

/* "1,2.5": `count` numbers. */
static bool read_list(const char *text, int64_t count, double *value)
{
    for (int64_t c = 0; c < count; c++) {
        char *end;
        value[c] = strtod(text, &end);
        if (end == text || !(value[c] >= 0) || !isfinite(value[c])) return false;
        if (*end != (c + 1 < count ? ',' : '\0')) return false;
        text = end + 1;
    }
    return true;
}

int train_weights_set(const train_options *options, train_task *task)
{
    const char *given = options->class_weight;
    if (!given) return KEEP_GOING;
    const int64_t classes = task->classes.count;
    if (classes == 0) return complain(EXIT_USAGE, "--class-weight: %s loss has no classes", task->problem.loss.ops->name);
    task->class_weight = calloc((size_t)classes, sizeof *task->class_weight);
    if (!task->class_weight) return complain(EXIT_OTHER, "out of memory");
    if (!strcmp(given, "balanced")) {
        char detail[ERM_DETAIL_SIZE] = "";
        const erm_status status = erm_class_weights_balanced(&task->problem, task->class_weight, detail);
        if (status != ERM_OK) return complain(exit_for(status), "%s", detail);
    } else if (!read_list(given, classes, task->class_weight)) {
        return complain(EXIT_USAGE, "--class-weight %s: expected balanced, or %lld numbers that are not negative, as in 1,2.5",
                        given, (long long)classes);
    }
    task->problem.class_weight = task->class_weight;
    return KEEP_GOING;
}
