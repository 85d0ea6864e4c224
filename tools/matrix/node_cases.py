"""The node tests of the onnx package as graphs of rows: which inputs hold rows, and at which axis, is tried out; the others become constants."""

import itertools
import os
from dataclasses import dataclass, field

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.loader import load_model_tests

from operators import OPERATORS, TYPES

# Inputs of newer versions that are attributes in older ones: operator -> (first version with inputs, names of inputs from the second on).
WERE_ATTRIBUTES = {
    "Clip": (11, ("min", "max")),
    "ReduceMean": (18, ("axes",)),
    "ReduceProd": (18, ("axes",)),
    "ReduceSum": (13, ("axes",)),
    "ReduceSumSquare": (18, ("axes",)),
    "Slice": (10, ("starts", "ends", "axes")),
    "Split": (13, ("split",)),
    "TopK": (10, ("k",)),
}


@dataclass
class NodeCase:
    """One test of one operator: its node, inputs by name, expected outputs by name."""

    name: str
    node: onnx.NodeProto
    version: int
    inputs: dict
    outputs: dict
    out_of_scope: str = ""
    types: dict = field(default_factory=dict)

    @property
    def operator(self):
        return self.node.domain, self.node.op_type


def tensors(directory, prefix, infos):
    """Name -> array of the stored files, and whether all are tensors of known types."""
    found, strange = {}, ""
    for i, info in enumerate(infos):
        kind = info.type.tensor_type.elem_type
        if kind not in TYPES:
            strange = strange or f"element type {TensorProto.DataType.Name(kind) if kind else 'of a sequence or optional'}"
            continue
        with open(os.path.join(directory, f"{prefix}_{i}.pb"), "rb") as file:
            array = numpy_helper.to_array(onnx.TensorProto.FromString(file.read()))
        found[info.name] = (
            np.array([v.decode() if isinstance(v, bytes) else v for v in array.ravel()]).reshape(array.shape) if kind == 8 else array
        )
    return found, strange


def node_cases():
    """Every single-node test of our operators."""
    for test in load_model_tests(kind="node"):
        model = onnx.load(os.path.join(test.model_dir, "model.onnx"))
        if len(model.graph.node) != 1 or (model.graph.node[0].domain, model.graph.node[0].op_type) not in OPERATORS:
            continue
        node = model.graph.node[0]
        data = os.path.join(test.model_dir, "test_data_set_0")
        inputs, strange_in = tensors(data, "input", model.graph.input)
        outputs, strange_out = tensors(data, "output", model.graph.output)
        imported = next(o.version for o in model.opset_import if o.domain == node.domain)
        name = test.name.removeprefix("test_")
        yield NodeCase(name, node, imported, inputs, outputs, strange_in or strange_out)


# ---- older versions ------------------------------------------------------------------------------------------------------------------


def versions_of(domain, name):
    return sorted({s.since_version for s in onnx.defs.get_all_schemas_with_history() if s.domain == domain and s.name == name})


def with_attributes(case, names):
    """The node with the inputs from the second on as attributes, or None if one of them is not to be had."""
    node = onnx.NodeProto()
    node.CopyFrom(case.node)
    del node.input[1:]
    for name, given in zip(names, case.node.input[1:]):
        if not given:
            continue
        value = case.inputs[given]
        if value.size == 0:
            return None
        if value.dtype.kind == "f":
            value = float(value)
        else:
            value = int(value.ravel()[0]) if name == "k" else [int(v) for v in value.ravel()]
        node.attribute.append(helper.make_attribute(name, value))
    return node


def in_version(case, version):
    """The same test in an older version of the operator, or None where that cannot say the same. ONNX Runtime has to agree before it is used."""
    moved = WERE_ATTRIBUTES.get(case.node.op_type)
    node, inputs = case.node, case.inputs
    if moved and version < moved[0]:
        if any(a.name in ("noop_with_empty_axes", "num_outputs") for a in node.attribute):
            return None
        node = with_attributes(case, moved[1])
        if node is None:
            return None
        inputs = {name: value for name, value in inputs.items() if name in node.input}
    return NodeCase(f"{case.name}_v{version}", node, version, inputs, case.outputs)


# ---- rows ----------------------------------------------------------------------------------------------------------------------------


@dataclass
class Arrangement:
    """Which inputs hold rows, and at which axis of each."""

    axes: dict
    rows: int


