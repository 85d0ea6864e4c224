/* What the mutator of models reaches: mutants of pipelines, which fields differ from the seed's, and how often the mutant is still a model.
 * Prints a table; fails if a kind of field is hardly ever changed alone, or if what should load sometimes never does.
 *   test_mutator COUNT MODEL... */
#include "fuzz/model_mutator.c"
#include "fuzz/model_use.h"

enum { MOST_BYTES = 20000 };

typedef enum kind {
  TREE_ATTRIBUTE,
  OPERATOR_ATTRIBUTE,
  NODE_INPUT,
  NODE_OUTPUT,
  NODE_OPERATOR,
  TENSOR_SHAPE,
  TENSOR_DATA,
  VALUE_NAME,
  VALUE_TYPE,
  VALUE_SHAPE,
  OPSETS,
  REST,
  KINDS
} kind;

static const char *const names[KINDS] = {
    [TREE_ATTRIBUTE] = "attributes of trees",
    [OPERATOR_ATTRIBUTE] = "attributes of other operators",
    [NODE_INPUT] = "inputs of nodes",
    [NODE_OUTPUT] = "outputs of nodes",
    [NODE_OPERATOR] = "operators of nodes",
    [TENSOR_SHAPE] = "dimensions of initializers",
    [TENSOR_DATA] = "values of initializers",
    [VALUE_NAME] = "names of inputs and outputs",
    [VALUE_TYPE] = "types of inputs and outputs",
    [VALUE_SHAPE] = "shapes of inputs and outputs",
    [OPSETS] = "operator sets",
    [REST] = "all else",
};

#define LEAST_PER_MILLE 2 /* of all mutants change a kind, and nothing else */

/* Kinds of which some changes have to be accepted; a new name for an output, say, hardly ever fits. */
static bool has_to_load(kind k) { return k == TREE_ATTRIBUTE || k == OPERATOR_ATTRIBUTE || k == NODE_INPUT || k == TENSOR_DATA || k == VALUE_SHAPE; }

static size_t mutants, changed[KINDS], alone[KINDS], loaded[KINDS], all_loaded;

/* LLVMFuzzerMutate() of libFuzzer changes bytes; here, one of them. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) {
  (void)most;
  if (size) data[below((uint32_t)size)] = (uint8_t)next();
  return size;
}

/* ---- which kind a field is of ---- */

static bool is_tree_node(const model *m, uint32_t node) {
  for (uint32_t i = node + 1; i < m->count && m->fields[i].depth > m->fields[node].depth; i++) {
    const field *f = &m->fields[i];
    if (f->depth == m->fields[node].depth + 1 && f->number == 4) return f->size >= 12 && memcmp(f->data, "TreeEnsemble", 12) == 0;
  }
  return false;
}

/* By the messages that it is in: above[d] is the one of depth d. */
static kind kind_of(const model *m, uint32_t index, const uint32_t *above) {
  const field *f = &m->fields[index];
  if (f->depth == 0) return f->number == 8 ? OPSETS : REST;
  if (m->fields[above[0]].number == 8) return OPSETS;
  if (f->depth == 1 || m->fields[above[0]].number != 7) return REST;
  uint32_t in_graph = m->fields[above[1]].number;
  if (in_graph == 1 && f->depth > 2) return is_tree_node(m, above[1]) ? TREE_ATTRIBUTE : OPERATOR_ATTRIBUTE;
  if (in_graph == 1) return f->number == 1 ? NODE_INPUT : f->number == 2 ? NODE_OUTPUT : f->number == 4 || f->number == 7 ? NODE_OPERATOR : REST;
  if (in_graph == 5) return f->number == 1 ? TENSOR_SHAPE : f->number == 8 || f->number == 12 ? REST : TENSOR_DATA;
  if (in_graph != 11 && in_graph != 12) return REST;
  if (f->depth == 2 && f->number == 1) return VALUE_NAME;
  return f->parent == OT_MESSAGE_SHAPE || f->parent == OT_MESSAGE_DIMENSION ? VALUE_SHAPE : VALUE_TYPE;
}

/* A number for each kind that tells whether anything of it is different; the order of fields counts, messages count by what is in them. */
static void summarise(const model *m, uint64_t *sums) {
  uint32_t above[DEEPEST] = {0};
  memset(sums, 0, KINDS * sizeof *sums);
  for (uint32_t i = 0; i < m->count; i++) {
    const field *f = &m->fields[i];
    kind k = kind_of(m, i, above);
    above[f->depth] = i;
    if (f->is_message && f->size) continue;
    uint64_t bytes = fuzz_hash(f->data, f->data ? f->size : 0), tag = (uint64_t)f->number << 8 | f->type;
    uint64_t state_of = sums[k] ^ f->number_value * 3 ^ bytes ^ tag << 32;
    sums[k] = fuzz_random(&state_of);
  }
}

/* ---- mutants ---- */

static model before, after;

static void mutate(const uint8_t *seed, size_t size, unsigned number) {
  static uint8_t mutant[MOST_BYTES];
  uint64_t sums[2][KINDS];
  memcpy(mutant, seed, size);
  size_t length = LLVMFuzzerCustomMutator(mutant, size, sizeof mutant, number);
  mutants++;
  counting_allocator memory = {0};
  onnxtree_model *loads = use_load(mutant, length, NULL, &memory);
  all_loaded += loads != NULL;
  if (parse(&after, mutant, length)) {
    summarise(&before, sums[0]);
    summarise(&after, sums[1]);
    size_t different = 0;
    for (int k = 0; k < KINDS; k++) different += sums[0][k] != sums[1][k];
    for (int k = 0; k < KINDS; k++) {
      if (sums[0][k] == sums[1][k]) continue;
      changed[k]++;
      alone[k] += different == 1;
      loaded[k] += different == 1 && loads;
    }
  }
  onnxtree_model_free(loads);
}

static double percent(size_t part, size_t whole) { return whole ? 100 * (double)part / (double)whole : 0; }

int main(int argc, char **argv) {
  if (argc < 3) return EXIT_FAILURE;
  for (int i = 2; i < argc; i++) {
    static uint8_t seed[MOST_BYTES];
    FILE *file = fopen(argv[i], "rb");
    size_t size = file ? fread(seed, 1, sizeof seed, file) : 0;
    if (file) fclose(file);
    FUZZ_CHECK(size > 0 && size < sizeof seed && parse(&before, seed, size));
    for (unsigned n = 0; n < (unsigned)atoi(argv[1]); n++) mutate(seed, size, n * 1000 + (unsigned)i);
  }
  bool good = true;
  printf("%-30s  changed  alone  of these load   (%% of %zu mutants, of which %.1f load)\n", "", mutants, percent(all_loaded, mutants));
  for (int k = 0; k < KINDS; k++) {
    printf("%-30s  %6.2f  %6.2f  %6.1f\n", names[k], percent(changed[k], mutants), percent(alone[k], mutants), percent(loaded[k], alone[k]));
    good &= alone[k] * 1000 >= mutants * LEAST_PER_MILLE && (loaded[k] > 0 || !has_to_load((kind)k));
  }
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
