#!/usr/bin/env python3
"""Runs ONNX Runtime's own unit test cases (extracted to JSON) through the onnxtree command.

Each case is run by default and with --compat onnxruntime. A case that must succeed passes if all outputs are within its tolerance; one that must fail
passes if the command refuses the model (exit 3) or the data (exit 4). Exit 1 if a case passes in neither way and conformance_deviations.tsv does not
explain it, or if a listed case passes after all."""

import argparse
import csv
import glob
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper

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
REFUSED = (3, 4)


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


def model_of(case):
    node = helper.make_node(
        case["op"], [i["name"] for i in case["inputs"]], [o["name"] for o in case["outputs"]], domain=case["domain"], name="tested"
    )
    node.attribute.extend(attribute(name, spec) for name, spec in case["attributes"].items())
    inputs = [
        helper.make_tensor_value_info(i["name"], KINDS[i["dtype"]], [None] * (len(i["shape"]) - 1) + i["shape"][-1:])
        for i in case["inputs"]
    ]
    outputs = [
        (
            helper.make_tensor_value_info(o["name"], KINDS[o["dtype"]], None)
            if o.get("dtype") in KINDS
            else onnx.ValueInfoProto(name=o["name"])
        )
        for o in case["outputs"]
    ]
    imports = [helper.make_opsetid(case["domain"], case["opset"])] + ([helper.make_opsetid("", 17)] if case["domain"] else [])
    return helper.make_model(
        helper.make_graph(inputs=inputs, outputs=outputs, nodes=[node], name="case"), opset_imports=imports, ir_version=8
    )


def is_runnable(case):
    """The command reads one table of numbers."""
    return len(case["inputs"]) == 1 and case["inputs"][0]["dtype"] in ("float32", "float64", "int64", "int32", "bool")


def write(case, directory):
    model, data = os.path.join(directory, "model.onnx"), os.path.join(directory, "input.npy")
    with open(model, "wb") as file:
        file.write(model_of(case).SerializeToString())
    (value,) = case["inputs"]
    np.save(data, array(value).reshape(value["shape"]))
    return model, data


def run(command, model, data, output, mode):
    """Exit code, rows of text cells, and what was said on stderr."""
    words = [command, "run", model, data, "--to", "csv", "--compat", mode] + (["--outputs", output] if output else [])
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    rows = list(csv.reader(done.stdout.splitlines()))[1:] if done.returncode == 0 else []
    return done.returncode, rows, " ".join(done.stderr.split())


def agrees(expected, rows, tolerance):
    """What is different from what the case expects; nothing if it is the same."""
    wanted = array(expected)
    cells = np.array([cell for row in rows for cell in row])
    if cells.size != wanted.size:
        return f"{expected['name']}: {cells.size} values, not {wanted.size}"
    if expected["dtype"] == "string" or "int" in expected["dtype"]:
        wrong = np.flatnonzero(cells != wanted.ravel().astype(str))
    else:
        limits = tolerance[expected["dtype"]]
        got, wanted = cells.astype(np.float64), wanted.ravel().astype(np.float64)
        with np.errstate(invalid="ignore"):
            close = np.abs(got - wanted) <= limits["atol"] + limits["rtol"] * np.abs(wanted)
        wrong = np.flatnonzero(~(close | (got == wanted) | (np.isnan(got) & np.isnan(wanted))))
    return (
        f"{expected['name']}[{wrong[0]}] is {cells[wrong[0]]}, not {wanted.ravel()[wrong[0]]} ({wrong.size} of {cells.size})"
        if wrong.size
        else ""
    )


def judge(command, case, model, data, mode):
    """Why the case does not pass in this mode; nothing if it does."""
    if case["expect"] != "success":
        code, _, said = run(command, model, data, None, mode)
        return (
            ""
            if code in REFUSED
            else f"accepted; ONNX Runtime: {case['expected_error_substring']!r}" if code == 0 else f"exit {code}: {said[:120]}"
        )
    for expected in case["outputs"]:
        code, rows, said = run(command, model, data, expected["name"], mode)
        wrong = f"exit {code}: {said[:160]}" if code else agrees(expected, rows, case["tolerance"])
        if wrong:
            return wrong
    return ""


def explanations():
    path = os.path.join(HERE, "conformance_deviations.tsv")
    with open(path, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("\t", 1) for line in list(file)[1:] if line.strip())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--command", default=os.path.join(ROOT, "build", "tools", "onnxtree"), help="the onnxtree command (default: build/tools/onnxtree)"
    )
    parser.add_argument("--cases", default=os.path.join(ROOT, "..", "shared", "conformance", "ort_unit"), help="directory of case files")
    parser.add_argument("--operators", default="TreeEnsemble,TreeEnsembleClassifier,TreeEnsembleRegressor", help="operators to run, or 'all'")
    arguments = parser.parse_args()
    wanted, explained = arguments.operators.split(","), explanations()
    counts, surprises = {mode: 0 for mode in MODES}, []
    total = 0
    for path in sorted(glob.glob(os.path.join(arguments.cases, "*.json"))):
        with open(path, encoding="utf-8") as file:
            case = json.load(file)
        if wanted != ["all"] and case["op"] not in wanted:
            continue
        if not is_runnable(case):
            print(f"{case['name']:90} skipped: its inputs cannot be given to the command")
            continue
        total += 1
        with tempfile.TemporaryDirectory() as directory:
            model, data = write(case, directory)
            wrong = {mode: judge(arguments.command, case, model, data, mode) for mode in MODES}
        for mode in MODES:
            counts[mode] += not wrong[mode]
        print(f"{case['name']:90} " + " ".join(f"{mode}: {'ok' if not wrong[mode] else 'DIFFERS'}" for mode in MODES))
        for mode in MODES:
            if wrong[mode]:
                print(f"    {mode}: {wrong[mode]}")
        if all(wrong.values()) != (case["name"] in explained):
            surprises.append(case["name"])
        elif case["name"] in explained:
            print(f"    explained: {explained[case['name']]}")
    print(f"{total} cases; " + ", ".join(f"{count} pass with {mode}" for mode, count in counts.items()))
    for name in surprises:
        print(f"{name}: " + ("listed in conformance_deviations.tsv, but it passes" if name in explained else "passes in neither mode"))
    return 1 if surprises or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
