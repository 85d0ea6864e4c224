/* Nodes: ids are resolved to canonical numbers here, so that nothing after this file computes with an id of the file. */
#include <string.h>

#include "base/sort.h"
#include "base/text.h"
#include "ensemble/reader_attributes.h"
#include "onnx/wire.h"

#define MODE_LEAF 6u
#define READ_AT_ONCE 256u

static bool out_of_memory(const ot_reading *r) { return ot_problem_memory(r->problems, r->scratch->memory); }

/* How many of the elements that are left are read together. */
static size_t next_count(size_t left) { return left < READ_AT_ONCE ? left : READ_AT_ONCE; }

/* ---- trees ---- */

static size_t next_ids(ot_cursor *cursor, int64_t *ids, size_t left) {
  size_t count = next_count(left);
  ot_cursor_ints(cursor, ids, count);
  return count;
}

static uint32_t count_trees(const ot_reading *r) {
  ot_cursor cursor = ot_cursor_begin(&r->set.attributes[OT_A_TREE_IDS]);
  int64_t ids[READ_AT_ONCE], previous = 0;
  uint32_t count = 1; /* files without nodes have been refused */
  for (size_t first = 0, n; first < r->node_count; first += n) {
    n = next_ids(&cursor, ids, r->node_count - first);
    if (first == 0) previous = ids[0];
    for (size_t i = 0; i < n; i++) {
      count += ids[i] != previous;
      previous = ids[i];
    }
  }
  return count;
}

static void read_tree_ids(ot_reading *r) {
  ot_cursor cursor = ot_cursor_begin(&r->set.attributes[OT_A_TREE_IDS]);
  int64_t ids[READ_AT_ONCE];
  uint32_t tree = 0;
  for (size_t first = 0, n; first < r->node_count; first += n) {
    n = next_ids(&cursor, ids, r->node_count - first);
    for (size_t i = 0; i < n; i++) {
      if (tree > 0 && ids[i] == r->tree_ids[tree - 1]) continue;
      if (ids[i] < 0) ot_report(r, OT_PROBLEM_TREE_ID, OT_A_TREE_IDS, first + i, ids[i], "is negative");
      r->tree_ids[tree] = ids[i];
      r->tree_first[tree++] = (uint32_t)(first + i);
    }
  }
  r->tree_first[tree] = (uint32_t)r->node_count;
}

/* A tree id that comes back after another one: ONNX Runtime starts a new tree, the specification continues the old one. */
static bool check_tree_ids(ot_reading *r) {
  uint32_t count = r->ensemble->tree_count;
  bool ascending = true;
  for (uint32_t t = 1; t < count; t++) ascending &= r->tree_ids[t] > r->tree_ids[t - 1];
  if (ascending) return true;
  r->tree_order = ot_arena_array(r->scratch, count, sizeof *r->tree_order);
  uint32_t *scratch = ot_arena_array(r->scratch, count, sizeof *scratch);
  if (!r->tree_order || !scratch) return out_of_memory(r);
  ot_sort_order(r->tree_ids, count, r->tree_order, scratch);
  for (uint32_t t = 1; t < count; t++) {
    uint32_t tree = r->tree_order[t];
    if (r->tree_ids[tree] == r->tree_ids[r->tree_order[t - 1]] &&
        !ot_report(r, OT_PROBLEM_TREE_INTERLEAVED, OT_A_TREE_IDS, r->tree_first[tree], r->tree_ids[tree],
                   "occurred before: list the nodes of a tree together"))
      break;
  }
  return true;
}

static bool read_trees(ot_reading *r) {
  ot_ensemble *e = r->ensemble;
  e->tree_count = count_trees(r);
  if (e->tree_count > r->options->limits->max_trees) {
    ot_problem(r->problems, OT_PROBLEM_LIMIT_TREES, r->place, "%u trees; the limit max_trees is %u", e->tree_count, r->options->limits->max_trees);
    return false;
  }
  r->tree_ids = ot_arena_array(r->scratch, e->tree_count, sizeof *r->tree_ids);
  r->tree_first = ot_arena_array(r->scratch, (size_t)e->tree_count + 1, sizeof *r->tree_first);
  r->tree_is_dense = ot_arena_array(r->scratch, e->tree_count, sizeof *r->tree_is_dense);
  if (!r->tree_ids || !r->tree_first || !r->tree_is_dense) return out_of_memory(r);
  read_tree_ids(r);
  return check_tree_ids(r);
}

