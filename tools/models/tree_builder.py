"""Builds tree operators from arrays, for the forms that no exporter writes and for forests too large for exporters."""

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper

TYPES = {
    "float32": TensorProto.FLOAT,
    "float64": TensorProto.DOUBLE,
    "int64": TensorProto.INT64,
    "int32": TensorProto.INT32,
    "bool": TensorProto.BOOL,
}


@dataclass
class Tree:
    """Node i tests x[feature[i]] <= threshold[i]; leaves have feature -1; weights[i] holds one value per target."""

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    weights: np.ndarray
    missing_left: np.ndarray = None


def from_sklearn(estimator, scale=1.0):
    tree = estimator.tree_
    leaf = tree.children_left < 0
    return Tree(
        np.where(leaf, -1, tree.feature),
        tree.threshold,
        tree.children_left,
        tree.children_right,
        tree.value.reshape(tree.node_count, -1) * scale,
    )


def from_histogram(predictor):
    nodes = predictor.nodes
    leaf = nodes["is_leaf"].astype(bool)
    return Tree(
        np.where(leaf, -1, nodes["feature_idx"].astype(np.int64)),
        np.where(leaf, 0, nodes["num_threshold"]),
        nodes["left"].astype(np.int64),
        nodes["right"].astype(np.int64),
        nodes["value"].reshape(-1, 1),
        nodes["missing_go_to_left"].astype(np.int64),
    )


def float_below(values):
    """The largest float that is not above each value: x <= value and x <= float_below(value) agree for every float x."""
    rounded = values.astype(np.float32)
    return np.where(rounded > values, np.nextafter(rounded, np.float32(-np.inf)), rounded).astype(np.float32)


def attribute(name, value):
    """Like onnx.helper.make_attribute, without its checks of every element."""
    made = onnx.AttributeProto(name=name)
    if isinstance(value, onnx.TensorProto):
        made.type = onnx.AttributeProto.TENSOR
        made.t.CopyFrom(value)
    elif isinstance(value, (int, np.integer)):
        made.type, made.i = onnx.AttributeProto.INT, int(value)
    elif isinstance(value, (bytes, str)):
        made.type, made.s = onnx.AttributeProto.STRING, value.encode() if isinstance(value, str) else value
    elif isinstance(value, np.ndarray) and value.dtype.kind == "f":
        made.type = onnx.AttributeProto.FLOATS
        made.floats.extend(value.tolist())
    elif isinstance(value, np.ndarray):
        made.type = onnx.AttributeProto.INTS
        made.ints.extend(value.tolist())
    elif isinstance(value[0], (bytes, str)):
        made.type = onnx.AttributeProto.STRINGS
        made.strings.extend(v.encode() if isinstance(v, str) else v for v in value)
    else:
        made.type = onnx.AttributeProto.INTS if isinstance(value[0], (int, np.integer)) else onnx.AttributeProto.FLOATS
        (made.ints if made.type == onnx.AttributeProto.INTS else made.floats).extend(value)
    return made


def reals(name, values, tensor):
    """Numbers as floats, or as a tensor of the given form: 'double' (typed field), 'double raw', 'float'."""
    if tensor is None:
        return {name: values.astype(np.float32)}
    numbers = values.astype(np.float32 if tensor == "float" else np.float64)
    kind = TensorProto.FLOAT if tensor == "float" else TensorProto.DOUBLE
    made = (
        helper.make_tensor(name, kind, numbers.shape, numbers.tobytes(), raw=True)
        if tensor == "double raw"
        else helper.make_tensor(name, kind, numbers.shape, numbers)
    )
    return {name + "_as_tensor": made}


def node_attributes(trees, tensor=None):
    sizes = [len(t.feature) for t in trees]
    feature = np.concatenate([t.feature for t in trees])
    leaf = feature < 0
    threshold = np.where(leaf, 0.0, np.concatenate([t.threshold for t in trees]))
    made = {
        "nodes_treeids": np.repeat(np.arange(len(trees)), sizes),
        "nodes_nodeids": np.concatenate([np.arange(n) for n in sizes]),
        "nodes_featureids": np.where(leaf, 0, feature),
        "nodes_modes": [b"LEAF" if is_leaf else b"BRANCH_LEQ" for is_leaf in leaf],
        "nodes_truenodeids": np.where(leaf, 0, np.concatenate([t.left for t in trees])),
        "nodes_falsenodeids": np.where(leaf, 0, np.concatenate([t.right for t in trees])),
    }
    if trees[0].missing_left is not None:
        made["nodes_missing_value_tracks_true"] = np.where(leaf, 0, np.concatenate([t.missing_left for t in trees]))
    made.update(reals("nodes_values", threshold if tensor else float_below(threshold), tensor))
    return made


def weight_attributes(trees, prefix, tensor=None, drop_zeros=False):
    """One weight for each leaf and target; `prefix` is 'class' or 'target'."""
    tree_ids, node_ids, targets, weights = [], [], [], []
    for number, tree in enumerate(trees):
        node, target = np.nonzero(
            (tree.feature < 0)[:, None] & ((tree.weights != 0) if drop_zeros else np.ones(tree.weights.shape, dtype=bool))
        )
        tree_ids.append(np.full(len(node), number))
        node_ids.append(node)
        targets.append(target)
        weights.append(tree.weights[node, target])
    return {
        f"{prefix}_treeids": np.concatenate(tree_ids),
        f"{prefix}_nodeids": np.concatenate(node_ids),
        f"{prefix}_ids": np.concatenate(targets),
        **reals(f"{prefix}_weights", np.concatenate(weights), tensor),
    }


def tree_node(operator, inputs, outputs, attributes):
    node = helper.make_node(operator, inputs, outputs, name="trees", domain="ai.onnx.ml")
    node.attribute.extend(attribute(name, attributes[name]) for name in sorted(attributes))
    return node


def one_node_model(attributes, columns, x_type="float32", ml=1, labels=TensorProto.INT64):
    """A model of one tree operator: a classifier if its weights are of classes, else a regressor."""
    x = helper.make_tensor_value_info("X", TYPES[x_type], [None, columns])
    classifier = "class_ids" in attributes
    if classifier:
        outputs = [
            helper.make_tensor_value_info("label", labels, [None]),
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, None]),
        ]
    else:
        outputs = [helper.make_tensor_value_info("variable", TensorProto.FLOAT, [None, attributes.get("n_targets")])]
    node = tree_node("TreeEnsembleClassifier" if classifier else "TreeEnsembleRegressor", ["X"], [o.name for o in outputs], attributes)
    return model_of([node], [x], outputs, ml)


def model_of(nodes, inputs, outputs, ml=1):
    graph = helper.make_graph(nodes, "onnxtree", inputs, outputs)
    return helper.make_model(
        graph,
        producer_name="onnxtree-models",
        ir_version=8,
        opset_imports=[helper.make_opsetid("ai.onnx.ml", ml), helper.make_opsetid("", 17)],
    )