def arrangements(case):
    """Inputs that broadcast together at an axis counted from the right, then each input alone at each axis. Reshape, which the latter need, is from version 5 on."""
    found = []
    shapes = {name: value.shape for name, value in case.inputs.items() if value.ndim}
    most = max((len(shape) for shape in shapes.values()), default=0)
    for from_right in range(most, 0, -1):
        counts = {shape[-from_right] for shape in shapes.values() if len(shape) >= from_right}
        for rows in sorted(counts, reverse=True):
            axes = {n: len(s) - from_right for n, s in shapes.items() if len(s) >= from_right and s[-from_right] == rows}
            found.append(Arrangement(axes, rows))
    for name, shape in shapes.items():
        found += [Arrangement({name: axis}, shape[axis]) for axis in range(len(shape))]
    for pair in itertools.combinations(shapes, 2):
        if all(len(shapes[n]) and shapes[n][0] == shapes[pair[0]][0] for n in pair):
            found.append(Arrangement({n: 0 for n in pair}, shapes[pair[0]][0]))
    unique = {tuple(sorted(a.axes.items())): a for a in found if a.rows > 0}
    plain = case.node.domain == "" and case.version < 5
    return [a for a in unique.values() if not plain or all(axis == 0 and len(shapes[name]) <= 2 for name, axis in a.axes.items())]


def rows_first(value, axis):
    """A tensor as rows x columns."""
    return np.moveaxis(value, axis, 0).reshape(value.shape[axis], -1)


def fed(name, value, axis):
    """The graph's input for rows x columns, and the nodes that give the operator the tensor it wants."""
    others = [d for i, d in enumerate(value.shape) if i != axis]
    if value.ndim <= 2 and axis == 0:
        return value_info(name, value, ["N"] + others), [], []
    info = value_info(name + "_rows", value, ["N", int(np.prod(others, dtype=int))])
    shape = numpy_helper.from_array(np.array([-1] + others, dtype=np.int64), name + "_shape")
    nodes = [helper.make_node("Reshape", [name + "_rows", name + "_shape"], [name + "_first"], name=name + "_reshape")]
    order = list(range(1, axis + 1)) + [0] + list(range(axis + 1, value.ndim))
    nodes.append(helper.make_node("Transpose", [name + "_first"], [name], perm=order, name=name + "_transpose"))
    return info, nodes, [shape]


def constant(name, value):
    return numpy_helper.from_array(value.astype(object) if value.dtype.kind == "U" else value, name)


def value_info(name, value, shape):
    kind = helper.np_dtype_to_tensor_dtype(value.dtype) if value.dtype.kind != "U" else TensorProto.STRING
    return helper.make_tensor_value_info(name, kind, shape)


def graph_of(case, arrangement):
    """The model, and its inputs as rows x columns."""
    infos, nodes, constants, inputs = [], [], [], {}
    for name, value in case.inputs.items():
        if name not in arrangement.axes:
            constants.append(constant(name, value))
            continue
        info, before, shapes = fed(name, value, arrangement.axes[name])
        infos.append(info)
        nodes += before
        constants += shapes
        inputs[info.name] = rows_first(value, arrangement.axes[name])
    outputs = [value_info(name, value, None) for name, value in case.outputs.items()]
    graph = helper.make_graph(nodes + [case.node], case.name[:60], infos, outputs, constants)
    imports = [helper.make_opsetid(case.node.domain, case.version)]
    if case.node.domain:
        imports.append(helper.make_opsetid("", 13))
    return helper.make_model(graph, opset_imports=imports, ir_version=8), inputs


def rows_in(value, axis, rows):
    """A tensor as rows x columns, whose dimension at the axis counts rows, or rows times what was flattened into them."""
    before, after = value.shape[:axis], value.shape[axis + 1 :]
    apart = value.reshape(*before, rows, value.shape[axis] // rows, *after)
    return rows_first(apart, axis)


def expected(case, arrangement):
    """For each output: the matrices that are right, by the axis where the rows may be. What is the same for all rows comes once for each."""
    found, rows = {}, arrangement.rows
    for name, value in case.outputs.items():
        places = [axis for axis in range(value.ndim) if value.shape[axis] and value.shape[axis] % rows == 0]
        found[name] = [rows_in(value, axis, rows) for axis in places] + [np.broadcast_to(value.ravel(), (rows, value.size))]
    return found
