/* How much processor time the control groups of a process leave it.
 *
 * Linux kernel documentation, "Control Group v2" (cpu.max) and "CFS Bandwidth Control" (cpu.cfs_quota_us, cpu.cfs_period_us).
 * A limit holds for all groups below, so the walk goes from the process's own group up to the root. A container may not see
 * its own group under the name that /proc tells: such files are missing, and what it sees as the root has its limit. */
#include "base/cgroup.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, TEXT_SIZE = 64 };

double erm__cgroup_quota(const char *text)
{
    char *end;
    const long long quota = strtoll(text, &end, 10);
    if (end == text || quota <= 0) return INFINITY;
    const long long period = strtoll(end, NULL, 10);
    return period > 0 ? (double)quota / (double)period : INFINITY;
}

const char *erm__cgroup_path(const char *line, const char *controller)
{
    const char *const list = strchr(line, ':');
    const char *const end = list ? strchr(list + 1, ':') : NULL;
    if (!end) return NULL;
    const size_t length = strlen(controller);
    for (const char *name = list + 1; name <= end;) {
        const char *const comma = name + strcspn(name, ",:");
        if ((size_t)(comma - name) == length && !memcmp(name, controller, length)) return end + 1;
        name = comma + 1;
    }
    return NULL;
}

/* The first line of directory/name into text (TEXT_SIZE bytes); "" if there is none. */
static void read_line(const char *directory, const char *name, char *text)
{
    char path[PATH_SIZE + TEXT_SIZE];
    text[0] = '\0';
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path) return;
    FILE *file = fopen(path, "r");
    if (!file) return;
    if (!fgets(text, TEXT_SIZE, file)) text[0] = '\0';
    fclose(file);
}

static double limit_of(const char *directory, bool version2)
{
    char quota[TEXT_SIZE], period[TEXT_SIZE], both[2 * TEXT_SIZE + 1];
    if (version2) {
        read_line(directory, "cpu.max", quota);
        return erm__cgroup_quota(quota);
    }
    read_line(directory, "cpu.cfs_quota_us", quota);
    read_line(directory, "cpu.cfs_period_us", period);
    snprintf(both, sizeof both, "%s %s", quota, period);
    return erm__cgroup_quota(both);
}

/* The least limit of mount/path, mount/(path without its last part), ..., mount. */
static double least_limit(const char *mount, const char *path, bool version2)
{
    char directory[PATH_SIZE];
    const size_t top = strlen(mount);
    const int length = snprintf(directory, sizeof directory, "%s%.*s", mount, (int)strcspn(path, "\n"), path);
    if (length < 0 || length >= (int)sizeof directory) return INFINITY;
    double least = INFINITY;
    for (;;) {
        least = fmin(least, limit_of(directory, version2));
        char *const slash = strrchr(directory + top, '/');
        if (!slash) return least;
        *slash = '\0';
    }
}

double erm__cgroup_cpus(const char *groups, const char *root)
{
    char line[PATH_SIZE], mount[PATH_SIZE];
    FILE *file = fopen(groups, "r");
    if (!file || snprintf(mount, sizeof mount, "%s/cpu", root) >= (int)sizeof mount) {
        if (file) fclose(file);
        return INFINITY;
    }
    double least = INFINITY;
    while (fgets(line, sizeof line, file)) {
        const char *const new_path = erm__cgroup_path(line, ""), *const old_path = erm__cgroup_path(line, "cpu");
        if (new_path) least = fmin(least, least_limit(root, new_path, true));
        if (old_path) least = fmin(least, least_limit(mount, old_path, false));
    }
    fclose(file);
    return least;
}
