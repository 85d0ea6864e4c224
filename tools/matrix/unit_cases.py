#!/usr/bin/env python3
"""Runs unit test cases of ONNX Runtime and of ONNX's reference evaluator (extracted to JSON) through the library.

Each case is run by default and with compat "onnxruntime". A case that must succeed passes if all outputs are within its tolerance; one that must fail
passes if the library refuses the model or the data. Exit 1 if a case passes in neither way and unit_deviations.tsv does not explain it, or if a
listed case passes after all."""

import argparse
import glob
import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper

import node_cases
import onnxtree
from operators import OPERATORS

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
KINDS = {
    "float32": TensorProto.FLOAT,
    "float64": TensorProto.DOUBLE,
    "int64": TensorProto.INT64,
    "int32": TensorProto.INT32,
    "string": TensorProto.STRING,
    "uint8": TensorProto.UINT8,
    "bool": TensorProto.BOOL,
    "float16": TensorProto.FLOAT16,
}
FIELDS = {"INT": "i", "FLOAT": "f", "STRING": "s", "INTS": "ints", "FLOATS": "floats", "STRINGS": "strings"}
MODES = ("default", "onnxruntime")


def plain(value):
    """JSON has no NaN and no infinities; the cases write them as text. Python's float() reads such text."""
    if isinstance(value, list):
        return [plain(v) for v in value]
    return float(value) if value in ("NaN", "Infinity", "-Infinity") else value


def array(value):
    return np.array(
        value["data"] if value["dtype"] == "string" else plain(value["data"]), dtype=None if value["dtype"] == "string" else value["dtype"]
    )


def tensor(name, spec):
    if spec.get("data_location") == "EXTERNAL":
        outside = TensorProto(name=name, data_type=KINDS[spec["dtype"]], dims=spec["dims"], data_location=TensorProto.EXTERNAL)
        for key, value in spec["external_data"].items():
            outside.external_data.add(key=key, value=value)
        return outside
    numbers = array(spec).reshape(spec["dims"])
    if spec.get("field") == "raw":
        return helper.make_tensor(name, KINDS[spec["dtype"]], spec["dims"], numbers.tobytes(), raw=True)
    return helper.make_tensor(name, KINDS[spec["dtype"]], spec["dims"], numbers.ravel().tolist())


def attribute(name, spec):
    made = onnx.AttributeProto(name=name, type=getattr(onnx.AttributeProto, spec["type"]))
    if spec["type"] == "TENSOR":
        made.t.CopyFrom(tensor(spec["value"].get("name", name), spec["value"]))
        return made
    value = plain(spec["value"]) if "FLOAT" in spec["type"] else spec["value"]
    if "STRING" in spec["type"]:
        value = [v.encode() for v in value] if isinstance(value, list) else value.encode()
    if isinstance(value, list):
        getattr(made, FIELDS[spec["type"]]).extend(value)
    else:
        setattr(made, FIELDS[spec["type"]], value)
    return made


def declared(entry):
    """The output as the case declares it."""
    kind = KINDS.get(entry.get("dtype"))
    return helper.make_tensor_value_info(entry["name"], kind, None) if kind else onnx.ValueInfoProto(name=entry["name"])


def model_of(case):
    """The model, whose inputs hold rows at their first axis, and those inputs."""
    node = helper.make_node(
        case["op"], [i["name"] for i in case["inputs"]], [o["name"] for o in case["outputs"]], domain=case["domain"], name="tested"
    )
    node.attribute.extend(attribute(name, spec) for name, spec in case["attributes"].items())
    infos, nodes, constants, inputs = [], [], [], {}
    for entry in case["inputs"]:
        value = array(entry).reshape(entry["shape"])
        if value.ndim == 0 or (case["op"] == "ArrayFeatureExtractor" and infos):
            constants.append(node_cases.constant(entry["name"], value))
            continue
        info, before, shapes = node_cases.fed(entry["name"], value, 0)
        infos.append(info)
        nodes, constants = nodes + before, constants + shapes
        inputs[info.name] = node_cases.rows_first(value, 0)
    graph = helper.make_graph(nodes + [node], "case", infos, [declared(o) for o in case["outputs"]], constants)
    imports = [helper.make_opsetid(case["domain"], case["opset"])] + ([helper.make_opsetid("", 17)] if case["domain"] else [])
    return helper.make_model(graph, opset_imports=imports, ir_version=8), inputs


def agrees(expected, cells, tolerance):
    """What is different from what the case expects; nothing if it is the same."""
    wanted, cells = array(expected).ravel(), cells.ravel()
    if cells.size != wanted.size:
        return f"{expected['name']}: {cells.size} values, not {wanted.size}"
    if expected["dtype"] == "string" or "int" in expected["dtype"]:
        wrong = np.flatnonzero(cells.astype(str) != wanted.astype(str))
    else:
        limits = tolerance[expected["dtype"]]
        got, exact = cells.astype(np.float64), wanted.astype(np.float64)
        with np.errstate(invalid="ignore"):
            close = np.abs(got - exact) <= limits["atol"] + limits["rtol"] * np.abs(exact)
        wrong = np.flatnonzero(~(close | (got == exact) | (np.isnan(got) & np.isnan(exact))))
    return (
        f"{expected['name']}[{wrong[0]}] is {cells[wrong[0]]}, not {wanted[wrong[0]]} ({wrong.size} of {cells.size})" if wrong.size else ""
    )


def judge(library, case, mode):
    """Why the case does not pass in this mode; nothing if it does."""
    data, inputs = model_of(case)
    try:
        model = onnxtree.Model(library, data.SerializeToString(), mode)
        found = model.run(inputs)
        model.close()
    except onnxtree.Refused as refusal:
        return "" if case["expect"] != "success" else f"{refusal.code}: {' '.join(str(refusal).split())[:160]}"
    if case["expect"] != "success":
        return f"accepted; ONNX Runtime: {case['expected_error_substring']!r}"
    return "; ".join(filter(None, (agrees(entry, found[entry["name"]], case["tolerance"]) for entry in case["outputs"])))


def explanations():
    path = os.path.join(HERE, "unit_deviations.tsv")
    with open(path, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("\t", 1) for line in list(file)[1:] if line.strip())


def read_cases(root):
    for path in sorted(glob.glob(os.path.join(root, "*", "*.json"))):
        with open(path, encoding="utf-8") as file:
            case = json.load(file)
        if (case["domain"], case["op"]) in OPERATORS:
            yield case


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", default=os.path.join(ROOT, "build", "release", "src", "libonnxtree.so"), help="the shared library")
    parser.add_argument("--cases", default=os.path.join(ROOT, "..", "shared", "conformance"), help="directory of directories of case files")
    arguments = parser.parse_args()
    library, explained = onnxtree.opened(arguments.library), explanations()
    counts, surprises, total = {mode: 0 for mode in MODES}, [], 0
    for case in read_cases(arguments.cases):
        total += 1
        wrong = {mode: judge(library, case, mode) for mode in MODES}
        for mode in MODES:
            counts[mode] += not wrong[mode]
            if wrong[mode]:
                print(f"{case['name']} ({case['op']}), {mode}: {wrong[mode]}")
        if all(wrong.values()) != (case["name"] in explained):
            surprises.append(case["name"])
        elif case["name"] in explained:
            print(f"    explained: {explained[case['name']]}")
    print(f"{total} cases; " + ", ".join(f"{count} pass with {mode}" for mode, count in counts.items()))
    for name in surprises:
        print(f"{name}: " + ("listed in unit_deviations.tsv, but it passes" if name in explained else "passes in neither mode"))
    return 1 if surprises or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
