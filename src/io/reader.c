/* Blocks of rows: one is worked on by the caller while a thread fills the other. */
#include "io/row_source.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "base/threads.h"

enum { BLOCKS = 2 };

struct erm_reader {
    const erm__source_ops *ops;
    void *source;
    erm__block block[BLOCKS];
    int current; /* that the caller has, or had last */
    bool given;  /* the caller has it */
    bool ended;  /* its status, or having no rows, is the last word */
    bool threaded;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int full;     /* blocks that are filled, the caller's among them; guarded by mutex */
    bool closing; /* guarded by mutex */
};

static bool is_last(const erm__block *block) { return block->status != ERM_OK || block->dataset.rows == 0; }

static void fill(erm_reader *self, erm__block *block)
{
    self->ops->empty(block);
    block->status = ERM_OK;
    self->ops->fill(self->source, block);
}

/* The thread's life: fills each block that the caller is not using, until the last. */
static void *run(void *context)
{
    erm_reader *self = context;
    for (int b = 0;; b = (b + 1) % BLOCKS) {
        pthread_mutex_lock(&self->mutex);
        while (self->full == BLOCKS && !self->closing) pthread_cond_wait(&self->changed, &self->mutex);
        const bool closing = self->closing;
        pthread_mutex_unlock(&self->mutex);
        if (closing) return NULL;
        fill(self, &self->block[b]);
        const bool last = is_last(&self->block[b]);
        pthread_mutex_lock(&self->mutex);
        self->full++;
        pthread_cond_signal(&self->changed);
        pthread_mutex_unlock(&self->mutex);
        if (last) return NULL;
    }
}

/* Without a thread the reader works all the same, in the caller's. */
static void start_thread(erm_reader *self)
{
    if (pthread_mutex_init(&self->mutex, NULL) != 0) return;
    if (pthread_cond_init(&self->changed, NULL) == 0) {
        self->threaded = pthread_create(&self->thread, NULL, run, self) == 0;
        if (self->threaded) return;
        pthread_cond_destroy(&self->changed);
    }
    pthread_mutex_destroy(&self->mutex);
}

static void stop_thread(erm_reader *self)
{
    pthread_mutex_lock(&self->mutex);
    self->closing = true;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->thread, NULL);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
}

erm_status erm__reader_create(const erm__source_ops *ops, void *source, int threads, erm_reader **reader, char *detail)
{
    erm_reader *self = calloc(1, sizeof *self);
    if (!self) {
        ops->close(source);
        return erm__fail(detail, ERM_ENOMEM, "no memory to read by blocks");
    }
    self->ops = ops;
    self->source = source;
    if ((threads > 0 ? threads : erm__threads_available()) > 1) start_thread(self);
    *reader = self;
    return ERM_OK;
}

/* Gives the caller's block back and waits for the next. */
static void take_next(erm_reader *self)
{
    if (!self->threaded) {
        fill(self, &self->block[0]);
        return;
    }
    pthread_mutex_lock(&self->mutex);
    if (self->given) {
        self->full--;
        self->current = (self->current + 1) % BLOCKS;
        pthread_cond_signal(&self->changed);
    }
    while (self->full == 0) pthread_cond_wait(&self->changed, &self->mutex);
    pthread_mutex_unlock(&self->mutex);
    self->given = true;
}

erm_status erm_reader_next(erm_reader *reader, const erm_dataset **rows, char *detail)
{
    if (!reader || !rows) return erm__fail(detail, ERM_EINVAL, "no %s", reader ? "place for the rows" : "reader to read from");
    if (!reader->ended) take_next(reader);
    const erm__block *block = &reader->block[reader->current];
    reader->ended = is_last(block);
    *rows = reader->ended ? NULL : &block->dataset;
    return block->status == ERM_OK ? ERM_OK : erm__fail(detail, block->status, "%s", block->detail);
}

void erm_reader_close(erm_reader *reader)
{
    if (!reader) return;
    if (reader->threaded) stop_thread(reader);
    for (int b = 0; b < BLOCKS; b++) {
        reader->ops->empty(&reader->block[b]);
        erm__rows_free(&reader->block[b].rows);
    }
    reader->ops->close(reader->source);
    free(reader);
}
