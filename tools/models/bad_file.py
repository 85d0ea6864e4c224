"""What a malformed file consists of, and the sound models that most of them are made from."""

import os
import re
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper

import tree_builder as build

CODES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "base", "problem_codes.h")


@dataclass
class Bad:
    code: str  # of problem_codes.h: the first problem that is reported
    what: str
    data: bytes
    place: str  # what any sensible message has to contain
    description: str


def statuses():
    """Problem code -> status name, from the table of the C sources."""
    with open(CODES, encoding="utf-8") as file:
        found = re.findall(r'OT_PROBLEM\(\w+, "([a-z0-9-]+)", (\w+),', file.read())
    return {code: status.lower().replace("_", "-") for code, status in found}


def tree_arrays():
    """Two trees of five nodes: 0 tests x0 and leads to the leaf 1 or to 2, which tests x1 and leads to the leaves 3 and 4."""

    def twice(values):
        return np.array(values * 2)

    return {
        "nodes_treeids": np.repeat([0, 1], 5),
        "nodes_nodeids": twice([0, 1, 2, 3, 4]),
        "nodes_featureids": twice([0, 0, 1, 0, 0]),
        "nodes_modes": ["BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"] * 2,
        "nodes_values": twice([0.5, 0.0, 1.5, 0.0, 0.0]),
        "nodes_truenodeids": twice([1, 0, 3, 0, 0]),
        "nodes_falsenodeids": twice([2, 0, 4, 0, 0]),
    }


def weights(prefix, targets=1):
    leaves = [1, 3, 4] * 2
    return {
        f"{prefix}_treeids": np.repeat([0, 1], 3),
        f"{prefix}_nodeids": np.array(leaves),
        f"{prefix}_ids": np.arange(6) % targets,
        f"{prefix}_weights": np.array([1.0, 2.0, 3.0, 10.0, 20.0, 30.0]),
    }


def put(array, index, value):
    """A copy with one element replaced, of arrays and of lists."""
    made = array.copy()
    made[index] = value
    return made


def finished(base, changes, ml):
    attributes = {**base, **changes}
    model = build.one_node_model({k: v for k, v in attributes.items() if v is not None}, 2, ml=ml)
    model.ClearField("producer_name")
    return model


def regressor(ml=1, **changes):
    """A sound regressor with attributes added, replaced, or removed (None)."""
    return finished({**tree_arrays(), **weights("target"), "n_targets": 1}, changes, ml)


def classifier(ml=1, **changes):
    return finished({**tree_arrays(), **weights("class", 3), "classlabels_int64s": [0, 1, 2]}, changes, ml)


def doubles(name, values, **more):
    """A double tensor in its typed field."""
    made = helper.make_tensor(name, TensorProto.DOUBLE, [len(values)], values)
    for field, value in more.items():
        setattr(made, field, value)
    return made


def node(model, index=0):
    return model.graph.node[index]


def data(model):
    return model.SerializeToString(deterministic=True)


def copy(model):
    made = onnx.ModelProto()
    made.CopyFrom(model)
    return made
