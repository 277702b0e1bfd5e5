/* Any bytes as a model file: refused with a sentence, or a model that keeps its promises. As they are, and once more under a
 * checksum that fits, without which the search would never get past it. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "model/model_text.h"

/* Rows without columns are rows of zeros, which any model with small steps can be asked about. */
static void check_preparation(const erm_model *model)
{
    const int64_t input = erm_model_input_columns(model), start[2] = {0, 0};
    FUZZ_REQUIRE(model->feature_names == 0 || model->feature_names == input);
    for (int64_t t = 0; t < model->preparation.count; t++)
        if (model->preparation.step[t].d_out > 10000) return; /* only slow */
    double *margins = calloc((size_t)model->k, sizeof *margins);
    FUZZ_REQUIRE(margins != NULL);
    const int32_t index[1] = {0};
    const double value[1] = {0};
    const erm_csr X = erm_csr_f64(1, 0, start, index, value);
    const erm_status status = erm_model_margins(model, &X.base, margins, NULL);
    FUZZ_REQUIRE(status == ERM_OK || status == ERM_EDATA || status == ERM_ENOMEM); /* EDATA: it overflows */
    free(margins);
}

static void check_model(erm_model *model)
{
    const int64_t size = erm__model_size(model->d, model->k, model->intercept);
    FUZZ_REQUIRE(size >= 0 && model->w != NULL && erm__loss_allows(&model->loss, model->k));
    FUZZ_REQUIRE(model->classes.count == erm__model_classes(&model->loss, model->k));
    if (size > 100000) return; /* only slow */
    for (int64_t i = 0; i < size; i++) FUZZ_REQUIRE(isfinite(model->w[i]));
    FUZZ_REQUIRE(erm_model_save(model, "/dev/null", NULL) == ERM_OK);
    double *margins = calloc((size_t)model->k, sizeof *margins), decision;
    FUZZ_REQUIRE(margins != NULL);
    erm_model_decide(model, 1, margins, &decision);
    FUZZ_REQUIRE(decision == 0);
    free(margins);
    check_preparation(model);
}

static void parse(const char *text, size_t size)
{
    erm_model model;
    char detail[ERM_DETAIL_SIZE] = "";
    const erm_status status = erm__model_parse("fuzz", text, size, &model, detail);
    if (status == ERM_OK) {
        check_model(&model);
    } else {
        FUZZ_REQUIRE(status == ERM_EDATA || status == ERM_ENOMEM);
        FUZZ_REQUIRE(strncmp(detail, "fuzz:", 5) == 0 && model.w == NULL && model.classes.name == NULL);
    }
    erm_model_free(&model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    parse(text, size);
    enum { SUM = 64 };
    char *summed = malloc(size + SUM), line[SUM];
    FUZZ_REQUIRE(summed != NULL);
    if (size > 0) memcpy(summed, data, size);
    const int length = snprintf(line, sizeof line, ERM_MODEL_CHECKSUM "%016" PRIx64 "\n", erm__fnv1a(ERM_FNV_START, data, size));
    memcpy(summed + size, line, (size_t)length);
    parse(summed, size + (size_t)length);
    free(summed);
    return 0;
}
