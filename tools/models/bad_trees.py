"""Sound graphs whose trees are wrong."""

import numpy as np

from bad_file import Bad, classifier, data, put, regressor, tree_arrays, weights

GOOD = {**tree_arrays(), **weights("target")}


def with_value(name, index, value):
    return data(regressor(**{name: put(GOOD[name], index, value)}))


def lengths():
    for name, array in GOOD.items():
        yield Bad("attribute-length", name, data(regressor(**{name: array[:-1]})), name, f"{name} is one element short")
    for name, array in (("nodes_missing_value_tracks_true", [0] * 9), ("nodes_hitrates", [1.0] * 11)):
        yield Bad("attribute-length", name, data(regressor(**{name: array})), name, f"{name} has {len(array)} elements for 10 nodes")


def ids():
    empty = {name: None for name in GOOD}
    yield Bad("tree-none", "no_arrays", data(regressor(**empty)), "nodes_treeids", "an ensemble without trees")
    yield Bad(
        "tree-id",
        "tree",
        data(regressor(nodes_treeids=np.repeat([-1, 1], 5), target_treeids=np.repeat([-1, 1], 3))),
        "nodes_treeids",
        "tree id -1",
    )
    negative = {"nodes_nodeids": [0, 1, -2, 3, 4] * 2, "nodes_falsenodeids": [-2, 0, 4, 0, 0] * 2}
    yield Bad("tree-id", "node", data(regressor(**negative)), "nodes_nodeids", "node id -2")
    order = np.array([0, 1, 5, 6, 2, 3, 4, 7, 8, 9])
    mixed = {name: [array[i] for i in order] if isinstance(array, list) else array[order] for name, array in tree_arrays().items()}
    yield Bad("tree-interleaved", "four_runs", data(regressor(**mixed)), "nodes_treeids", "the nodes of two trees, mixed")
    yield Bad("tree-duplicate-node", "id_3", with_value("nodes_nodeids", 4, 3), "nodes_nodeids", "two nodes of one id")


