"""TreeEnsemble (ai.onnx.ml 5), in the form that yobx writes: the operators of ai.onnx.ml 1 rewritten, one tree per target, and the steps around them."""

import lightgbm
import numpy as np
import onnxmltools
from onnx import TensorProto, helper, numpy_helper
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.base import clone, is_classifier
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from skl2onnx import to_onnx

from data import TRAINED, task
from exporting import transformed, whole
from graph import Graph, Made
from graphs_boosters import with_categories
from graphs_trees import forest, histogram, tree

MODES = {b"BRANCH_LEQ": 0, b"BRANCH_LT": 1, b"BRANCH_GTE": 2, b"BRANCH_GT": 3, b"BRANCH_EQ": 4, b"BRANCH_NEQ": 5, "MEMBER": 6}
AGGREGATES = {"AVERAGE": 0, "SUM": 1, "MIN": 2, "MAX": 3}


def attributes_of(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


class Rewriting:
    """Collects the arrays of the new operator, tree by tree."""

    def __init__(self, old, sets):
        self.old, self.sets = old, sets
        self.places = {key: i for i, key in enumerate(zip(old["nodes_treeids"], old["nodes_nodeids"]))}
        self.weights = {}
        prefix = "class" if "class_ids" in old else "target"
        for *key, target, weight in zip(*(old[f"{prefix}_{part}"] for part in ("treeids", "nodeids", "ids", "weights"))):
            self.weights.setdefault(tuple(key), {})[target] = weight
        self.nodes, self.leaves, self.roots, self.members = [], [], [], {}

    def leaf(self, key, target):
        self.leaves.append((target, self.weights.get(key, {}).get(target, 0.0)))
        return len(self.leaves) - 1, 1

    def chain(self, place):
        """The values of a chain of BRANCH_EQ with one true child, and the place of its end's false child."""
        old, tree_id = self.old, self.old["nodes_treeids"][place]
        feature, inside, values = old["nodes_featureids"][place], old["nodes_truenodeids"][place], []
        while old["nodes_modes"][place] == b"BRANCH_EQ" and (old["nodes_featureids"][place], old["nodes_truenodeids"][place]) == (
            feature,
            inside,
        ):
            values.append(old["nodes_values"][place])
            place = self.places[tree_id, old["nodes_falsenodeids"][place]]
        return values, place

    def key(self, place):
        return self.old["nodes_treeids"][place], self.old["nodes_nodeids"][place]

    def child(self, place, target):
        if self.old["nodes_modes"][place] == b"LEAF":
            return *self.leaf(self.key(place), target), None
        mine = len(self.nodes)
        self.nodes.append(None)
        return mine, 0, (mine, place)

    def add(self, root, target):
        """One tree for one target, without recursion."""
        self.roots.append(len(self.nodes))
        if self.old["nodes_modes"][root] == b"LEAF":
            leaf, _ = self.leaf(self.key(root), target)
            self.nodes.append((0, 0.0, 0, leaf, 1, leaf, 1, 0))
            return
        waiting = [self.child(root, target)[2]]
        while waiting:
            mine, place = waiting.pop()
            mode, value, last = self.split(mine, place)
            no = self.child(last, target)
            yes = self.child(self.places[self.key(place)[0], self.old["nodes_truenodeids"][place]], target)
            tracks = self.old.get("nodes_missing_value_tracks_true")
            missing = tracks[place] if tracks else 0
            self.nodes[mine] = (self.old["nodes_featureids"][place], value, mode, *yes[:2], *no[:2], missing)
            waiting += [child[2] for child in (yes, no) if child[2]]

    def split(self, mine, place):
        """Mode, value and the place of the false child; chains become members of a set if wanted."""
        if self.sets and self.old["nodes_modes"][place] == b"BRANCH_EQ":
            self.members[mine], last = self.chain(place)
            return MODES["MEMBER"], 0.0, last
        return (
            MODES[self.old["nodes_modes"][place]],
            self.old["nodes_values"][place],
            self.places[self.key(place)[0], self.old["nodes_falsenodeids"][place]],
        )


def tree_ensemble(old, targets, dtype, post_transform=0, aggregate="SUM", sets=False):
    """The node TreeEnsemble X -> scores."""
    made = Rewriting(old, sets)
    roots = [i for i, tree_id in enumerate(old["nodes_treeids"]) if i == 0 or old["nodes_treeids"][i - 1] != tree_id]
    for root in roots:
        for target in range(targets):
            made.add(root, target)
    features, values, modes, yes, yes_leaf, no, no_leaf, missing = map(list, zip(*made.nodes))
    arrays = {
        "nodes_splits": constant("nodes_splits", values, dtype),
        "nodes_modes": constant("nodes_modes", modes, np.uint8),
        "leaf_weights": constant("leaf_weights", [w for _, w in made.leaves], dtype),
    }
    if sets:
        arrays["membership_values"] = constant("membership_values", sets_in_order(made), dtype)
    return helper.make_node(
        "TreeEnsemble",
        ["X"],
        ["raw"],
        domain="ai.onnx.ml",
        name="trees",
        tree_roots=made.roots,
        nodes_featureids=features,
        nodes_truenodeids=yes,
        nodes_trueleafs=yes_leaf,
        nodes_falsenodeids=no,
        nodes_falseleafs=no_leaf,
        nodes_missing_value_tracks_true=missing,
        leaf_targetids=[t for t, _ in made.leaves],
        n_targets=targets,
        aggregate_function=AGGREGATES[aggregate],
        post_transform=post_transform,
        **arrays,
    )


def sets_in_order(made):
    """The sets in the order of their nodes, each ended by a NaN."""
    return [value for i in sorted(made.members) for value in made.members[i] + [np.nan]]


def constant(name, values, kind):
    return numpy_helper.from_array(np.array(values, dtype=kind), name)


def around(node, base, link, labels, dtype):
    """Base values, link and label, as a classifier or regressor of yobx has them. Nodes, initializers, outputs."""
    kind = TensorProto.DOUBLE if dtype == np.float64 else TensorProto.FLOAT
    nodes, constants, last = [node], [], "raw"
    if base is not None:
        nodes.append(helper.make_node("Add", [last, "base"], ["biased"]))
        constants.append(constant("base", base, dtype))
        last = "biased"
    if link == "sigmoid" or link == "complement":
        inside = last
        if link == "sigmoid":
            nodes.append(helper.make_node("Sigmoid", [last], ["positive"]))
            inside = "positive"
        nodes += [
            helper.make_node("Sub", ["one", inside], ["negative"]),
            helper.make_node("Concat", ["negative", inside], ["both"], axis=-1),
        ]
        constants.append(constant("one", [1], dtype))
        last = "both"
    elif link in ("Softmax", "Exp"):
        nodes.append(helper.make_node(link, [last], ["linked"], **({"axis": 1} if link == "Softmax" else {})))
        last = "linked"
    nodes.append(helper.make_node("Identity", [last], ["probabilities"]))
    outputs = [helper.make_tensor_value_info("probabilities", kind, None)]
    if labels is not None:
        text = labels.dtype.kind == "U"
        nodes += [
            helper.make_node("ArgMax", [last], ["best"], axis=1, keepdims=0),
            helper.make_node("Cast", ["best"], ["index"], to=TensorProto.INT64),
        ]
        nodes.append(helper.make_node("Gather", ["labels", "index"], ["label"], axis=0))
        constants.append(numpy_helper.from_array(labels.astype(object) if text else labels.astype(np.int64), "labels"))
        outputs.insert(0, helper.make_tensor_value_info("label", TensorProto.STRING if text else TensorProto.INT64, None))
    return nodes, constants, outputs


def assembled(parts, columns, dtype):
    nodes, constants, outputs = parts
    x = helper.make_tensor_value_info("X", TensorProto.DOUBLE if dtype == np.float64 else TensorProto.FLOAT, [None, columns])
    graph = helper.make_graph(nodes, "v5", [x], outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 5)], ir_version=10)


