/* The numbered catalogue of malformed and awkward models: each entry is a model that is changed in one place, and the outcome that it must have. */
#ifndef TESTS_CATALOGUE_CATALOGUE_H
#define TESTS_CATALOGUE_CATALOGUE_H

#include "support/onnx_writer.h"

typedef enum catalogue_base { BASE_REGRESSOR, BASE_CLASSIFIER, BASE_TREE_ENSEMBLE } catalogue_base;

typedef struct catalogue_entry {
  const char *id;   /* letter and number of the catalogue, e.g. "T18" */
  const char *what;
  catalogue_base base;
  void (*change)(writer_model *model); /* NULL: none */
  void (*damage)(bytes *file);         /* of the bytes; NULL: none */
  const char *code;  /* of the problem; NULL: accepted */
  const char *place; /* part of the message, or for accepted models of a warning's place or code; NULL: any */
  double expected;   /* accepted: the first score of the row (0.5, 3) */
} catalogue_entry;

typedef struct catalogue_section {
  const char *name;
  const catalogue_entry *entries;
  size_t count;
} catalogue_section;

extern const catalogue_section catalogue_wire, catalogue_models, catalogue_trees, catalogue_tree_ensembles;

#define SECTION(name, entries) {name, entries, sizeof entries / sizeof *entries}

#endif
