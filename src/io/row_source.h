/* What a reader of blocks is made of: a source that fills blocks, one after the other. */
#ifndef ERM_ROW_SOURCE_H
#define ERM_ROW_SOURCE_H

#include "ermopt/reader.h"
#include "io/input.h"
#include "io/rows.h"

typedef struct erm__block {
    erm__rows rows;      /* the source's: arrays that it fills again and again */
    erm_dataset dataset; /* the source's to fill, and to free by `empty`; no rows: there are no more */
    erm_status status;
    char detail[ERM_DETAIL_SIZE];
} erm__block;

typedef struct erm__source_ops {
    void (*fill)(void *source, erm__block *block); /* `empty` has been called before, or the block is {0} */
    void (*empty)(erm__block *block);
    void (*close)(void *source);
} erm__source_ops;

/* A reader that owns `source`, also on failure, when it closes it. */
erm_status erm__reader_create(const erm__source_ops *ops, void *source, int threads, erm_reader **reader, char *detail);

/* Readers of an input that is open, which they close, also on failure. */
erm_status erm__reader_libsvm(erm__input *input, const erm_libsvm_options *options, erm_reader **reader, char *detail);
erm_status erm__reader_csv(erm__input *input, const erm_csv_options *options, int threads, erm_reader **reader, char *detail);

#endif