def exported(estimator, asked):
    options = {id(estimator): {"zipmap": False, **({"raw_scores": True} if hasattr(estimator, "decision_function") else {})}}
    model = to_onnx(estimator, asked[:1].astype(np.float32), options=options if is_classifier(estimator) else None)
    return attributes_of(next(n for n in model.graph.node if n.op_type.startswith("TreeEnsemble")))


def rewritten(estimator, target, dtype="float32", nan=False, link=None):
    """A fitted estimator as a graph around TreeEnsemble."""

    def make():
        x, y, asked = task(target, "float32", nan)
        fitted = clone(estimator).fit(x, y)
        old, kind = exported(fitted, asked), np.dtype(dtype).type
        labels = fitted.classes_ if is_classifier(fitted) else None
        is_binary = labels is not None and len(labels) == 2
        targets = 1 if is_binary else len(labels) if labels is not None else old["n_targets"]
        base = old.get("base_values") or None
        node = tree_ensemble(old, targets, kind)
        parts = around(node, base, link if link else "complement" if is_binary else None, labels, kind)
        inputs = {"X": asked.astype(dtype)}
        if labels is None:
            return Made(assembled(parts, asked.shape[1], kind), inputs, {"probabilities": transformed(fitted, asked)})
        library = {"label": whole(fitted.predict(asked)), "probabilities": fitted.predict_proba(asked)}
        return Made(assembled(parts, asked.shape[1], kind), inputs, library)

    words = [target] + ([dtype] if dtype != "float32" else []) + (["NaN"] if nan else []) + ([link] if link else [])
    return Graph("TreeEnsemble", type(estimator).__name__, ", ".join(words), make)


