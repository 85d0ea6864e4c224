/* The validator of tree arrays against a slow checker that is obviously right: what it accepts has every reference in range, no circle, and nothing
 * that no root reaches; what it finds out about the shape is true. */
#include <math.h>
#include <string.h>

#include "ensemble/validate.h"
#include "fuzz/fuzz.h"

#define MOST 24 /* trees, branches, leaves, weights */
#define MOST_SETS 4

typedef struct arrays {
  ot_node_ref roots[MOST], yes[MOST], no[MOST];
  uint32_t features[MOST], leaf_weights[MOST + 1], targets[MOST], sets[MOST], set_members[MOST_SETS + 1];
  uint8_t modes[MOST];
  float thresholds[MOST], weights[MOST];
} arrays;

static ot_node_ref read_reference(fuzz_input *input) {
  uint32_t byte = fuzz_byte(input);
  return byte == 0xFF ? UINT32_MAX : (byte & 0x3F) | (byte & 0x40 ? OT_LEAF_BIT : 0);
}

static ot_ensemble read_ensemble(fuzz_input *input, arrays *a) {
  uint32_t flags = fuzz_byte(input);
  ot_ensemble e = {.roots = a->roots, .features = a->features, .modes = a->modes, .thresholds = a->thresholds,
                   .true_child = a->yes, .false_child = a->no, .weights = a->weights};
  e.tree_count = fuzz_below(input, MOST + 1);
  e.branch_count = fuzz_below(input, MOST + 1);
  e.leaf_count = fuzz_below(input, MOST + 1);
  e.target_count = 1 + fuzz_below(input, 4);
  e.weight_count = flags & 1 ? fuzz_below(input, MOST + 1) : e.leaf_count;
  for (uint32_t i = 0; i < e.tree_count; i++) a->roots[i] = read_reference(input);
  for (uint32_t i = 0; i < e.branch_count; i++) {
    a->yes[i] = read_reference(input);
    a->no[i] = read_reference(input);
    uint32_t test = fuzz_byte(input);
    a->features[i] = test >> 3;
    a->modes[i] = (uint8_t)((test & 7) % 7 | (test & 0x80 ? OT_MISSING_TRUE : 0));
    a->thresholds[i] = test == 0xF0 ? NAN : 1;
  }
  if (flags & 1) {
    e.leaf_weights = a->leaf_weights;
    for (uint32_t i = 0; i <= e.leaf_count; i++) a->leaf_weights[i] = flags & 2 ? (i < e.weight_count ? i : e.weight_count) : fuzz_byte(input);
  }
  if (flags & 8) {
    e.branch_sets = a->sets;
    e.set_count = fuzz_below(input, MOST_SETS + 1);
    e.set_members = a->set_members;
    for (uint32_t i = 0; i <= e.set_count; i++) a->set_members[i] = fuzz_below(input, 6);
    for (uint32_t i = 0; i < e.branch_count; i++) a->sets[i] = fuzz_below(input, MOST_SETS + 1);
  }
  if (flags & 4) {
    e.weight_targets = a->targets;
    for (uint32_t i = 0; i < e.weight_count; i++) a->targets[i] = fuzz_below(input, 5);
  }
  return e;
}

/* ---- the slow checker: nodes are branches, then leaves; everything by closure and repetition ---- */

static bool in_range(const ot_ensemble *e, ot_node_ref ref) {
  return ref & OT_LEAF_BIT ? (ref ^ OT_LEAF_BIT) < e->leaf_count : ref < e->branch_count;
}
static uint32_t node_of(const ot_ensemble *e, ot_node_ref ref) { return ref & OT_LEAF_BIT ? e->branch_count + (ref ^ OT_LEAF_BIT) : ref; }

static bool references_are_right(const ot_ensemble *e) {
  for (uint32_t i = 0; i < e->tree_count; i++)
    if (!in_range(e, e->roots[i])) return false;
  for (uint32_t i = 0; i < e->branch_count; i++)
    if (!in_range(e, e->true_child[i]) || !in_range(e, e->false_child[i])) return false;
  for (uint32_t i = 0; e->weight_targets && i < e->weight_count; i++)
    if (e->weight_targets[i] >= e->target_count) return false;
  for (uint32_t i = 0; i < e->set_count; i++)
    if (e->set_members[i] > e->set_members[i + 1]) return false;
  for (uint32_t i = 0; i < e->branch_count; i++)
    if ((e->modes[i] & OT_MODE_MASK) == OT_MODE_MEMBER && !(e->branch_sets && e->branch_sets[i] < e->set_count)) return false;
  if (!e->leaf_weights) return e->weight_count == e->leaf_count;
  for (uint32_t i = 0; i < e->leaf_count; i++)
    if (e->leaf_weights[i] > e->leaf_weights[i + 1]) return false;
  return e->leaf_weights[0] == 0 && e->leaf_weights[e->leaf_count] == e->weight_count;
}