uint32_t ot_find_tree(const ot_reading *r, int64_t tree_id, uint32_t hint) {
  uint32_t count = r->ensemble->tree_count;
  if (r->tree_ids[hint] == tree_id) return hint;
  if (hint + 1 < count && r->tree_ids[hint + 1] == tree_id) return hint + 1;
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (r->tree_ids[r->tree_order ? r->tree_order[middle] : middle] < tree_id)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == count) return UINT32_MAX;
  uint32_t tree = r->tree_order ? r->tree_order[low] : (uint32_t)low;
  return r->tree_ids[tree] == tree_id ? tree : UINT32_MAX;
}

/* ---- node ids ---- */

/* Whether the node ids of all trees are 0, 1, 2, ...: then they need not be kept. */
static bool ids_are_positions(const ot_reading *r) {
  ot_cursor cursor = ot_cursor_begin(&r->set.attributes[OT_A_NODE_IDS]);
  int64_t ids[READ_AT_ONCE], wanted = 0;
  uint32_t tree = 0;
  for (size_t first = 0, n; first < r->node_count; first += n) {
    n = next_ids(&cursor, ids, r->node_count - first);
    for (size_t i = 0; i < n; i++, wanted++) {
      if (first + i == r->tree_first[tree]) {
        wanted = 0;
        tree++;
      }
      if (ids[i] != wanted) return false;
    }
  }
  return true;
}

static bool read_node_ids(ot_reading *r) {
  memset(r->tree_is_dense, 1, r->ensemble->tree_count);
  if (ids_are_positions(r)) return true;
  r->node_ids = ot_arena_array(r->scratch, r->node_count, sizeof *r->node_ids);
  if (!r->node_ids) return out_of_memory(r);
  ot_cursor cursor = ot_cursor_begin(&r->set.attributes[OT_A_NODE_IDS]);
  ot_cursor_ints(&cursor, r->node_ids, r->node_count);
  for (uint32_t t = 0; t < r->ensemble->tree_count; t++) {
    bool dense = true;
    for (uint32_t i = r->tree_first[t]; i < r->tree_first[t + 1]; i++) {
      dense &= r->node_ids[i] == i - r->tree_first[t];
      if (r->node_ids[i] < 0) ot_report(r, OT_PROBLEM_TREE_ID, OT_A_NODE_IDS, i, r->node_ids[i], "is negative");
    }
    r->tree_is_dense[t] = dense;
  }
  return true;
}

int64_t ot_node_id(const ot_reading *r, uint32_t tree, size_t index) {
  return r->node_ids ? r->node_ids[index] : (int64_t)(index - r->tree_first[tree]);
}

static bool sort_tree(ot_reading *r, uint32_t tree) {
  uint32_t first = r->tree_first[tree], count = r->tree_first[tree + 1] - first;
  const int64_t *ids = r->node_ids + first;
  uint32_t *order = r->node_order + first;
  ot_sort_order(ids, count, order, r->refs); /* which are made later */
  for (uint32_t i = 1; i < count; i++)
    if (ids[order[i]] == ids[order[i - 1]] &&
        !ot_report(r, OT_PROBLEM_TREE_DUPLICATE_NODE, OT_A_NODE_IDS, first + order[i], ids[order[i]], "is a node id that this tree already has"))
      return false;
  return true;
}

static bool sort_node_ids(ot_reading *r) {
  if (!r->node_ids) return true;
  r->node_order = ot_arena_array(r->scratch, r->node_count, sizeof *r->node_order);
  if (!r->node_order) return out_of_memory(r);
  for (uint32_t t = 0; t < r->ensemble->tree_count; t++)
    if (!r->tree_is_dense[t] && !sort_tree(r, t)) return false; /* later trees have no order in which a node could be found */
  return true;
}

size_t ot_find_node(const ot_reading *r, uint32_t tree, int64_t node_id) {
  uint32_t first = r->tree_first[tree], count = r->tree_first[tree + 1] - first;
  if (r->tree_is_dense[tree]) return node_id >= 0 && node_id < count ? first + (size_t)node_id : SIZE_MAX;
  size_t found = ot_sort_find(r->node_ids + first, r->node_order + first, count, node_id);
  return found < count ? first + (size_t)r->node_order[first + found] : SIZE_MAX;
}

/* ---- modes ---- */

#define MODE_BYTES 12 /* more than any name has */
static const char mode_names[][MODE_BYTES] = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "LEAF"};

/* A name as numbers, which are compared without jumps: which nodes are leaves cannot be foreseen. */
typedef struct mode_key {
  unsigned mode;
  size_t size;
  uint64_t head, head_mask;
  uint32_t tail, tail_mask;
} mode_key;