def children():
    for what, value, text in (
        ("unknown", 77, "child 77 of a tree of 5 nodes"),
        ("negative", -1, "child -1 of a branch"),
        ("wrapped", 2**32 + 1, "child 2^32 + 1, which 32 bits would take for 1"),
        ("smallest", -(2**63), "child -2^63"),
    ):
        yield Bad("tree-child", what, with_value("nodes_truenodeids", 0, value), "nodes_truenodeids", text)
    other = {
        "nodes_nodeids": [0, 1, 2, 3, 4, 10, 11, 12, 13, 14],
        "nodes_truenodeids": [11, 0, 3, 0, 0, 11, 0, 13, 0, 0],
        "nodes_falsenodeids": [2, 0, 4, 0, 0, 12, 0, 14, 0, 0],
        "target_nodeids": [1, 3, 4, 11, 13, 14],
    }
    yield Bad("tree-child", "other_tree", data(regressor(**other)), "nodes_truenodeids", "a child that is a node of another tree")
    yield Bad("tree-cycle", "self", with_value("nodes_falsenodeids", 2, 2), "node 2", "a node that is its own child")
    loop = {
        "nodes_modes": ["BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "BRANCH_LEQ", "LEAF"] * 2,
        "nodes_truenodeids": [1, 0, 3, 2, 0] * 2,
        "nodes_falsenodeids": [2, 0, 4, 4, 0] * 2,
        "target_treeids": [0, 0, 1, 1],
        "target_nodeids": [1, 4] * 2,
        "target_ids": [0] * 4,
        "target_weights": [1.0] * 4,
    }
    yield Bad("tree-cycle", "two_nodes", data(regressor(**loop)), "node", "two nodes that are each other's children")
    yield Bad("tree-cycle", "to_root", with_value("nodes_falsenodeids", 2, 0), "node", "a path that comes back to the root")
    order = [2, 0, 1, 3, 4, 5, 6, 7, 8, 9]
    late = {name: [array[i] for i in order] if isinstance(array, list) else array[order] for name, array in tree_arrays().items()}
    yield Bad("tree-root", "listed_second", data(regressor(**late)), "node", "the root stands behind its child")
    yield Bad("tree-unreachable", "leaf", with_value("nodes_falsenodeids", 2, 3), "node 4", "a leaf that no path reaches")
    yield Bad(
        "tree-unreachable", "two_roots", with_value("nodes_falsenodeids", 0, 1), "node 2", "a second root: a branch that no path reaches"
    )


def tests():
    yield Bad("tree-feature", "negative", with_value("nodes_featureids", 2, -1), "nodes_featureids", "a test of column -1")
    yield Bad(
        "tree-feature", "beyond_width", with_value("nodes_featureids", 2, 2), "feature 2", "a test of column 2 of an input of two columns"
    )
    yield Bad("tree-feature", "two_to_62", with_value("nodes_featureids", 2, 2**62), "nodes_featureids", "a test of column 2^62")
    for what, mode in (("unknown", "BRANCH_NEAR"), ("lower_case", "branch_leq"), ("member", "BRANCH_MEMBER"), ("empty", "")):
        yield Bad("tree-mode", what, with_value("nodes_modes", 2, mode), "nodes_modes", f"mode '{mode}'")
    for what, flag in (("two", 2), ("minus_one", -1)):
        yield Bad(
            "tree-missing-flag",
            what,
            data(regressor(nodes_missing_value_tracks_true=[0, 0, flag, 0, 0] * 2)),
            "nodes_missing_value_tracks_true",
            f"a missing flag of {flag}",
        )


def outputs():
    yield Bad("tree-weight-node", "unknown_node", with_value("target_nodeids", 1, 9), "target_", "a weight of node 9, which does not exist")
    yield Bad("tree-weight-node", "unknown_tree", with_value("target_treeids", 1, 9), "target_", "a weight of tree 9, which does not exist")
    yield Bad("tree-target", "too_large", with_value("target_ids", 1, 1), "target_ids", "target 1 of 1")
    yield Bad("tree-target", "negative", with_value("target_ids", 1, -1), "target_ids", "target -1")
    yield Bad("tree-target", "class", data(classifier(class_ids=[0, 1, 2, 0, 1, 3])), "class_ids", "class 3 of 3")
    yield Bad("tree-labels", "both", data(classifier(classlabels_strings=["a", "b", "c"])), "classlabels", "labels of both kinds")
    yield Bad("tree-labels", "none", data(classifier(classlabels_int64s=None)), "classlabels", "no labels")
    yield Bad("tree-labels", "repeated", data(classifier(classlabels_int64s=[0, 1, 0])), "label", "a label that occurs twice")
    yield Bad("tree-base-values", "two_for_one", data(regressor(base_values=[1.0, 2.0])), "base_values", "two base values for one target")
    yield Bad(
        "tree-base-values", "two_for_three", data(classifier(base_values=[1.0, 2.0])), "base_values", "two base values for three classes"
    )
    yield Bad(
        "attribute-value", "transform", data(regressor(post_transform="SQUARE")), "post_transform", "a post transform that does not exist"
    )
    yield Bad(
        "attribute-value",
        "transform_lower_case",
        data(classifier(post_transform="softmax")),
        "post_transform",
        "a post transform in lower case",
    )
    yield Bad(
        "attribute-value",
        "aggregate",
        data(regressor(aggregate_function="MEDIAN")),
        "aggregate_function",
        "an aggregate that does not exist",
    )
    for value in (0, -1):
        yield Bad(
            "attribute-value",
            f"targets_{value}".replace("-", "minus_"),
            data(regressor(n_targets=value)),
            "n_targets",
            f"n_targets {value}",
        )


def several():
    wrong = {
        "nodes_modes": put(GOOD["nodes_modes"], 2, "BRANCH_NEAR"),
        "nodes_featureids": put(GOOD["nodes_featureids"], 0, -1),
        "nodes_truenodeids": put(GOOD["nodes_truenodeids"], 5, 77),
        "target_ids": put(GOOD["target_ids"], 5, 4),
        "target_nodeids": put(GOOD["target_nodeids"], 2, 8),
        "nodes_missing_value_tracks_true": [3] + [0] * 9,
    }
    yield Bad(
        "tree-mode", "and_five_more", data(regressor(**wrong)), "nodes_modes", "six problems in one file; a check should name them all"
    )


def files():
    for group in (lengths, ids, children, tests, outputs, several):
        yield from group()