def aggregated(aggregate, dtype="float32", targets="real"):
    """The trees of a forest, whose single predictions numpy puts together."""

    def make():
        x, y, asked = task(targets)
        fitted = forest(RandomForestRegressor, n_estimators=5).fit(x, y)
        old = exported(fitted, asked)
        old["target_weights"] = [w * 5 for w in old["target_weights"]]
        each = np.stack([t.predict(asked).reshape(len(asked), -1) for t in fitted.estimators_])
        together = {"AVERAGE": each.mean(0), "SUM": each.sum(0), "MIN": each.min(0), "MAX": each.max(0)}[aggregate]
        kind = np.dtype(dtype).type
        node = tree_ensemble(old, old["n_targets"], kind, aggregate=aggregate)
        model = assembled(around(node, None, None, None, kind), asked.shape[1], kind)
        return Made(model, {"X": asked.astype(dtype)}, {"probabilities": together})

    return Graph("TreeEnsemble", "RandomForestRegressor", f"{targets}, {dtype}, {aggregate}", make)


def categorical(dtype, sets):
    """LightGBM's categorical splits, as chains of equality tests or as sets."""

    def make():
        x, effect = with_categories()
        estimator = lightgbm.LGBMRegressor(
            n_estimators=6, num_leaves=8, min_child_samples=5, min_data_per_group=5, cat_smooth=1, max_cat_to_onehot=1, verbose=-1
        )
        estimator.fit(x[:TRAINED], effect[:TRAINED], categorical_feature=[0, 1])
        model = onnxmltools.convert_lightgbm(estimator, initial_types=[("X", FloatTensorType([None, x.shape[1]]))], target_opset=15)
        asked, kind = x[TRAINED - 20 :], np.dtype(dtype).type
        node = tree_ensemble(attributes_of(model.graph.node[0]), 1, kind, sets=sets)
        made = assembled(around(node, None, None, None, kind), x.shape[1], kind)
        return Made(made, {"X": asked.astype(dtype)}, {"probabilities": estimator.predict(asked).reshape(-1, 1)})

    return Graph("TreeEnsemble", "LGBMRegressor", f"categories, {dtype}, {'sets' if sets else 'chains of equality tests'}", make)


def graphs():
    for dtype in ("float32", "float64"):
        for target in ("int2", "int3", "str2", "str3"):
            for estimator in (tree(DecisionTreeClassifier), forest(RandomForestClassifier), forest(ExtraTreesClassifier)):
                yield rewritten(estimator, target, dtype)
            for estimator in (forest(GradientBoostingClassifier, max_depth=3), histogram(HistGradientBoostingClassifier)):
                yield rewritten(estimator, target, dtype, link="sigmoid" if target.endswith("2") else "Softmax")
        yield rewritten(histogram(HistGradientBoostingClassifier), "int2", dtype, True, "sigmoid")
        yield rewritten(histogram(HistGradientBoostingRegressor, loss="poisson"), "counts", dtype, link="Exp")
        for estimator in (
            tree(DecisionTreeRegressor),
            forest(RandomForestRegressor),
            forest(GradientBoostingRegressor),
            histogram(HistGradientBoostingRegressor),
        ):
            yield rewritten(estimator, "real", dtype)
        yield rewritten(forest(RandomForestRegressor), "real2", dtype)
        for aggregate in AGGREGATES:
            yield aggregated(aggregate, dtype)
            if aggregate != "AVERAGE":  # divides by all trees, and there is one tree per target
                yield aggregated(aggregate, dtype, "real2")
        for sets in (False, True):
            yield categorical(dtype, sets)
