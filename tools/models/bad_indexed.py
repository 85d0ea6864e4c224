"""Sound graphs whose TreeEnsemble (ai.onnx.ml 5) is wrong."""

import numpy as np
from onnx import TensorProto, helper

import tree_builder as build
from bad_file import Bad, data, put
from indexed_builder import Indexed

FLOAT, UINT8 = TensorProto.FLOAT, TensorProto.UINT8


def tensor(name, kind, values):
    return helper.make_tensor(name, kind, [len(values)], values)


def good():
    """Two trees: x0 <= 0.5 leads to leaf 0, else x1 in {1, 2} to leaf 1 or 2; x1 in {3} to leaf 3 or 4."""
    made = Indexed()
    top, inner, other = made.node(0, "LEQ", 0.5, 0), made.node(1, "MEMBER", [1.0, 2.0], 0), made.node(1, "MEMBER", [3.0], 0)
    leaves = [made.leaf(float(i)) for i in range(5)]
    made.link(top, leaves[0], inner)
    made.link(inner, leaves[1], leaves[2])
    made.link(other, leaves[3], leaves[4])
    made.root(top)
    made.root(other)
    return made.attributes()


GOOD = good()


def ensemble(kind=FLOAT, ml=5, **changes):
    attributes = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    x = helper.make_tensor_value_info("X", kind, [None, 2])
    y = helper.make_tensor_value_info("Y", kind, [None, 1])
    model = build.model_of([build.tree_node("TreeEnsemble", ["X"], ["Y"], attributes)], [x], [y], ml=ml)
    model.ClearField("producer_name")
    return data(model)


def with_value(name, index, value):
    return ensemble(**{name: put(np.array(GOOD[name], dtype=np.int64), index, value)})


def members(*values):
    return ensemble(membership_values=tensor("membership_values", FLOAT, values) if values else None)


def modes(*values):
    return ensemble(nodes_modes=tensor("nodes_modes", UINT8, values))


def lists():
    for name in ("nodes_falsenodeids", "nodes_trueleafs", "leaf_targetids"):
        yield Bad(
            "attribute-length",
            f"v5_{name}",
            ensemble(**{name: np.array(GOOD[name][:-1])}),
            "leaf_" if name[0] == "l" else name,
            f"{name} is one element short",
        )
    short = tensor("nodes_splits", FLOAT, [0.5, 0.0])
    yield Bad("attribute-length", "v5_nodes_splits", ensemble(nodes_splits=short), "nodes_splits", "two splits for three nodes")
    yield Bad("attribute-length", "v5_nodes_modes", modes(0, 6), "nodes_modes", "two modes for three nodes")
    for name in ("nodes_splits", "leaf_weights", "n_targets"):
        yield Bad("attribute-missing", f"v5_{name}", ensemble(**{name: None}), name, f"no {name}")
    yield Bad("tree-none", "v5_no_roots", ensemble(tree_roots=None), "tree_roots", "no tree_roots")
    strings = ["BRANCH_LEQ", "BRANCH_LEQ", "BRANCH_LEQ"]
    yield Bad(
        "attribute-type", "v5_modes_as_strings", ensemble(nodes_modes=strings), "nodes_modes", "modes as strings, as in earlier operators"
    )
    yield Bad("attribute-type", "v5_transform_as_string", ensemble(post_transform="NONE"), "post_transform", "a post transform as a string")
    yield Bad(
        "attribute-unknown",
        "v5_base_values",
        ensemble(base_values=np.array([0.5])),
        "base_values",
        "base values, which the operator does not have",
    )
    whole = tensor("nodes_modes", TensorProto.INT64, [0, 6, 6])
    yield Bad("tensor-type", "v5_modes_int64", ensemble(nodes_modes=whole), "nodes_modes", "modes as int64")
    splits = tensor("nodes_splits", UINT8, [0, 0, 0])
    yield Bad("tensor-type", "v5_splits_uint8", ensemble(nodes_splits=splits), "nodes_splits", "splits as uint8")
    yield Bad("value-type", "v5_int64_input", ensemble(TensorProto.INT64), "int64", "an int64 input: the output would be of that type")
    yield Bad("operator-unsupported", "v5_in_version_3", ensemble(ml=3), "TreeEnsemble", "TreeEnsemble, imported from version 3")


