/* Tables of rows from files. A reader cuts its source into chunks of whole rows, one thread at a time; any thread then reads the rows of a
 * chunk: it is told where each column goes and in which type, and fills blocks of rows. */
#ifndef TOOLS_INPUT_READER_H
#define TOOLS_INPUT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <onnxtree/onnxtree.h>

#include "cli/message.h"
#include "input/source.h"

/* Where one column of the data goes. Texts are views into the chunk. */
struct field {
  const char *name;    /* for messages; may be NULL */
  unsigned char *data; /* the cell of the block's first row; NULL: the column is not read */
  onnxtree_type type;
  size_t stride;         /* bytes from one row to the next */
  onnxtree_string *text; /* NULL, or where the cells go as they are written, one for each row of the block */
};

enum header_mode { HEADER_AUTO, HEADER_YES, HEADER_NO };

struct reader_options {
  char delimiter;
  enum header_mode header;
  const char *const *missing; /* spellings of a missing cell; NULL: default_missing */
  uint64_t skip;              /* rows to leave out at the start */
  uint64_t limit;             /* most rows to read after these; 0: all */
};

/* Whole rows of a file; starts as {0}. */
struct chunk {
  char *data;
  size_t size;
  size_t capacity;
  size_t next;        /* bytes that have been read */
  uint64_t first_row; /* rows of the data before the chunk; lines, for text */
};

struct reader {
  const struct reader_kind *kind;
  struct source *source;
  size_t columns;
  char **names;     /* [columns] from a header, or NULL */
  bool is_empty;    /* there is not even a header; columns is 0 */
  char advice[256]; /* what may be meant when the number of columns does not fit; "" if nothing */
  uint64_t to_skip; /* rows still to be left out */
  uint64_t to_read; /* most rows still to be taken */
};

struct reader_kind {
  const char *name;      /* of --from */
  const char *extension; /* ".csv" */
  enum exit_code (*open)(struct source *source, const struct reader_options *options, struct reader **reader, struct failure *failure);
  /* The next rows; chunk->size is 0 at the end of the data. Not for several threads at once. */
  enum exit_code (*take)(struct reader *reader, struct chunk *chunk, struct failure *failure);
  /* Fill up to max_rows rows; fields[reader->columns]. *rows is less than max_rows only at the end of the chunk; on failure it is the number
   * of rows before the bad one. For several threads at once, with different chunks. */
  enum exit_code (*read)(const struct reader *reader, struct chunk *chunk, const struct field *fields, size_t max_rows, size_t *rows,
                         struct failure *failure);
  void (*close)(struct reader *reader);
};

extern const struct reader_kind csv_reader;
extern const struct reader_kind tsv_reader;
extern const struct reader_kind npy_reader;

/* Choose the reader: by the name of a format (NULL: by extension of `path`, else by the first bytes), and open it. */
enum exit_code reader_open(const char *format, const char *path, struct source *source, const struct reader_options *options, struct reader **reader,
                           struct failure *failure);
void reader_close(struct reader *reader); /* NULL is allowed */

/* ---- for the kinds ---- */

enum { CHUNK_SIZE = 2048 * 1024, CHUNK_PADDING = 32 };

/* Move `size` bytes from the source's window into the chunk. CHUNK_PADDING bytes after them are zero and may be written. */
enum exit_code chunk_fill(struct chunk *chunk, struct source *source, size_t size, struct failure *failure);
void chunk_free(struct chunk *chunk);

#endif
