#!/usr/bin/env python3
"""Evaluates every graph of the matrix with ONNX Runtime, with onnxtree, and compares both with the training library. Writes docs/coverage.md.

Exit 1 if a difference is not explained in reasons.tsv, if a graph crashes, or if less than the share of --least of what ONNX Runtime runs is run.
"""

import argparse
import json
import multiprocessing
import os
import re
import signal
import sys

import numpy as np
import onnx

import compare
import coverage
import graph as storage
import onnxtree
import runtime
from reasons import Reasons

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")


def answer_of(function, *arguments):
    """(answer, None) or (None, why not)."""
    try:
        return function(*arguments), None
    except onnxtree.Refused as refusal:
        return None, {"code": refusal.code, "message": str(refusal), "problems": refusal.problems}
    except Exception as error:  # ONNX Runtime has many kinds of refusal
        return None, {"code": type(error).__name__, "message": " ".join(str(error).split())[:300], "problems": []}


def ours(library, data, inputs, compat):
    model = onnxtree.Model(library, data, compat)
    try:
        return model.run(inputs)
    finally:
        model.close()


def compared(name, mine, said, theirs, how, tolerance):
    """What one output is like, against the library and ONNX Runtime. Shapes that differ count as different."""
    entry = {"output": name}
    for key, other in (("library", said), ("runtime", theirs)):
        if other is None:
            continue
        if other.ndim == 1 and other.shape == mine.shape[1:]:  # a constant: the same for every row
            other = np.broadcast_to(other, mine.shape)
        if other.shape != mine.shape:
            entry[key], entry[key + "_apart"], entry[key + "_shape"] = False, float("inf"), f"{mine.shape} and {other.shape}"
            continue
        entry[key + "_apart"] = compare.distance(mine, other)
        entry[key] = (
            compare.agrees_with_library(mine, other, tolerance) if key == "library" else compare.agrees_with_runtime(mine, other, how)
        )
    return entry


def library_answers(stored, rows):
    return {name: runtime.flat(value, rows) for name, value in stored.library.items()}


def runtime_is_right(theirs, said, tolerance):
    """Whether ONNX Runtime gives what the library says; None where the library says nothing."""
    verdicts = [
        theirs[name].shape == value.shape and compare.agrees_with_library(theirs[name], value, tolerance)
        for name, value in said.items()
        if name in theirs
    ]
    return all(verdicts) if verdicts else None


def examine(stored, path_of_library):
    """The result of one graph, as plain data."""
    with open(stored.path, "rb") as file:
        data = file.read()
    model = onnx.load_from_string(data)
    rows = len(next(iter(stored.inputs.values())))
    how = compare.strictness(model)
    result = stored.record | {
        "name": stored.name,
        "how": how,
        "nodes": len(model.graph.node),
        "operators": sorted({n.op_type for n in model.graph.node}),
    }
    said = library_answers(stored, rows)
    theirs, result["runtime_error"] = answer_of(runtime.answers, data, stored.inputs, rows)
    if theirs is not None:
        result["runtime_right"] = runtime_is_right(theirs, said, stored.record["tolerance"])
    library = onnxtree.opened(path_of_library)
    for compat in ("default", "onnxruntime"):
        mine, result[compat + "_error"] = answer_of(ours, library, data, stored.inputs, compat)
        if mine is not None:
            result[compat] = [
                compared(name, value, said.get(name), theirs.get(name) if theirs else None, how, stored.record["tolerance"])
                for name, value in mine.items()
            ]
            result[compat + "_missing"] = sorted(set(theirs or {}) - set(mine))
    return result


def child(root, name, path_of_library, pipe):
    try:
        pipe.send(examine(storage.read(root, name), path_of_library))
    except Exception as error:  # a fault of this script; shown as such
        pipe.send({"name": name, "fault": f"{type(error).__name__}: {error}"})


def isolated(root, name, path_of_library):
    """Each graph in its own process: a crash is a result, not the end."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=child, args=(root, name, path_of_library, sender))
    process.start()
    sender.close()
    try:
        result = receiver.recv() if receiver.poll(120) else {"name": name, "fault": "no answer within 120 s"}
    except EOFError:
        process.join()
        result = {"name": name, "crash": signal.Signals(-process.exitcode).name if process.exitcode < 0 else f"exit {process.exitcode}"}
    process.kill()
    process.join()
    if "group" not in result:
        result = storage.read(root, name).record | result
    return result


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--graphs", default=os.path.join(ROOT, "build", "matrix"), help="directory that make_graphs.py wrote")
    parser.add_argument("--library", default=os.path.join(ROOT, "build", "release", "src", "libonnxtree.so"), help="the shared library")
    parser.add_argument("--only", default="", help="regular expression on the names; docs/coverage.md is not written then")
    parser.add_argument("--page", default=os.path.join(ROOT, "docs", "coverage.md"), help="page to write")
    parser.add_argument("--least", type=float, default=0.95, help="least share of ONNX Runtime's graphs that have to run (default: 0.95)")
    parser.add_argument("--verbose", action="store_true", help="print each graph")
    return parser.parse_args()


def main():
    arguments = parse()
    reasons = Reasons(os.path.join(HERE, "reasons.tsv"))
    names = sorted(
        n for n in os.listdir(arguments.graphs) if os.path.isdir(os.path.join(arguments.graphs, n)) and re.search(arguments.only, n)
    )
    results = []
    for name in names:
        result = isolated(arguments.graphs, name, arguments.library)
        result["verdict"], result["words"] = reasons.verdict(result)
        results.append(result)
        if arguments.verbose or result["verdict"] in ("crash", "fault", "different"):
            print(f"{result['verdict']:12} {name}  {result['words'][:200]}", flush=True)
    with open(os.path.join(arguments.graphs, "results.json"), "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1, default=str)
    with open(os.path.join(arguments.graphs, "not_converted.json"), encoding="utf-8") as file:
        not_converted = json.load(file)
    totals = coverage.totals(results)
    print(coverage.summary(totals))
    if not arguments.only:
        with open(arguments.page, "w", encoding="utf-8", newline="\n") as file:
            file.write(coverage.page(results, not_converted))
    silent = [r["name"] for r in results if r["verdict"] in ("different", "crash", "fault")]
    return 1 if silent or totals["share"] < arguments.least else 0


if __name__ == "__main__":
    sys.exit(main())
