#!/usr/bin/env python3
"""Writes tests/conformance/more/: the graphs of operator_cases.py with ONNX Runtime's outputs, and those that must be refused with their code.

Exit 1 if the library gives other outputs, or another code. --all also prints what ONNX Runtime cannot run."""

import argparse
import os
import sys

import numpy as np
from onnx.reference import ReferenceEvaluator

import onnxtree
import operator_cases
import runtime
from make_conformance import ROOT, agrees, tensor_text


def rows_of(case):
    return next(iter(case.inputs.values())).shape[0]


def others(model, inputs, rows, only_reference):
    """What ONNX Runtime gives; what ONNX's reference evaluator gives where ONNX Runtime lacks the type, or differs in a documented way."""
    try:
        if only_reference:
            raise NotImplementedError("NOT_IMPLEMENTED")
        return runtime.answers(model.SerializeToString(), inputs, rows)
    except Exception as error:
        if "NOT_IMPLEMENTED" not in str(error):
            raise
    found = ReferenceEvaluator(model).run(None, inputs)
    return {info.name: runtime.flat(value, rows) for info, value in zip(model.graph.output, found)}


def accepted(case, library, skipped):
    """The entry of a file, or None and a word on why."""
    model, rows = case.model(), rows_of(case)
    try:
        right = others(model, case.inputs, rows, case.reference)
    except Exception as error:
        skipped.append(f"{case.name}: ONNX Runtime: {str(error).splitlines()[0][:150]}")
        return None
    try:
        loaded = onnxtree.Model(library, model.SerializeToString())
        found = loaded.run(case.inputs)
        loaded.close()
    except onnxtree.Refused as refusal:
        skipped.append(f"{case.name}: refused: {refusal}"[:200])
        return None
    for name, value in found.items():
        expected = right[name].reshape(rows, -1) if right[name].size == value.size else np.broadcast_to(right[name].ravel(), (rows, right[name].size))
        if case.reference and value.dtype.kind == "f":
            expected = expected.astype(value.dtype)  # it keeps types that the specification does not
        if not agrees(value, expected):
            print(f"WRONG {case.name} {name}: {value.tolist()}, ONNX Runtime has {expected.tolist()}")
            return False
        right[name] = expected
    for prefix, arrays in (("input ", case.inputs), ("output ", {n: right[n] for n in found})):
        for name, array in arrays.items():
            model.metadata_props.add(key=prefix + name, value=tensor_text(array))
    data = model.SerializeToString(deterministic=True)
    return f"case {case.name} {len(data)}\n".encode() + data + b"\n"


def refused(case, library):
    data = case.model().SerializeToString(deterministic=True)
    try:
        onnxtree.Model(library, data).close()
        print(f"WRONG {case.name}: accepted")
    except onnxtree.Refused as refusal:
        if refusal.code == case.code:
            return f"refused {case.name} {len(data)} {case.code}\n".encode() + data + b"\n"
        print(f"WRONG {case.name}: {refusal.code}, not {case.code}: {refusal}"[:300])
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", default=os.path.join(ROOT, "build", "release", "src", "libonnxtree.so"), help="the shared library")
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    library, skipped = onnxtree.opened(arguments.library), []
    kept = [accepted(case, library, skipped) for case in operator_cases.accepted()]
    not_kept = [refused(case, library) for case in operator_cases.refused()]
    if arguments.all:
        print("\n".join(skipped))
    for name, entries in (("accepted", kept), ("refused", not_kept)):
        print(f"{sum(bool(e) for e in entries)} {name}, {sum(e is False for e in entries)} wrong, {sum(e is None for e in entries)} skipped")
        with open(os.path.join(ROOT, "tests", "conformance", "more", name + ".cases"), "wb") as file:
            file.write(b"".join(e for e in entries if e))
    return 1 if any(e is False for e in kept + not_kept) else 0


if __name__ == "__main__":
    sys.exit(main())
