"""Builds TreeEnsemble nodes (ai.onnx.ml 5): tests and leaves in two lists that refer to each other by position."""

import numpy as np
from onnx import TensorProto, helper

import tree_builder as build

MODES = {"LEQ": 0, "LT": 1, "GTE": 2, "GT": 3, "EQ": 4, "NEQ": 5, "MEMBER": 6}
NUMBERS = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}


class Indexed:
    """Lists that grow. A child is ("node", position) or ("leaf", position)."""

    def __init__(self, targets=1, dtype="float32"):
        self.targets, self.dtype = targets, dtype
        self.roots, self.nodes, self.leaves = [], [], []

    def leaf(self, weight, target=0):
        self.leaves.append((target, weight))
        return "leaf", len(self.leaves) - 1

    def node(self, *test):
        """A test without children yet: feature, mode, split or members, missing flag."""
        self.nodes.append([*test, None, None])
        return "node", len(self.nodes) - 1

    def link(self, node, true, false):
        self.nodes[node[1]][-2:] = true, false

    def root(self, child):
        """A tree that is a single leaf has a node all the same, with that leaf for both children."""
        if child[0] == "leaf":
            node = self.node(0, "LEQ", 0.0, 0)
            self.link(node, child, child)
            child = node
        self.roots.append(child[1])

    def tree(self, tree, target=0, column=0, mode="LEQ"):
        """Adds a tree of tree_builder; a tree of several targets is added once for each."""
        missing = np.zeros(len(tree.feature)) if tree.missing_left is None else tree.missing_left
        made = [
            (
                self.leaf(tree.weights[i, column], target)
                if tree.feature[i] < 0
                else self.node(tree.feature[i], mode, tree.threshold[i], missing[i])
            )
            for i in range(len(tree.feature))
        ]
        for i, child in enumerate(made):
            if child[0] == "node":
                self.link(child, made[tree.left[i]], made[tree.right[i]])
        self.root(made[0])

    def tensor(self, name, values, kind=None):
        return helper.make_tensor(name, kind or NUMBERS[self.dtype], [len(values)], np.asarray(values))

    def attributes(self, **more):
        feature, mode, split, missing, true, false = zip(*self.nodes)
        members = [list(s) + [np.nan] for m, s in zip(mode, split) if m == "MEMBER"]
        splits = [0.0 if m == "MEMBER" else s for m, s in zip(mode, split)]
        splits = build.float_below(np.array(splits)) if self.dtype == "float32" else np.array(splits)
        made = {
            "n_targets": self.targets,
            "tree_roots": self.roots,
            "nodes_featureids": np.array(feature),
            "nodes_modes": self.tensor("nodes_modes", [MODES[m] for m in mode], TensorProto.UINT8),
            "nodes_splits": self.tensor("nodes_splits", splits),
            "nodes_truenodeids": np.array([c[1] for c in true]),
            "nodes_trueleafs": np.array([int(c[0] == "leaf") for c in true]),
            "nodes_falsenodeids": np.array([c[1] for c in false]),
            "nodes_falseleafs": np.array([int(c[0] == "leaf") for c in false]),
            "leaf_targetids": np.array([t for t, _ in self.leaves]),
            "leaf_weights": self.tensor("leaf_weights", [w for _, w in self.leaves]),
        }
        if any(missing):
            made["nodes_missing_value_tracks_true"] = np.array(missing, dtype=np.int64)
        if members:
            made["membership_values"] = self.tensor("membership_values", np.concatenate(members))
        return {**made, **more}

    def model(self, columns, **more):
        kind = NUMBERS[self.dtype]
        x = helper.make_tensor_value_info("X", kind, [None, columns])
        y = helper.make_tensor_value_info("Y", kind, [None, self.targets])
        return build.model_of([build.tree_node("TreeEnsemble", ["X"], ["Y"], self.attributes(**more))], [x], [y], ml=5)