static mode_key key_of(unsigned mode) {
  const unsigned char *name = (const unsigned char *)mode_names[mode];
  size_t size = strlen(mode_names[mode]);
  uint32_t tail_mask = size < 9 ? 0 : (1u << (8 * size - 64)) - 1;
  return (mode_key){mode, size, ot_wire_load64(name), size < 8 ? UINT32_MAX : UINT64_MAX, ot_wire_load32(name + 8), tail_mask};
}

/* All bits if the text is that name, else none. There are MODE_BYTES to be read. */
static inline uint32_t has_mode(onnxtree_string text, const mode_key *key) {
  const unsigned char *bytes = (const unsigned char *)text.data;
  uint64_t head = (ot_wire_load64(bytes) ^ key->head) & key->head_mask, tail = (ot_wire_load32(bytes + 8) ^ key->tail) & key->tail_mask;
  return 0 - (uint32_t)((head | tail | (text.size ^ key->size)) == 0);
}

static inline uint32_t choose(uint32_t mask, uint32_t yes, uint32_t no) { return no ^ ((no ^ yes) & mask); }

/* The branches of an ensemble tend to have one mode: `usual`. */
static unsigned parse_mode(onnxtree_string text, bool has_room, const mode_key *usual, const mode_key *leaf) {
  if (has_room) {
    uint32_t is_leaf = has_mode(text, leaf);
    if (is_leaf | has_mode(text, usual)) return choose(is_leaf, MODE_LEAF, usual->mode);
  }
  unsigned mode = 0;
  while (mode <= MODE_LEAF && !ot_text_equals(text, mode_names[mode])) mode++;
  return mode;
}

/* Numbers branches and leaves and keeps each node's mode. */
static bool read_modes(ot_reading *r, uint8_t *modes) {
  ot_cursor cursor = ot_cursor_begin(&r->set.attributes[OT_A_MODES]);
  uint32_t leaves = 0;
  mode_key usual = key_of(OT_MODE_LEQ);
  const mode_key leaf = key_of(MODE_LEAF);
  for (size_t i = 0; i < r->node_count; i++) {
    onnxtree_string text = ot_cursor_string(&cursor);
    unsigned mode = parse_mode(text, cursor.end - cursor.at >= MODE_BYTES, &usual, &leaf);
    if (mode > MODE_LEAF) {
      ot_place place = ot_element_place(&r->set, OT_A_MODES, i, r->place);
      ot_problem(r->problems, OT_PROBLEM_TREE_MODE, place.text,
                 "'%s' is no node mode; BRANCH_LEQ, BRANCH_LT, BRANCH_GTE, BRANCH_GT, BRANCH_EQ, BRANCH_NEQ or LEAF was expected",
                 ot_text_excerpt(text).text);
      if (r->problems->found >= OT_MOST_PROBLEMS) return false;
      mode = MODE_LEAF;
    }
    modes[i] = (uint8_t)mode;
    uint32_t is_leaf = 0 - (uint32_t)(mode == MODE_LEAF);
    if (~is_leaf & (mode ^ usual.mode)) usual = key_of(mode);
    r->refs[i] = choose(is_leaf, leaves | OT_LEAF_BIT, (uint32_t)i - leaves);
    leaves -= is_leaf;
  }
  r->ensemble->leaf_count = leaves;
  r->ensemble->branch_count = (uint32_t)r->node_count - leaves;
  return true;
}

/* ---- branches ---- */

static ot_node_ref resolve_child(const ot_reading *r, uint32_t tree, size_t index, int64_t id, size_t rule) {
  size_t position = ot_find_node(r, tree, id);
  if (position != SIZE_MAX) return r->refs[position];
  if (r->problems->found < OT_MOST_PROBLEMS) {
    ot_place place = ot_element_place(&r->set, rule, index, r->place);
    ot_problem(r->problems, OT_PROBLEM_TREE_CHILD, place.text, "tree %lld has no node %lld, which node %lld names as its child",
               (long long)r->tree_ids[tree], (long long)id, (long long)ot_node_id(r, tree, index));
  }
  return OT_LEAF_BIT;
}

/* The next nodes, attribute by attribute. */
typedef struct node_batch {
  ot_cursor features, true_ids, false_ids, missing;
  bool has_missing;
  size_t first, count; /* of the nodes read */
  int64_t feature[READ_AT_ONCE], true_id[READ_AT_ONCE], false_id[READ_AT_ONCE], is_missing[READ_AT_ONCE];
  double value[READ_AT_ONCE];
} node_batch;