/* below[a] has bit b if node b can be reached from branch a by one step or more. */
static void close(const ot_ensemble *e, uint64_t *below) {
  for (uint32_t i = 0; i < e->branch_count; i++)
    below[i] = UINT64_C(1) << node_of(e, e->true_child[i]) | UINT64_C(1) << node_of(e, e->false_child[i]);
  for (uint32_t round = 0; round < e->branch_count; round++)
    for (uint32_t i = 0; i < e->branch_count; i++)
      for (uint32_t k = 0; k < e->branch_count; k++)
        if (below[i] >> k & 1) below[i] |= below[k];
}

static bool shape_is_right(const ot_ensemble *e) {
  uint64_t below[MOST] = {0}, reached = 0;
  close(e, below);
  for (uint32_t i = 0; i < e->branch_count; i++)
    if (below[i] >> i & 1) return false;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    uint32_t root = node_of(e, e->roots[t]);
    reached |= UINT64_C(1) << root | (root < e->branch_count ? below[root] : 0);
  }
  return reached == (UINT64_C(1) << (e->branch_count + e->leaf_count)) - 1;
}

static bool features_are_right(const ot_ensemble *e, size_t columns, size_t most) {
  for (uint32_t i = 0; i < e->branch_count; i++)
    if ((columns && e->features[i] >= columns) || e->features[i] >= most) return false;
  return true;
}

/* ---- what is found out ---- */

static uint32_t true_depth(const ot_ensemble *e) {
  uint32_t depth[MOST] = {0}, deepest = 0; /* tests on the longest path down from a branch */
  for (uint32_t round = 0; round < e->branch_count; round++)
    for (uint32_t i = 0; i < e->branch_count; i++) {
      uint32_t yes = ot_is_leaf(e->true_child[i]) ? 0 : depth[e->true_child[i]], no = ot_is_leaf(e->false_child[i]) ? 0 : depth[e->false_child[i]];
      depth[i] = 1 + (yes > no ? yes : no);
    }
  for (uint32_t t = 0; t < e->tree_count; t++)
    if (!ot_is_leaf(e->roots[t]) && depth[e->roots[t]] > deepest) deepest = depth[e->roots[t]];
  return deepest;
}

static bool shares_branches(const ot_ensemble *e) {
  uint32_t uses[MOST] = {0};
  bool shared = false;
  for (uint32_t i = 0; i < e->branch_count; i++) {
    if (!ot_is_leaf(e->true_child[i])) shared |= uses[e->true_child[i]]++ > 0;
    if (!ot_is_leaf(e->false_child[i])) shared |= uses[e->false_child[i]]++ > 0;
  }
  for (uint32_t t = 0; t < e->tree_count; t++)
    if (!ot_is_leaf(e->roots[t])) shared |= uses[e->roots[t]]++ > 0;
  return shared;
}

static void check_facts(const ot_ensemble *e) {
  uint32_t count = 0, used = 0;
  uint64_t seen = 0;
  bool missing = false, equality = false, swapped = false;
  for (uint32_t i = 0; i < e->branch_count; i++) {
    if (e->features[i] >= count) count = e->features[i] + 1;
    used += !(seen >> e->features[i] & 1);
    seen |= UINT64_C(1) << e->features[i];
    missing |= (e->modes[i] & OT_MISSING_TRUE) != 0;
    unsigned mode = e->modes[i] & OT_MODE_MASK;
    equality |= mode == OT_MODE_EQ || mode == OT_MODE_NEQ || mode == OT_MODE_MEMBER;
    swapped |= mode == OT_MODE_GTE || mode == OT_MODE_GT;
  }
  FUZZ_CHECK(e->max_depth == true_depth(e));
  FUZZ_CHECK(e->has_shared_nodes == shares_branches(e));
  FUZZ_CHECK(e->feature_count == count && e->features_used == used);
  FUZZ_CHECK(e->has_missing_true == missing && e->has_equality == equality && e->has_swapped_tests == swapped);
}

static ot_place name(const void *context, ot_node_ref ref) {
  FUZZ_CHECK(in_range(context, ref)); /* only nodes that exist are named */
  return ot_place_format("%u", ref);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, size};
  arrays a;
  memset(&a, 0, sizeof a);
  size_t columns = fuzz_below(&input, 34), most = 1 + fuzz_below(&input, 40);
  ot_ensemble e = read_ensemble(&input, &a);
  ot_memory memory;
  ot_arena scratch;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena_init(&scratch, &memory);
  onnxtree_error error = {ONNXTREE_OK, NULL, ""};
  ot_problems problems = {.error = &error};
  ot_node_names names = {name, &e};
  bool accepted = ot_ensemble_validate(&e, columns, most, &names, "", &scratch, &problems);
  ot_arena_free(&scratch);
  bool right = e.tree_count > 0 && references_are_right(&e) && shape_is_right(&e) && features_are_right(&e, columns, most);
  FUZZ_CHECK(accepted == right);
  FUZZ_CHECK(accepted == (problems.found == 0) && accepted == (error.code == NULL));
  if (accepted) check_facts(&e);
  return 0;
}
