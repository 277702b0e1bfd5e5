/* The referee: reads rows of fits from standard input, certifies each answer with erm_certify, and adds what it found.
 *
 *     bench_judge [--data FOLDER] [--disturb X] < rows > judged
 *
 * To each row it adds primal P, dual bound D, and the kind of certificate; of a path, P and D of each lambda, with commas
 * between. --disturb multiplies every answer by 1 + X first: a referee that does not notice is none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"

enum { ANSWER = 8, LINE = 8192 };

typedef struct verdict {
    char answer[LINE];
    erm_certificate *certificate; /* one a lambda */
} verdict;

/* Rows of one problem usually follow one another, and repeats share an answer: the last of both are kept. */
typedef struct referee {
    const char *folder;
    double disturb;
    bench_case problem;
    char name[LINE];
    bool open;
    double *w;
    verdict last;
} referee;

static void turn_to(referee *self, const char *name)
{
    if (self->open && !strcmp(self->name, name)) return;
    if (self->open) bench_case_close(&self->problem);
    snprintf(self->name, sizeof self->name, "%s", name);
    bench_case_open(self->name, self->folder, &self->problem);
    free(self->w);
    free(self->last.certificate);
    self->w = bench_memory(self->problem.count * erm_problem_size(&self->problem.problem), sizeof *self->w);
    self->last.certificate = bench_memory(self->problem.count, sizeof *self->last.certificate);
    self->last.answer[0] = 0;
    self->open = true;
}

static void certify(referee *self, const char *answer)
{
    if (!strcmp(self->last.answer, answer)) return;
    const erm_problem *const problem = &self->problem.problem;
    const int64_t size = erm_problem_size(problem);
    char detail[ERM_DETAIL_SIZE];
    const int64_t count = self->problem.count;
    bench_read_answer(answer, count * size, self->w);
    for (int64_t j = 0; j < count * size; j++) self->w[j] *= 1 + self->disturb;
    for (int64_t i = 0; i < count; i++) {
        bench_case_turn(&self->problem, i);
        if (erm_certify(problem, self->w + i * size, &self->last.certificate[i], detail)) bench_die("%s: %s", answer, detail);
    }
    snprintf(self->last.answer, sizeof self->last.answer, "%s", answer);
}

static void judge(referee *self, char *line)
{
    char copy[LINE];
    const char *field[ANSWER + 1] = {0};
    line[strcspn(line, "\n")] = 0;
    strcpy(copy, line);
    int count = 0;
    for (char *at = strtok(copy, "\t"); at && count <= ANSWER; at = strtok(NULL, "\t")) field[count++] = at;
    if (count <= ANSWER) bench_die("a row needs %d fields: %s", ANSWER + 1, line);
    turn_to(self, field[0]);
    certify(self, field[ANSWER]);
    const erm_certificate *const found = self->last.certificate;
    const int64_t lambdas = self->problem.count;
    printf("%s", line);
    for (int64_t i = 0; i < lambdas; i++) printf("%c%.17g", i ? ',' : '\t', found[i].primal);
    for (int64_t i = 0; i < lambdas; i++) printf("%c%.17g", i ? ',' : '\t', found[i].dual);
    printf("\t%s\n", found->kind == ERM_CERTIFICATE_GAP ? "gap" : "kkt");
}

int main(int argc, char **argv)
{
    referee self = {0};
    for (int at = 1; at + 1 < argc; at += 2) {
        if (!strcmp(argv[at], "--data"))
            self.folder = argv[at + 1];
        else if (!strcmp(argv[at], "--disturb"))
            self.disturb = atof(argv[at + 1]);
        else
            bench_die("there is no option %s", argv[at]);
    }
    char line[LINE];
    while (fgets(line, sizeof line, stdin)) judge(&self, line);
    if (self.open) bench_case_close(&self.problem);
    free(self.w);
    free(self.last.certificate);
    return 0;
}
