/* NumPy arrays (.npy, versions 1 to 3): little-endian float32, float64, int32, int64 or bool, in C order, of one or two dimensions.
 * Elements become the input's type: whole numbers and wider floats are rounded to nearest; float64 that overflows float is refused. */

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "input/npy_header.h"
#include "input/reader.h"
#include "text/printable.h"

#define ADVICE "save it as: np.save(path, np.ascontiguousarray(X, dtype=np.float32))"

enum { LONGEST_HEADER = 1 << 20 };

struct npy {
  struct reader base;
  onnxtree_type type;
  size_t row_bytes;
  uint64_t rows; /* of the array */
  uint64_t row;  /* next to be taken */
};

static const struct {
  const char *descr;
  onnxtree_type type;
  const char *numpy_name;
} types[] = {{"<f4", ONNXTREE_FLOAT, "float32"},
             {"<f8", ONNXTREE_DOUBLE, "float64"},
             {"<i4", ONNXTREE_INT32, "int32"},
             {"<i8", ONNXTREE_INT64, "int64"},
             {"|b1", ONNXTREE_BOOL, "bool"}};

static const char *numpy_name(onnxtree_type type) {
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    if (types[i].type == type) return types[i].numpy_name;
  }
  return onnxtree_type_name(type);
}

/* ---- elements --------------------------------------------------------------------------------------------------------------------- */

static uint32_t load32(const unsigned char *bytes) {
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint64_t load64(const unsigned char *bytes) { return load32(bytes) | (uint64_t)load32(bytes + 4) << 32; }

/* An element of the array: a whole number or a double, which holds every float. */
struct element {
  bool is_whole;
  int64_t whole;
  double real;
};

static struct element load(const unsigned char *bytes, onnxtree_type type) {
  struct element element = {.is_whole = true};
  float narrow;
  uint64_t bits;
  switch (type) {
    case ONNXTREE_FLOAT:
      memcpy(&narrow, &(uint32_t){load32(bytes)}, sizeof narrow);
      return (struct element){.real = (double)narrow};
    case ONNXTREE_DOUBLE:
      element.is_whole = false;
      bits = load64(bytes);
      memcpy(&element.real, &bits, sizeof element.real);
      return element;
    case ONNXTREE_INT32:
      element.whole = (int32_t)load32(bytes);
      return element;
    case ONNXTREE_INT64:
      element.whole = (int64_t)load64(bytes);
      return element;
    default:
      element.whole = bytes[0] != 0;
      return element;
  }
}

static bool store_float(const struct element *element, void *place) {
  /* From this value on, half a step above the largest float, a double rounds to infinity. */
  static const double too_large = 0x1.ffffffp127;
  if (!element->is_whole && fabs(element->real) >= too_large && !isinf(element->real)) return false;
  float value = element->is_whole ? (float)element->whole : (float)element->real;
  memcpy(place, &value, sizeof value);
  return true;
}

/* False if the element is beyond the range of the type. convertible() has been asked before. */
static bool store(const struct element *element, onnxtree_type type, void *place) {
  double real = element->is_whole ? (double)element->whole : element->real;
  int32_t narrow = (int32_t)element->whole;
  switch (type) {
    case ONNXTREE_FLOAT:
      return store_float(element, place);
    case ONNXTREE_DOUBLE:
      memcpy(place, &real, sizeof real);
      return true;
    case ONNXTREE_INT32:
      memcpy(place, &narrow, sizeof narrow);
      return narrow == element->whole;
    case ONNXTREE_INT64:
      memcpy(place, &element->whole, sizeof element->whole);
      return true;
    default:
      *(unsigned char *)place = element->whole != 0;
      return true;
  }
}

static bool convertible(onnxtree_type from, onnxtree_type to) {
  if (to == ONNXTREE_FLOAT || to == ONNXTREE_DOUBLE) return true;
  bool from_whole = from == ONNXTREE_INT32 || from == ONNXTREE_INT64 || from == ONNXTREE_BOOL;
  return to == ONNXTREE_BOOL ? from == ONNXTREE_BOOL : from_whole && (to == ONNXTREE_INT32 || to == ONNXTREE_INT64);
}

/* ---- opening ------------------------------------------------------------------------------------------------------------------------ */

static enum exit_code refuse(const struct source *source, struct failure *failure, const char *complaint, const char *advice) {
  (void)fail(failure, DATA_REFUSED, "%s: %s", source->name, complaint);
  if (advice) add_advice(failure, "%s", advice);
  return DATA_REFUSED;
}

/* Move past the header; *header describes the array. */
static enum exit_code read_header(struct source *source, struct npy_header *header, struct failure *failure) {
  if (source_need(source, 12, failure)) return IO_FAILED;
  const unsigned char *bytes = (const unsigned char *)source->data + source->begin;
  size_t available = source->end - source->begin;
  if (available < 12 || memcmp(bytes, NPY_MAGIC, NPY_MAGIC_SIZE) != 0)
    return refuse(source, failure, "is not a NumPy .npy file", "other formats: --from csv");
  if (bytes[6] < 1 || bytes[6] > 3) return refuse(source, failure, "is of a .npy version that does not exist (1, 2 and 3 do)", NULL);

  size_t prefix = bytes[6] == 1 ? 10 : 12;
  size_t size = bytes[6] == 1 ? bytes[8] | (size_t)bytes[9] << 8 : load32(bytes + 8);
  if (size > LONGEST_HEADER) return refuse(source, failure, "has a header longer than 1 MiB", NULL);
  if (source_need(source, prefix + size, failure)) return IO_FAILED;
  if (source->end - source->begin < prefix + size) return refuse(source, failure, "is cut off inside its header", NULL);

  const char *complaint = npy_header_parse(source->data + source->begin + prefix, size, header);
  source->begin += prefix + size;
  return complaint ? refuse(source, failure, complaint, ADVICE) : OK;
}

static enum exit_code check_type(struct npy *npy, const struct npy_header *header, struct failure *failure) {
  const struct source *source = npy->base.source;
  if (header->is_structured) return refuse(source, failure, "is a structured array; a plain matrix of numbers is expected", ADVICE);
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    if (strcmp(header->descr, types[i].descr) == 0) npy->type = types[i].type;
  }
  if (npy->type == ONNXTREE_UNDEFINED) {
    char descr[64];
    printable(descr, sizeof descr, header->descr, strlen(header->descr));
    (void)fail(failure, DATA_REFUSED, "%s: has elements of type '%s'; '<f4', '<f8', '<i4', '<i8' and '|b1' are read", source->name, descr);
    add_advice(failure, ADVICE);
    return DATA_REFUSED;
  }
  if (header->is_fortran_order && header->rank > 1)
    return refuse(source, failure, "is stored column by column (Fortran order); rows are expected", ADVICE);
  return OK;
}

