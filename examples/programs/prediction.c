/* What a model says about rows that come block by block, and how it is written. */
#include "prediction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ermopt/number_text.h"
#include "figures.h"

prediction prediction_start(const erm_model *model) { return (prediction){.model = model}; }

bool prediction_possible(const erm_model *model, const predict_options *options)
{
    double z = 0, p[2];
    return !options->probabilities || (model->classes.count > 0 && erm_model_probabilities(model, 0, &z, p));
}

void prediction_free(prediction *self)
{
    free(self->Z);
    free(self->said);
    free(self->text);
    *self = (prediction){0};
}

static int64_t widest(const erm_model *model) { return model->classes.count > model->k ? model->classes.count : model->k; }

static bool make_room(prediction *self, int64_t rows)
{
    if (rows <= self->room) return true;
    free(self->Z);
    free(self->said);
    self->Z = new_table(rows, self->model->k);
    self->said = new_table(rows, widest(self->model));
    self->room = self->Z && self->said ? rows : 0;
    return self->room > 0;
}

erm_status prediction_make(const erm_matrix *X, prediction *self, char *detail)
{
    self->rows = X->rows;
    return make_room(self, X->rows) ? erm_model_margins(self->model, X, self->Z, detail) : ERM_ENOMEM;
}

/* ---- text ---------------------------------------------------------------------------------------------------------- */

static bool text_room(prediction *self, size_t more)
{
    if (self->capacity - self->size >= more) return true;
    const size_t capacity = 2 * self->capacity + more;
    char *text = realloc(self->text, capacity);
    if (!text) return false;
    self->text = text;
    self->capacity = capacity;
    return true;
}

static erm_status put_text(FILE *out, prediction *self, bool complete)
{
    if (!complete) return ERM_ENOMEM;
    fwrite(self->text, 1, self->size, out); /* whoever closes `out` looks at its error flag */
    return ERM_OK;
}

/* rows x width numbers. */
static bool add_table(prediction *self, int64_t width, const double *value)
{
    for (int64_t i = 0; i < self->rows; i++) {
        if (!text_room(self, (size_t)width * ERM_NUMBER_TEXT)) return false;
        for (int64_t c = 0; c < width; c++) {
            self->size += erm_number_format(value[i * width + c], self->text + self->size);
            self->text[self->size++] = c + 1 < width ? ' ' : '\n';
        }
    }
    return true;
}

static bool add_word(prediction *self, const char *word, char behind)
{
    const size_t length = strlen(word);
    if (!text_room(self, length + 1)) return false;
    memcpy(self->text + self->size, word, length);
    self->text[self->size + length] = behind;
    self->size += length + 1;
    return true;
}

static bool add_labels(prediction *self)
{
    const erm_classes *classes = &self->model->classes;
    if (classes->count == 0) return add_table(self, 1, self->said);
    bool ok = true;
    for (int64_t i = 0; i < self->rows && ok; i++) /* margins that overflow decide nothing */
        ok = add_word(self, isnan(self->said[i]) ? "nan" : classes->name[(int64_t)self->said[i]], '\n');
    return ok;
}

erm_status prediction_write_header(FILE *out, const predict_options *options, prediction *self)
{
    const erm_model *model = self->model;
    if (options->labels || model->classes.count == 0) return ERM_OK;
    self->size = 0;
    bool ok = add_word(self, "#", ' ');
    for (int64_t c = options->scores && model->k == 1 ? 1 : 0; c < model->classes.count && ok; c++)
        ok = add_word(self, model->classes.name[c], c + 1 < model->classes.count ? ' ' : '\n');
    return put_text(out, self, ok);
}

erm_status prediction_write(FILE *out, const predict_options *options, prediction *self)
{
    self->size = 0;
    if (options->scores) return put_text(out, self, add_table(self, self->model->k, self->Z));
    if (options->probabilities)
        erm_model_probabilities(self->model, self->rows, self->Z, self->said);
    else
        erm_model_decide(self->model, self->rows, self->Z, self->said);
    return put_text(out, self, options->labels ? add_labels(self) : add_table(self, self->model->classes.count, self->said));
}
