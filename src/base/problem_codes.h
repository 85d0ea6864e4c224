/* The one table of problem codes: OT_PROBLEM(identifier, name, status, meaning). docs/errors.md is tested against it.
 * Names are part of the public interface: they never change, new ones may be added anywhere. Codes whose status is OK are warnings. */
#ifndef OT_BASE_PROBLEM_CODES_H
#define OT_BASE_PROBLEM_CODES_H

#define OT_PROBLEMS(OT_PROBLEM) \
  /* the call */ \
  OT_PROBLEM(ARGUMENT, "argument", INVALID_ARGUMENT, "an argument of the call is wrong") \
  OT_PROBLEM(UNKNOWN_KERNEL, "unknown-kernel", INVALID_ARGUMENT, "no kernel has the asked name, or this CPU or model cannot use it") \
  OT_PROBLEM(IO, "io", IO, "a file cannot be opened or read") \
  OT_PROBLEM(MEMORY, "out-of-memory", OUT_OF_MEMORY, "the allocator has no memory left") \
  OT_PROBLEM(SHAPE, "shape-mismatch", SHAPE_MISMATCH, "a tensor has another number of rows or columns than needed") \
  OT_PROBLEM(TYPE, "type-mismatch", TYPE_MISMATCH, "a tensor has another element type than needed") \
  OT_PROBLEM(DATA_VALUE, "data-value", INVALID_DATA, "a row has a value that an operator of the model cannot use") \
  OT_PROBLEM(CANCELLED, "cancelled", CANCELLED, "the caller asked to stop") \
  OT_PROBLEM(INTERNAL, "internal", INTERNAL, "a defect of the library") \
  /* bytes */ \
  OT_PROBLEM(NOT_ONNX, "not-onnx", MALFORMED, "the file is of another, recognised kind (pickle, zip, text, ...)") \
  OT_PROBLEM(WIRE_TRUNCATED, "wire-truncated", MALFORMED, "the bytes end inside a field") \
  OT_PROBLEM(WIRE_VARINT, "wire-varint", MALFORMED, "a variable-length integer is longer than 10 bytes or exceeds 64 bits") \
  OT_PROBLEM(WIRE_TAG, "wire-tag", MALFORMED, "a field number is 0, too large, or its tag is longer than 4 bytes") \
  OT_PROBLEM(WIRE_TYPE, "wire-type", MALFORMED, "a field has a wire type that does not exist or that the field cannot have") \
  OT_PROBLEM(WIRE_GROUP, "wire-group", MALFORMED, "groups (a retired protobuf feature) are not read") \
  OT_PROBLEM(WIRE_LENGTH, "wire-length", MALFORMED, "a length reaches past the end of the enclosing message") \
  OT_PROBLEM(WIRE_PACKED, "wire-packed", MALFORMED, "a packed array ends inside an element") \
  OT_PROBLEM(WIRE_DUPLICATE, "wire-duplicate", MALFORMED, "a field that may occur once occurs again") \
  OT_PROBLEM(WIRE_TEXT, "wire-text", MALFORMED, "a name is not valid UTF-8 or contains a NUL byte") \
  /* limits */ \
  OT_PROBLEM(LIMIT_FILE, "limit-file", LIMIT_EXCEEDED, "max_file_bytes") \
  OT_PROBLEM(LIMIT_MEMORY, "limit-memory", LIMIT_EXCEEDED, "max_load_bytes") \
  OT_PROBLEM(LIMIT_NESTING, "limit-nesting", LIMIT_EXCEEDED, "max_nesting") \
  OT_PROBLEM(LIMIT_GRAPH_NODES, "limit-graph-nodes", LIMIT_EXCEEDED, "max_graph_nodes") \
  OT_PROBLEM(LIMIT_TREES, "limit-trees", LIMIT_EXCEEDED, "max_trees") \
  OT_PROBLEM(LIMIT_TREE_NODES, "limit-tree-nodes", LIMIT_EXCEEDED, "max_tree_nodes") \
  OT_PROBLEM(LIMIT_COLUMNS, "limit-columns", LIMIT_EXCEEDED, "max_columns") \
  OT_PROBLEM(LIMIT_LABEL, "limit-label", LIMIT_EXCEEDED, "max_label_bytes") \
  OT_PROBLEM(LIMIT_OPSETS, "limit-opsets", LIMIT_EXCEEDED, "more than 64 operator sets are imported; real models need up to four") \
  OT_PROBLEM(LIMIT_SCRATCH, "limit-scratch", LIMIT_EXCEEDED, "max_scratch_bytes: one row needs more") \
  /* model and graph */ \
  OT_PROBLEM(MODEL_NO_GRAPH, "model-no-graph", INVALID_MODEL, "the file has no graph (empty, or not an ONNX model)") \
  OT_PROBLEM(MODEL_IR_VERSION, "model-ir-version", INVALID_MODEL, "ir_version is missing, 0 or negative") \
  OT_PROBLEM(MODEL_UNSUPPORTED, "model-unsupported", UNSUPPORTED, "local functions, training information, sparse or quantised initializers") \
  OT_PROBLEM(OPSET_MISSING, "opset-missing", INVALID_MODEL, "a node uses a domain that opset_import does not list") \
  OT_PROBLEM(OPSET_CONFLICT, "opset-conflict", INVALID_MODEL, "opset_import lists a domain with two versions") \
  OT_PROBLEM(OPSET_VERSION, "opset-version", INVALID_MODEL, "an operator set version that does not exist (0 or negative)") \
  OT_PROBLEM(GRAPH_EMPTY, "graph-empty", INVALID_MODEL, "the graph has no nodes, no inputs or no outputs") \
  OT_PROBLEM(GRAPH_UNDEFINED, "graph-undefined", INVALID_MODEL, "a node or output reads a value that nothing produces before it") \
  OT_PROBLEM(GRAPH_CYCLE, "graph-cycle", INVALID_MODEL, "nodes depend on each other in a circle, or are not in order") \
  OT_PROBLEM(GRAPH_DUPLICATE, "graph-duplicate", INVALID_MODEL, "two things write a value of the same name") \
  OT_PROBLEM(GRAPH_ARITY, "graph-arity", INVALID_MODEL, "a node has too few or too many inputs or outputs") \
  OT_PROBLEM(GRAPH_MIXES_ROWS, "graph-mixes-rows", UNSUPPORTED, "an operator would make the result of a row depend on other rows") \
  OT_PROBLEM(VALUE_TYPE, "value-type", INVALID_MODEL, "a value has a type that its reader or its declaration does not allow") \
  OT_PROBLEM(VALUE_UNSUPPORTED, "value-unsupported", UNSUPPORTED, "an input or output of a type that is not implemented (float16, sparse, maps)") \
  OT_PROBLEM(VALUE_SHAPE, "value-shape", INVALID_MODEL, "a value has a rank or size that its reader does not allow") \
  OT_PROBLEM(OPERATOR_UNSUPPORTED, "operator-unsupported", UNSUPPORTED, "operators, or versions of them, that are not implemented; all are named") \
  OT_PROBLEM(EXTERNAL_DATA, "external-data", UNSUPPORTED, "a tensor points to another file; no file is ever opened because a model names it") \
  /* attributes and tensors */ \
  OT_PROBLEM(ATTRIBUTE_UNKNOWN, "attribute-unknown", INVALID_MODEL, "the operator has no such attribute in this version") \
  OT_PROBLEM(ATTRIBUTE_DUPLICATE, "attribute-duplicate", INVALID_MODEL, "an attribute is given twice") \
  OT_PROBLEM(ATTRIBUTE_MISSING, "attribute-missing", INVALID_MODEL, "a needed attribute is absent or empty") \
  OT_PROBLEM(ATTRIBUTE_TYPE, "attribute-type", INVALID_MODEL, "an attribute has another type than the operator defines, or than it says itself") \
  OT_PROBLEM(ATTRIBUTE_LENGTH, "attribute-length", INVALID_MODEL, "two attributes that belong together have different lengths") \
  OT_PROBLEM(ATTRIBUTE_BOTH, "attribute-both", INVALID_MODEL, "two attributes exclude each other and both are given") \
  OT_PROBLEM(ATTRIBUTE_VALUE, "attribute-value", INVALID_MODEL, "an attribute has a value that the operator does not define") \
  OT_PROBLEM(ATTRIBUTE_REFERENCE, "attribute-reference", UNSUPPORTED, "an attribute refers to an attribute of an enclosing function") \
  OT_PROBLEM(TENSOR_TYPE, "tensor-type", INVALID_MODEL, "a tensor has an element type that is not allowed there") \
  OT_PROBLEM(TENSOR_SIZE, "tensor-size", INVALID_MODEL, "a tensor's data and its dimensions disagree") \
  /* tree ensembles */ \
  OT_PROBLEM(TREE_NONE, "tree-none", INVALID_MODEL, "the ensemble has no trees") \
  OT_PROBLEM(TREE_ID, "tree-id", INVALID_MODEL, "a tree or node id is negative") \
  OT_PROBLEM(TREE_INTERLEAVED, "tree-interleaved", INVALID_MODEL, "the nodes of a tree are not listed together; implementations disagree on it") \
  OT_PROBLEM(TREE_DUPLICATE_NODE, "tree-duplicate-node", INVALID_MODEL, "a tree has two nodes of the same id") \
  OT_PROBLEM(TREE_CHILD, "tree-child", INVALID_MODEL, "a child is no node of its tree") \
  OT_PROBLEM(TREE_CYCLE, "tree-cycle", INVALID_MODEL, "a node is its own descendant") \
  OT_PROBLEM(TREE_ROOT, "tree-root", INVALID_MODEL, "the first listed node of a tree is another node's child") \
  OT_PROBLEM(TREE_UNREACHABLE, "tree-unreachable", INVALID_MODEL, "a node cannot be reached from the root of its tree") \
  OT_PROBLEM(TREE_FEATURE, "tree-feature", INVALID_MODEL, "a feature id is negative or not below the number of input columns") \
  OT_PROBLEM(TREE_MODE, "tree-mode", INVALID_MODEL, "a node mode that the operator does not define") \
  OT_PROBLEM(TREE_MISSING_FLAG, "tree-missing-flag", INVALID_MODEL, "nodes_missing_value_tracks_true holds something other than 0 and 1") \
  OT_PROBLEM(TREE_MEMBERS, "tree-members", INVALID_MODEL, "membership_values does not hold a non-empty set for each BRANCH_MEMBER node") \
  OT_PROBLEM(TREE_WEIGHT_NODE, "tree-weight-node", INVALID_MODEL, "a weight names a node that does not exist") \
  OT_PROBLEM(TREE_TARGET, "tree-target", INVALID_MODEL, "a target or class id is negative or too large") \
  OT_PROBLEM(TREE_LABELS, "tree-labels", INVALID_MODEL, "class labels are absent, given twice, or repeated") \
  OT_PROBLEM(TREE_BASE_VALUES, "tree-base-values", INVALID_MODEL, "base_values has a length that the operator does not define") \
  /* warnings */ \
  OT_PROBLEM(TREE_LEAF_WITHOUT_WEIGHT, "tree-leaf-without-weight", OK, "a leaf has no weight and adds nothing") \
  OT_PROBLEM(TREE_WEIGHT_ON_BRANCH, "tree-weight-on-branch", OK, "a weight of an interior node is ignored") \
  OT_PROBLEM(TREE_WEIGHT_REPEATED, "tree-weight-repeated", OK, "a leaf has several weights for one target") \
  OT_PROBLEM(TREE_NOT_A_NUMBER, "tree-not-a-number", OK, "a threshold is NaN, or a weight or base value is not finite") \
  OT_PROBLEM(VALUE_UNUSED, "value-unused", OK, "an input of the model is not used")

#endif