static void read_batch(ot_reading *r, node_batch *b) {
  b->first += b->count;
  b->count = next_count(r->node_count - b->first);
  ot_cursor_ints(&b->features, b->feature, b->count);
  ot_cursor_ints(&b->true_ids, b->true_id, b->count);
  ot_cursor_ints(&b->false_ids, b->false_id, b->count);
  if (b->has_missing) ot_cursor_ints(&b->missing, b->is_missing, b->count);
  ot_reals_take(&r->values, b->value, b->count);
}

/* Nodes of a batch that belong to one tree. Which of them are leaves cannot be foreseen, so that the branches are picked out first. */
static void read_part(ot_reading *r, const node_batch *b, uint32_t tree, size_t first, size_t end, const uint8_t *modes) {
  ot_ensemble *e = r->ensemble;
  size_t branches[READ_AT_ONCE], count = 0;
  for (size_t i = first; i < end; i++) {
    int64_t missing = b->is_missing[i - b->first];
    if (missing & ~INT64_C(1)) ot_report(r, OT_PROBLEM_TREE_MISSING_FLAG, OT_A_MISSING, i, missing, "is neither 0 nor 1");
    if (r->leaf_values && ot_is_leaf(r->refs[i])) ot_store_real(e, r->leaf_values, ot_leaf_index(r->refs[i]), b->value[i - b->first]);
    branches[count] = i;
    count += modes[i] != MODE_LEAF;
  }
  for (size_t k = 0; k < count; k++) {
    size_t i = branches[k], at = i - b->first;
    uint32_t branch = r->refs[i];
    int64_t feature = b->feature[at];
    bool is_feature = feature >= 0 && feature <= INT32_MAX;
    if (!is_feature) ot_report(r, OT_PROBLEM_TREE_FEATURE, OT_A_FEATURES, i, feature, "is no feature id; columns are counted from 0");
    e->features[branch] = is_feature ? (uint32_t)feature : 0;
    e->modes[branch] = (uint8_t)(modes[i] | (b->is_missing[at] == 1 ? OT_MISSING_TRUE : 0));
    ot_store_real(e, e->thresholds, branch, b->value[at]);
    e->true_child[branch] = resolve_child(r, tree, i, b->true_id[at], OT_A_TRUE_IDS);
    e->false_child[branch] = resolve_child(r, tree, i, b->false_id[at], OT_A_FALSE_IDS);
  }
}

static void read_all_nodes(ot_reading *r, const uint8_t *modes) {
  node_batch batch = {ot_cursor_begin(&r->set.attributes[OT_A_FEATURES]), ot_cursor_begin(&r->set.attributes[OT_A_TRUE_IDS]),
                      ot_cursor_begin(&r->set.attributes[OT_A_FALSE_IDS]), ot_cursor_begin(&r->set.attributes[OT_A_MISSING]),
                      .has_missing = ot_attribute_is_present(&r->set, OT_A_MISSING)};
  for (uint32_t t = 0; t < r->ensemble->tree_count; t++) {
    r->ensemble->roots[t] = r->refs[r->tree_first[t]];
    for (size_t i = r->tree_first[t], tree_end = r->tree_first[t + 1], end; i < tree_end; i = end) {
      if (i == batch.first + batch.count) read_batch(r, &batch);
      end = batch.first + batch.count;
      if (end > tree_end) end = tree_end;
      read_part(r, &batch, t, i, end, modes);
    }
  }
}

bool ot_read_nodes(ot_reading *r) {
  size_t before = r->problems->found;
  r->node_count = r->set.attributes[OT_A_TREE_IDS].count;
  if (r->node_count > r->options->limits->max_tree_nodes) {
    ot_problem(r->problems, OT_PROBLEM_LIMIT_TREE_NODES, r->place, "%zu nodes; the limit max_tree_nodes is %u", r->node_count,
               r->options->limits->max_tree_nodes);
    return false;
  }
  r->refs = ot_arena_array(r->scratch, r->node_count, sizeof *r->refs);
  uint8_t *modes = ot_arena_array(r->scratch, r->node_count, sizeof *modes);
  if (!r->refs || !modes) return out_of_memory(r);
  if (!read_trees(r) || !read_node_ids(r) || !sort_node_ids(r) || !read_modes(r, modes) || !ot_allocate_branches(r)) return false;
  if (r->options->compat_onnxruntime && !r->options->classifier) {
    r->leaf_values = ot_arena_array(r->scratch, r->ensemble->leaf_count, ot_real_size(r->ensemble));
    if (!r->leaf_values) return out_of_memory(r);
  }
  read_all_nodes(r, modes);
  return r->problems->found == before;
}
