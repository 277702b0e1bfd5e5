/* How many threads a process may use: limits of control groups, from files in every layout, and the affinity mask. */
#if defined(__linux__)
#define _GNU_SOURCE /* sched_setaffinity */
#endif
#include "check.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cgroup.h"
#include "base/threads.h"

#if defined(__linux__)
#include <sched.h>
#endif

enum { PATH_ROOM = 256, MOST_ENTRIES = 32 };

/* A tree of groups as the system would show it, and the list of what to remove again, newest last. */
typedef struct tree {
    char root[PATH_ROOM], groups[PATH_ROOM + 16];
    char entry[MOST_ENTRIES][2 * PATH_ROOM];
    int entries;
} tree;

static void tree_open(tree *self)
{
    *self = (tree){.root = "/tmp/ermopt_cgroup_XXXXXX"};
    assert_non_null(mkdtemp(self->root));
    snprintf(self->groups, sizeof self->groups, "%s/groups", self->root);
}

static char *tree_entry(tree *self, const char *name)
{
    assert_true(self->entries < MOST_ENTRIES);
    char *const path = self->entry[self->entries++];
    assert_true(strlen(name) + 1 < PATH_ROOM);
    strcpy(path, self->root);
    strcat(path, "/");
    return strcat(path, name);
}

static void tree_directory(tree *self, const char *name) { assert_int_equal(mkdir(tree_entry(self, name), 0700), 0); }

static void tree_file(tree *self, const char *name, const char *text)
{
    FILE *file = fopen(tree_entry(self, name), "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static double tree_cpus(const tree *self) { return erm__cgroup_cpus(self->groups, self->root); }

static void tree_close(tree *self)
{
    while (self->entries > 0) assert_int_equal(remove(self->entry[--self->entries]), 0);
    assert_int_equal(rmdir(self->root), 0);
}

static void a_quota_is_processors_worth_of_time(void **state)
{
    (void)state;
    assert_near(erm__cgroup_quota("150000 100000\n"), 1.5, 0);
    assert_near(erm__cgroup_quota("50000 100000"), 0.5, 0);
    static const char *const none[] = {"max 100000\n", "-1 100000", "0 100000", "150000 0", "150000", "", "nonsense"};
    for (size_t t = 0; t < sizeof none / sizeof *none; t++)
        if (erm__cgroup_quota(none[t]) < INFINITY) fail_case("'%s' taken for a limit", none[t]);
}

static void a_line_of_proc_gives_the_path_of_its_controllers(void **state)
{
    (void)state;
    assert_string_equal(erm__cgroup_path("0::/a/b", ""), "/a/b");
    assert_string_equal(erm__cgroup_path("4:cpu,cpuacct:/x", "cpu"), "/x");
    assert_string_equal(erm__cgroup_path("4:cpuacct,cpu:/x:y", "cpu"), "/x:y");
    static const char *const others[] = {"3:cpuset:/x", "2:cpuacct:/cpu", "0::/cpu", "1:name=cpu:/", "4:cpu", "", "cpu"};
    for (size_t t = 0; t < sizeof others / sizeof *others; t++)
        if (erm__cgroup_path(others[t], "cpu")) fail_case("'%s' taken for a line about cpu", others[t]);
    assert_null(erm__cgroup_path("4:cpu,cpuacct:/x", ""));
}

static void the_least_limit_on_the_way_up_counts_in_version_2(void **state)
{
    (void)state;
    tree files;
    tree_open(&files);
    tree_file(&files, "groups", "0::/outer/inner\n");
    tree_directory(&files, "outer");
    tree_directory(&files, "outer/inner");
    assert_true(isinf(tree_cpus(&files)));
    tree_file(&files, "outer/inner/cpu.max", "max 100000\n");
    assert_true(isinf(tree_cpus(&files)));
    tree_file(&files, "outer/cpu.max", "250000 100000\n");
    assert_near(tree_cpus(&files), 2.5, 0);
    tree_file(&files, "cpu.max", "700000 100000\n");
    assert_near(tree_cpus(&files), 2.5, 0);
    tree_close(&files);
}

static void version_1_is_read_below_its_own_mount(void **state)
{
    (void)state;
    tree files;
    tree_open(&files);
    tree_file(&files, "groups", "9:name=systemd:/\n4:cpu,cpuacct:/job\n0::/\n");
    tree_directory(&files, "cpu");
    tree_directory(&files, "cpu/job");
    tree_file(&files, "cpu/cpu.cfs_quota_us", "-1\n");
    tree_file(&files, "cpu/cpu.cfs_period_us", "100000\n");
    tree_file(&files, "cpu/job/cpu.cfs_period_us", "50000\n");
    assert_true(isinf(tree_cpus(&files)));
    tree_file(&files, "cpu/job/cpu.cfs_quota_us", "150000\n");
    assert_near(tree_cpus(&files), 3, 0);
    tree_close(&files);
}

static void a_container_that_does_not_see_its_own_group_has_the_limit_of_its_root(void **state)
{
    (void)state;
    tree files;
    tree_open(&files);
    tree_file(&files, "groups", "1:cpu:/docker/0123456789abcdef\n");
    tree_directory(&files, "cpu");
    tree_file(&files, "cpu/cpu.cfs_quota_us", "20000\n");
    tree_file(&files, "cpu/cpu.cfs_period_us", "100000\n");
    assert_near(tree_cpus(&files), 0.2, 0);
    tree_close(&files);
}

static void without_files_nothing_limits(void **state)
{
    (void)state;
    assert_true(isinf(erm__cgroup_cpus("/nowhere/groups", "/nowhere")));
    tree files;
    tree_open(&files);
    tree_file(&files, "groups", "0::/gone\nnot a line\n");
    assert_true(isinf(tree_cpus(&files)));
    tree_close(&files);
}

static void threads_are_at_least_one_and_no_more_than_the_affinity_mask(void **state)
{
    (void)state;
    const int all = erm__threads_available();
    assert_true(all >= 1);
#if defined(__linux__)
    cpu_set_t before, one;
    if (sched_getaffinity(0, sizeof before, &before)) return;
    assert_true(all <= CPU_COUNT(&before));
    size_t first = 0;
    while (!CPU_ISSET(first, &before)) first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    const int alone = erm__threads_available();
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    assert_int_equal(alone, 1);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quota_is_processors_worth_of_time),
        cmocka_unit_test(a_line_of_proc_gives_the_path_of_its_controllers),
        cmocka_unit_test(the_least_limit_on_the_way_up_counts_in_version_2),
        cmocka_unit_test(version_1_is_read_below_its_own_mount),
        cmocka_unit_test(a_container_that_does_not_see_its_own_group_has_the_limit_of_its_root),
        cmocka_unit_test(without_files_nothing_limits),
        cmocka_unit_test(threads_are_at_least_one_and_no_more_than_the_affinity_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