static enum exit_code check_size(struct npy *npy, const struct npy_header *header, struct failure *failure) {
  const struct source *source = npy->base.source;
  if (header->rank < 1 || header->rank > 2) {
    (void)fail(failure, DATA_REFUSED, "%s: has %zu dimensions; a matrix of rows and columns is expected", source->name, header->rank);
    add_advice(failure, "reshape it first: X.reshape(len(X), -1)");
    return DATA_REFUSED;
  }
  uint64_t columns = header->rank == 2 ? header->shape[1] : 1;
  size_t element = onnxtree_type_size(npy->type);
  if (columns == 0 || columns > SIZE_MAX / 2 / element || header->shape[0] > (uint64_t)INT64_MAX / (columns * element))
    return refuse(source, failure, "has a shape that no file can have, or no columns", NULL);

  npy->base.columns = (size_t)columns;
  npy->rows = header->shape[0];
  npy->row_bytes = (size_t)columns * element;
  if (header->rank == 1)
    memcpy(npy->base.advice, "a 1-D array is read as one column; for one row save X.reshape(1, -1)",
           sizeof "a 1-D array is read as one column; for one row save X.reshape(1, -1)");
  return OK;
}

/* A regular file must be exactly as long as its header says. Pipes are checked while they are read. */
static enum exit_code check_file_size(const struct npy *npy, uint64_t header_bytes, struct failure *failure) {
  const struct source *source = npy->base.source;
  uint64_t expected = header_bytes + npy->rows * npy->row_bytes;
  if (source->file_size < 0 || (uint64_t)source->file_size == expected) return OK;
  return fail(failure, DATA_REFUSED, "%s: is %lld bytes long; its header asks for %llu (%s)", source->name, (long long)source->file_size,
              (unsigned long long)expected, (uint64_t)source->file_size < expected ? "it is cut off" : "something follows the array");
}

static enum exit_code start(struct npy *npy, struct failure *failure) {
  struct source *source = npy->base.source;
  struct npy_header header;
  enum exit_code code = read_header(source, &header, failure);
  uint64_t header_bytes = source->begin; /* the window has not moved yet: the header is within the first read */
  if (code == OK) code = check_type(npy, &header, failure);
  if (code == OK) code = check_size(npy, &header, failure);
  if (code == OK) code = check_file_size(npy, header_bytes, failure);
  return code;
}

static void npy_close(struct reader *reader) { free(reader); }

