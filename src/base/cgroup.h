/* How much processor time the control groups of a process leave it (Linux; elsewhere the files
 * are missing, and nothing limits). */
#ifndef ERM_CGROUP_H
#define ERM_CGROUP_H

/* Processors' worth of time, e.g. 1.5: the least that any group on the way up to the root allows, INFINITY if none limits.
 * groups: a file like /proc/self/cgroup; root: where the groups are mounted, /sys/fs/cgroup. */
double erm__cgroup_cpus(const char *groups, const char *root);

/* The same from the text of one group's limit: "QUOTA PERIOD" in microseconds; a quota that is "max" or
 * not positive is no limit. */
double erm__cgroup_quota(const char *text);

/* The path in a line "NUMBER:CONTROLLERS:PATH" of /proc/self/cgroup, if `controller` is among the comma-separated CONTROLLERS;
 * "" stands for version 2, which lists none. NULL if not. */
const char *erm__cgroup_path(const char *line, const char *controller);

#endif
