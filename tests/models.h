/* Models for tests. */
#ifndef MODELS_H
#define MODELS_H

#include "ermopt/model.h"
#include "ermopt/rng.h"

/* Zeroes with a sign, denormals, the largest and smallest numbers: finite doubles that are easily spoilt. */
enum { MODELS_SPECIALS = 9 };
extern const double models_special[MODELS_SPECIALS];

/* A model of the given shape (k at most 8); `share` of its coefficients are not 0, and may be any finite double. Its
 * classes' names have spaces, quotes, percent signs, UTF-8 and control characters. */
erm_model models_random(erm_rng *rng, erm_loss loss, int64_t d, int64_t k, bool intercept, double share);

/* Saves a small logistic model, 3 features of which the second is 0, at path, and returns the file's text, allocated. */
char *models_save_small(const char *path, size_t *size);

/* The same after a preparation and with names: standardise (constant first column), polynomial of degree 1, max-abs. */
char *models_save_prepared(const char *path, size_t *size);

/* The text of the small model as version 1 had it. */
char *models_version_1(void);

/* Text with the checksum that it needs, in place of what stands there from "checksum" on. `text` has room for 60 bytes more. */
void models_sign(char *text);

/* Reading failed with ERM_EDATA, left an empty model, and said a sentence that starts with the name and
 * has `part`. what: the case. */
void models_refused(erm_status status, const erm_model *model, const char *detail, const char *name, const char *part,
                    const char *what);

/* The same of the file at path. */
void models_file_refused(const char *path, const char *part, const char *what);

#endif