static enum exit_code npy_open(struct source *source, const struct reader_options *options, struct reader **reader, struct failure *failure) {
  struct npy *npy = calloc(1, sizeof *npy);
  if (!npy) return fail_memory(failure);
  npy->base = (struct reader){
      .kind = &npy_reader, .source = source, .to_skip = options->skip, .to_read = options->limit ? options->limit : UINT64_MAX};
  enum exit_code code = start(npy, failure);
  if (code) {
    npy_close(&npy->base);
    return code;
  }
  *reader = &npy->base;
  return OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------- */

/* The next rows of the array, `count` or fewer, whether they are wanted or not; their bytes are then in the window. */
static enum exit_code need_rows(struct npy *npy, uint64_t *count, struct failure *failure) {
  struct source *source = npy->base.source;
  uint64_t most = npy->row_bytes < CHUNK_SIZE ? CHUNK_SIZE / npy->row_bytes : 1;
  uint64_t left = npy->rows - npy->row;
  *count = *count < most ? *count : most;
  *count = *count < left ? *count : left;
  if (source_need(source, (size_t)*count * npy->row_bytes, failure)) return IO_FAILED;
  size_t available = (source->end - source->begin) / npy->row_bytes;
  if (*count > 0 && available == 0)
    return fail(failure, DATA_REFUSED, "%s: is cut off: %llu of %llu rows are there", source->name, (unsigned long long)npy->row,
                (unsigned long long)npy->rows);
  *count = *count < available ? *count : available;
  return OK;
}

static enum exit_code check_end(const struct npy *npy, struct failure *failure) {
  struct source *source = npy->base.source;
  if (source_need(source, 1, failure)) return IO_FAILED;
  return source->end > source->begin ? refuse(source, failure, "something follows the array", NULL) : OK;
}

static enum exit_code npy_take(struct reader *reader, struct chunk *chunk, struct failure *failure) {
  struct npy *npy = (struct npy *)reader;
  chunk->size = 0;
  while (npy->row < npy->rows && reader->to_skip > 0) {
    uint64_t count = reader->to_skip;
    enum exit_code code = need_rows(npy, &count, failure);
    if (code) return code;
    reader->source->begin += (size_t)count * npy->row_bytes;
    reader->to_skip -= count;
    npy->row += count;
  }
  if (reader->to_read == 0) return OK;
  if (npy->row == npy->rows) return check_end(npy, failure);
  uint64_t count = reader->to_read;
  enum exit_code code = need_rows(npy, &count, failure);
  if (code) return code;
  chunk->first_row = npy->row;
  if (reader->to_read != UINT64_MAX) reader->to_read -= count;
  npy->row += count;
  return chunk_fill(chunk, reader->source, (size_t)count * npy->row_bytes, failure);
}

static enum exit_code check_fields(const struct npy *npy, const struct field *fields, struct failure *failure) {
  for (size_t i = 0; i < npy->base.columns; i++) {
    if (!fields[i].data || convertible(npy->type, fields[i].type)) continue;
    (void)fail(failure, DATA_REFUSED, "%s: holds %s, but the model's input has type %s", npy->base.source->name, numpy_name(npy->type),
               onnxtree_type_name(fields[i].type));
    add_advice(failure, "convert it first: np.save(path, X.astype(np.%s))", numpy_name(fields[i].type));
    return DATA_REFUSED;
  }
  return OK;
}

/* Whether a row of the array is a row of the input, byte for byte. */
static bool is_same_row(const struct npy *npy, const struct field *fields) {
  static const union {
    uint16_t number;
    unsigned char first;
  } order = {1};
  size_t size = onnxtree_type_size(npy->type);
  if (order.first != 1 || npy->type == ONNXTREE_BOOL || !fields[0].data) return false;
  for (size_t i = 0; i < npy->base.columns; i++) {
    if (fields[i].data != fields[0].data + i * size || fields[i].type != npy->type || fields[i].stride != fields[0].stride) return false;
  }
  return true;
}

static enum exit_code store_row(const struct npy *npy, const unsigned char *bytes, const struct field *fields, size_t row, uint64_t number,
                                struct failure *failure) {
  size_t size = onnxtree_type_size(npy->type);
  for (size_t i = 0; i < npy->base.columns; i++, bytes += size) {
    if (!fields[i].data) continue;
    struct element element = load(bytes, npy->type);
    if (!store(&element, fields[i].type, fields[i].data + row * fields[i].stride))
      return fail(failure, DATA_REFUSED, "%s: row %llu, column %zu: the value is beyond the range of %s", npy->base.source->name,
                  (unsigned long long)number + 1, i + 1, onnxtree_type_name(fields[i].type));
  }
  return OK;
}

static enum exit_code npy_read(const struct reader *reader, struct chunk *chunk, const struct field *fields, size_t max_rows, size_t *rows,
                               struct failure *failure) {
  const struct npy *npy = (const struct npy *)reader;
  *rows = 0;
  enum exit_code code = check_fields(npy, fields, failure);
  bool is_same = code == OK && is_same_row(npy, fields);
  for (; code == OK && *rows < max_rows && chunk->next < chunk->size; chunk->next += npy->row_bytes) {
    const unsigned char *bytes = (const unsigned char *)chunk->data + chunk->next;
    if (is_same)
      memcpy(fields[0].data + *rows * fields[0].stride, bytes, npy->row_bytes);
    else
      code = store_row(npy, bytes, fields, *rows, chunk->first_row, failure);
    if (code) break;
    chunk->first_row++;
    ++*rows;
  }
  return code;
}

const struct reader_kind npy_reader = {"npy", ".npy", npy_open, npy_take, npy_read, npy_close};
