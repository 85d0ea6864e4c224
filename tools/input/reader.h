/* Tables of rows from files. A reader is told where each column goes and in which type, and fills blocks of rows. */
#ifndef TOOLS_INPUT_READER_H
#define TOOLS_INPUT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <onnxtree/onnxtree.h>

#include "input/source.h"
#include "cli/message.h"

/* Where one column of the data goes. */
struct field {
  const char *name;    /* for messages; may be NULL */
  unsigned char *data; /* the cell of the block's first row; NULL: the column is not read */
  onnxtree_type type;
  size_t stride; /* bytes from one row to the next */
};

enum header_mode { HEADER_AUTO, HEADER_YES, HEADER_NO };

struct reader_options {
  char delimiter;
  enum header_mode header;
};

struct reader {
  const struct reader_kind *kind;
  struct source *source;
  size_t columns;
  char **names;     /* [columns] from a header, or NULL */
  bool is_empty;    /* there is not even a header; columns is 0 */
  char advice[256]; /* what may be meant when the number of columns does not fit; "" if nothing */
};

struct reader_kind {
  const char *name;      /* of --from */
  const char *extension; /* ".csv" */
  enum exit_code (*open)(struct source *source, const struct reader_options *options, struct reader **reader, struct failure *failure);
  /* Fill up to max_rows rows; fields[reader->columns]. *rows is less than max_rows only at the end of the data. */
  enum exit_code (*read)(struct reader *reader, const struct field *fields, size_t max_rows, size_t *rows, struct failure *failure);
  void (*close)(struct reader *reader);
};

extern const struct reader_kind csv_reader;
extern const struct reader_kind npy_reader;

/* Choose the reader: by the name of a format (NULL: by extension of `path`, else by the first bytes), and open it. */
enum exit_code reader_open(const char *format, const char *path, struct source *source, const struct reader_options *options, struct reader **reader,
                           struct failure *failure);
void reader_close(struct reader *reader); /* NULL is allowed */

#endif
