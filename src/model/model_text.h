/* What the writer and the reader of model files share. The format is described in docs/model-format.md. */
#ifndef ERM_MODEL_TEXT_H
#define ERM_MODEL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ermopt/model.h"

#define ERM_MODEL_MAGIC    "ermopt-model "
#define ERM_MODEL_VERSION  "2" /* one digit, the newest; older ones can be read */
#define ERM_MODEL_CHECKSUM "checksum fnv1a64 "

/* FNV-1a, 64 bits (Fowler, Noll and Vo 1991): start from ERM_FNV_START, then feed the bytes in any number of pieces. Two texts
 * that differ in one byte never have the same value, because each step is a bijection of the state. */
#define ERM_FNV_START UINT64_C(14695981039346656037)
uint64_t erm__fnv1a(uint64_t hash, const void *bytes, size_t count);

/* Reads a model from memory; `name` is what messages call it. As erm_model_load otherwise. */
erm_status erm__model_parse(const char *name, const char *text, size_t size, erm_model *model, char *detail);

/* The memory that a file of so many bytes may ask for by a few numbers in it. Features without coefficients, and columns that a
 * step leaves as they are, have no lines, so a small file may well be about many; but not every file is to be believed. */
static inline double erm__model_room(double file_bytes) { return 0x1p30 + 4096 * file_bytes; }

/* How many classes a model with this loss and k outputs tells apart; 0 for regression. */
int64_t erm__model_classes(const erm_loss *loss, int64_t k);

/* How many doubles the w of such a model has; -1 if d or k is out of range, or the array would not fit in memory. */
int64_t erm__model_size(int64_t d, int64_t k, bool intercept);

/* True if the loss allows k outputs. */
bool erm__loss_allows(const erm_loss *loss, int64_t k);

#endif
