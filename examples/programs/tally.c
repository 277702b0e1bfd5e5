/* How well a model does on labelled data that come block by block. */
#include "tally.h"

#include <math.h>
#include <stdlib.h>

#include "ermopt/metrics.h"
#include "figures.h"

tally tally_start(const erm_model *model)
{
    double z[2] = {0, 0}, p[2];
    tally self = {.model = model};
    self.has_probabilities = model->classes.count > 0 && erm_model_probabilities(model, 0, z, p);
    return self;
}

static bool make_room(tally *self, int64_t rows)
{
    if (rows <= self->room) return true;
    free(self->label);
    free(self->decision);
    free(self->P);
    self->label = new_table(rows, 1);
    self->decision = new_table(rows, self->model->k);
    self->P = new_table(rows, self->has_probabilities ? self->model->classes.count : 1);
    const bool ok = self->label && self->decision && self->P;
    self->room = ok ? rows : 0;
    return ok;
}

/* The spread is that of Welford (1962), "Note on a method for calculating corrected sums of squares and products". */
static erm_status add_numbers(tally *self, const erm_dataset *block, const double *Z)
{
    self->has_words = self->has_words || block->label_name;
    if (self->has_words) return ERM_OK;
    erm_model_decide(self->model, block->rows, Z, self->decision);
    for (int64_t i = 0; i < block->rows; i++) {
        const double y = block->y[i], error = self->decision[i] - y, off = y - self->mean;
        self->squares += error * error;
        self->known++;
        self->mean += off / (double)self->known;
        self->spread += off * (y - self->mean);
    }
    return ERM_OK;
}

/* One row whose label the model knows. */
static bool add_known(tally *self, const double *z, const double *p, const double *label)
{
    const erm_model *model = self->model;
    self->known++;
    if (self->has_probabilities) self->surprise += erm_metric_log_loss(1, model->classes.count, p, label, NULL);
    return model->classes.count != 2 || ranking_add(&self->ranks, model->k == 2 ? z[1] - z[0] : z[0], *label > 0);
}

static erm_status add_classes(tally *self, const erm_dataset *block, const double *Z)
{
    const erm_model *model = self->model;
    const int64_t k = model->k, classes = self->has_probabilities ? model->classes.count : 0;
    const erm_status status = erm_classes_encode(&model->classes, block, false, self->label, NULL);
    if (status != ERM_OK) return status;
    erm_model_decide(model, block->rows, Z, self->decision);
    if (self->has_probabilities) erm_model_probabilities(model, block->rows, Z, self->P);
    bool ok = true;
    for (int64_t i = 0; i < block->rows && ok; i++) {
        self->right += self->decision[i] == self->label[i];
        if (!isnan(self->label[i])) ok = add_known(self, Z + i * k, self->P + i * classes, &self->label[i]);
    }
    return ok ? ERM_OK : ERM_ENOMEM;
}

erm_status tally_add(tally *self, const erm_dataset *block, const double *Z)
{
    self->rows += block->rows;
    if (!make_room(self, block->rows)) return ERM_ENOMEM;
    return self->model->classes.count > 0 ? add_classes(self, block, Z) : add_numbers(self, block, Z);
}

erm_status tally_scores(const tally *self, scores *out)
{
    const double known = (double)self->known;
    *out = (scores){.classifies = self->model->classes.count > 0,
                    .rows = self->rows,
                    .accuracy = NAN,
                    .log_loss = NAN,
                    .auc = NAN,
                    .mse = NAN,
                    .r2 = NAN};
    out->unknown = self->has_words ? self->rows : self->rows - self->known;
    if (self->has_words || self->known == 0) return ERM_OK;
    if (!out->classifies) {
        out->mse = self->squares / known;
        out->r2 = self->spread > 0 ? 1 - self->squares / self->spread : NAN;
        return ERM_OK;
    }
    out->accuracy = (double)self->right / (double)self->rows;
    if (self->has_probabilities) out->log_loss = self->surprise / known;
    return self->model->classes.count == 2 ? ranking_auc(&self->ranks, &out->auc, &out->auc_error) : ERM_OK;
}

void tally_free(tally *self)
{
    ranking_free(&self->ranks);
    free(self->label);
    free(self->decision);
    free(self->P);
    *self = (tally){0};
}
