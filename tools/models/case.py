"""What a model fixture consists of, and the input rows that are made for it."""

from dataclasses import dataclass, field

import numpy as np
import onnx


@dataclass
class Case:
    name: str
    source: str  # library, version and estimator
    options: str  # how it was trained, exported or edited
    model: onnx.ModelProto
    inputs: list  # one 2-D array per graph input
    library: list  # per graph output: the training library's own prediction, or None where it has none
    edge: list = field(default_factory=list)  # rows that only ONNX Runtime is asked about
    tolerance: float = 1e-5  # absolute and relative, library against anything else
    difference: str = ""  # the row of docs/semantics.md, section Differences, if ONNX Runtime computes something else
    compare: str = ""  # how near ONNX Runtime is: bits, ulp4 or relative; "" decides by the post transform
    imitated: bool = True  # --compat onnxruntime computes what ONNX Runtime does
    notes: str = ""
    data: bytes = b""  # the file's bytes where they are not those that the protobuf package writes for the model


def tree_attributes(model):
    """The attributes of each tree operator as a dictionary of Python values."""
    return [
        {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        for node in model.graph.node
        if node.op_type.startswith("TreeEnsemble")
    ]


def thresholds(model):
    """(feature, threshold) of every test, in file order."""
    found = []
    for attributes in tree_attributes(model):
        if "nodes_splits" in attributes:
            modes, values = (onnx.numpy_helper.to_array(attributes[name]).tolist() for name in ("nodes_modes", "nodes_splits"))
            found += [(f, v) for mode, f, v in zip(modes, attributes["nodes_featureids"], values) if mode != 6]
            continue
        values = attributes.get("nodes_values")
        if values is None:
            values = onnx.numpy_helper.to_array(attributes["nodes_values_as_tensor"]).tolist()
        tests = zip(attributes["nodes_modes"], attributes["nodes_featureids"], values)
        found += [(feature, value) for mode, feature, value in tests if mode != b"LEAF"]
    return found


def spread(items, count):
    """At most `count` of the items, evenly spread."""
    return [items[i] for i in np.unique(np.linspace(0, len(items) - 1, count).astype(int))] if items else []


def threshold_rows(model, rows, count=12):
    """Copies of rows in which one value lies on a threshold, or is the number of the row's type next to it."""
    made = []
    for i, (feature, value) in enumerate(spread(thresholds(model), count)):
        on = rows.dtype.type(value)
        for x in (on, np.nextafter(on, rows.dtype.type(-np.inf)), np.nextafter(on, rows.dtype.type(np.inf))):
            row = rows[i % len(rows)].copy()
            row[feature] = x
            made.append(row)
    return np.array(made, dtype=rows.dtype).reshape(-1, rows.shape[1])


def extreme_rows(rows, nan=True):
    """Rows of one unusual value each, and real rows in which one value is unusual."""
    big = np.finfo(rows.dtype).max
    tiny = np.finfo(rows.dtype).smallest_subnormal
    unusual = [0.0, -0.0, np.inf, -np.inf, big, -big, tiny, -tiny] + ([np.nan] if nan else [])
    made = [np.full(rows.shape[1], x, dtype=rows.dtype) for x in unusual]
    for i, x in enumerate(unusual):
        row = rows[i % len(rows)].copy()
        row[(3 * i) % rows.shape[1]] = x
        made.append(row)
    return np.array(made, dtype=rows.dtype)


def edge_rows(model, rows, nan=True):
    return np.concatenate([threshold_rows(model, rows), extreme_rows(rows, nan)])


def integer_edge_rows(model, rows):
    """Integers next to thresholds, at the ends of their type, and those that a float cannot hold."""
    made = []
    for i, (feature, value) in enumerate(spread(thresholds(model), 8)):
        for x in (np.floor(value), np.ceil(value)):
            row = rows[i % len(rows)].copy()
            row[feature] = rows.dtype.type(x)
            made.append(row)
    ends = np.iinfo(rows.dtype)
    made += [np.full(rows.shape[1], x, dtype=rows.dtype) for x in (0, -1, ends.min, ends.max, 2**24 + 1, -(2**24) - 1)]
    return np.array(made, dtype=rows.dtype)