def references():
    for what, value in (("minus_1", -1), ("3_of_3", 3), ("two_to_32", 2**32)):
        yield Bad("tree-root", f"v5_{what}", with_value("tree_roots", 1, value), "tree_roots", f"root {value} of three nodes")
        yield Bad(
            "tree-child",
            f"v5_node_{what}",
            with_value("nodes_falsenodeids", 0, value),
            "nodes_falsenodeids",
            f"child {value} of three nodes",
        )
    yield Bad("tree-child", "v5_leaf_5_of_5", with_value("nodes_truenodeids", 0, 5), "nodes_truenodeids", "leaf 5 of five leaves")
    yield Bad("tree-child", "v5_flag_2", with_value("nodes_trueleafs", 0, 2), "nodes_trueleafs", "a leaf flag of 2")
    own = {"nodes_falseleafs": np.array([0, 0, 1]), "nodes_falsenodeids": np.array([1, 1, 4])}
    yield Bad("tree-cycle", "v5_self", ensemble(**own), "node 1", "a node that is its own child")
    loop = {"nodes_trueleafs": np.array([1, 0, 1]), "nodes_truenodeids": np.array([0, 0, 3]), "nodes_falseleafs": np.array([0, 1, 1])}
    yield Bad("tree-cycle", "v5_to_root", ensemble(**loop), "node", "a path that comes back to the root")
    yield Bad("tree-unreachable", "v5_leaf", with_value("nodes_falsenodeids", 1, 1), "leaf 2", "a leaf that no path reaches")
    yield Bad("tree-unreachable", "v5_node", ensemble(tree_roots=np.array([0])), "node 2", "a node that no path reaches")


def tests():
    yield Bad("tree-feature", "v5_negative", with_value("nodes_featureids", 1, -1), "nodes_featureids", "a test of column -1")
    yield Bad(
        "tree-feature",
        "v5_beyond_width",
        with_value("nodes_featureids", 1, 2),
        "feature 2",
        "a test of column 2 of an input of two columns",
    )
    for mode in (7, 8, 255):
        yield Bad("tree-mode", f"v5_{mode}", modes(0, mode, 6), "nodes_modes", f"mode {mode}")
    flags = np.array([0, 2, 0])
    yield Bad(
        "tree-missing-flag",
        "v5_two",
        ensemble(nodes_missing_value_tracks_true=flags),
        "nodes_missing_value_tracks_true",
        "a missing flag of 2",
    )
    nan = float("nan")
    for what, values, text in (
        ("absent", (), "no sets at all for two BRANCH_MEMBER nodes"),
        ("one_for_two", (1.0, 2.0, nan), "one set for two BRANCH_MEMBER nodes"),
        ("three_for_two", (1.0, nan, 2.0, nan, 3.0, nan), "three sets for two BRANCH_MEMBER nodes"),
        ("empty", (1.0, 2.0, nan, nan), "an empty set"),
    ):
        yield Bad("tree-members", what, members(*values), "membership_values", text)


def outputs():
    for value in (-1, 1, 2**32):
        yield Bad(
            "tree-target",
            f"v5_{value}".replace("-", "minus_"),
            with_value("leaf_targetids", 2, value),
            "leaf_targetids",
            f"target {value} of 1",
        )
    for name, value in (("post_transform", 5), ("post_transform", -1), ("aggregate_function", 4), ("n_targets", 0)):
        yield Bad("attribute-value", f"v5_{name}_{value}".replace("-", "minus_"), ensemble(**{name: value}), name, f"{name} {value}")


def files():
    for group in (lists, references, tests, outputs):
        yield from group()
