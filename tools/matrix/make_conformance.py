#!/usr/bin/env python3
"""Writes tests/conformance/: the node tests of the onnx package for every operator of the library, as graphs of rows, with their expected outputs.

Each test is tried with the rows at every axis; what the library accepts has to be right in all of them. One or two arrangements of each test are
kept. Older versions of operators get the same tests, where ONNX Runtime confirms them. The page README.md lists what is not kept, and why.
Exit 1 if an answer is wrong."""

import argparse
import os
import re
import sys
from collections import Counter, defaultdict

import numpy as np
import onnx

import node_cases
import onnxtree
import runtime

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
KINDS = {"f4": "float", "f8": "double", "i4": "int32", "i8": "int64", "b1": "bool"}
ABSOLUTE, RELATIVE = 1e-7, 1e-5
MOST_PER_VERSION = 8


def agrees(mine, right):
    if mine.shape != right.shape or (mine.dtype.kind in "US") != (right.dtype.kind in "US"):
        return False
    if mine.dtype.kind in "US":
        return bool((mine == right).all())
    if mine.dtype != right.dtype:
        return False
    with np.errstate(invalid="ignore"):
        apart = np.abs(mine.astype(np.float64) - right.astype(np.float64)) <= ABSOLUTE + RELATIVE * np.abs(right.astype(np.float64))
    return bool((apart | (mine == right) | ((mine != mine) & (right != right))).all())


class Tried:
    """What the library makes of one arrangement."""

    def __init__(self, case, arrangement, library):
        self.case = case
        self.model, self.inputs = node_cases.graph_of(case, arrangement)
        self.refusal, self.wrong, self.outputs = None, "", {}
        try:
            model = onnxtree.Model(library, self.model.SerializeToString())
            found = model.run(self.inputs)
            model.close()
        except onnxtree.Refused as refusal:
            self.refusal = refusal
            return
        for name, choices in node_cases.expected(case, arrangement).items():
            right = [choice for choice in choices if agrees(found[name], choice)]
            if not right:
                self.wrong = f"{name}: {found[name].ravel()[:6]}, not {case.outputs[name].ravel()[:6]}"
                return
            self.outputs[name] = right[0]


# ---- the file of an operator ------------------------------------------------------------------------------------------------------------


def cell(value):
    """A number in as many digits as it needs, or a text without spaces."""
    if isinstance(value, np.str_):
        return re.sub(r"[^!-$&-~]", lambda m: "".join(f"%{byte:02x}" for byte in m.group().encode()), str(value)) or "%"
    return str(int(value)) if isinstance(value, np.bool_) else str(value)


def tensor_text(array):
    kind = "string" if array.dtype.kind in "US" else KINDS[array.dtype.str[1:]]
    return f"{kind} {array.shape[0]} {array.shape[1]} " + " ".join(cell(v) for v in array.ravel())


def packed(tried):
    """One test: a line with its name and size, then the model, which holds inputs and outputs among its properties."""
    model = onnx.ModelProto()
    model.CopyFrom(tried.model)
    for prefix, arrays in (("input ", tried.inputs), ("output ", tried.outputs)):
        for name, array in arrays.items():
            model.metadata_props.add(key=prefix + name, value=tensor_text(array))
    data = model.SerializeToString(deterministic=True)
    return f"case {tried.case.name} {len(data)}\n".encode() + data + b"\n"


# ---- which tests ------------------------------------------------------------------------------------------------------------------------


def confirmed(case):
    """Whether ONNX Runtime gives the expected outputs for the test in that version, all inputs given as they are."""
    infos = [node_cases.value_info(name, value, value.shape) for name, value in case.inputs.items()]
    outputs = [node_cases.value_info(name, value, None) for name, value in case.outputs.items()]
    graph = onnx.helper.make_graph([case.node], "confirmed", infos, outputs)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid(case.node.domain, case.version)], ir_version=8)
    try:
        session = runtime.session(model.SerializeToString())
        found = session.run(None, {n: v.astype(object) if v.dtype.kind == "U" else v for n, v in case.inputs.items()})
    except Exception:
        return False
    return all(agrees(np.atleast_2d(f), np.atleast_2d(right)) for f, right in zip(found, case.outputs.values()))


def older(cases):
    """The tests in each older version of their operator, a few of each."""
    kept = Counter()
    for case in cases:
        for version in node_cases.versions_of(*case.operator):
            if version >= case.version or kept[case.operator, version] >= MOST_PER_VERSION:
                continue
            made = node_cases.in_version(case, version)
            if made and node_cases.arrangements(made) and confirmed(made):
                kept[case.operator, version] += 1
                yield made


class Book:
    """What becomes of every test."""

    def __init__(self):
        self.kept, self.wrong, self.refused, self.counts = defaultdict(list), [], [], Counter()
        with open(os.path.join(HERE, "node_deviations.tsv"), encoding="utf-8") as file:
            self.deviations = dict(line.rstrip("\n").split("\t") for line in list(file)[1:])

    def take(self, case, library, most):
        if case.out_of_scope:
            self.refused.append((case, "type", case.out_of_scope))
            return
        tried = [Tried(case, arrangement, library) for arrangement in node_cases.arrangements(case)]
        accepted = [t for t in tried if not t.refusal]
        if case.name in self.deviations and any(t.wrong for t in accepted):
            self.refused.append((case, "deviation", self.deviations[case.name]))
            return
        self.wrong += [(case, t.wrong) for t in accepted if t.wrong]
        good = [t for t in accepted if not t.wrong]
        if good:
            self.kept[case.node.op_type] += good[:1] if most == 1 else good[:1] + good[-1:] if len(good) > 1 else good
            self.counts[case.node.op_type, case.version] += 1
        elif not accepted:
            first = tried[0].refusal if tried else onnxtree.Refused("no-rows", "no input has a dimension that could count rows")
            self.refused.append((case, first.code, " ".join(str(first).split())))


PAGE = """# Node tests of the ONNX package

Written by `tools/matrix/make_conformance.py` with onnx {version}, not by hand. `NAME.cases` holds the tests of one operator: a line `case NAME BYTES`, then the model, and so
on; a model carries its inputs and expected outputs among its properties. `tests/golden/test_conformance.c` runs them. `more/` has graphs in the types and attributes that
the node tests leave out, and graphs that must be refused: `tools/matrix/make_operator_cases.py`.

A test is a whole tensor, the library takes rows: inputs are fed as rows at one of their axes, the others become constants. All arrangements that the library accepts gave the
expected outputs when this was written; one or two of each test are kept. Older versions of an operator have the tests that ONNX Runtime confirms for that version, at most {most}.

## Tests that pass

| operator | version: tests |
|---|---|
{passing}

## Tests that are not here

| reason | tests |
|---|---|
{missing}
"""


def reason(code, words):
    """Why a test is not here, without what is particular to it."""
    if code in ("type", "deviation"):
        return words
    said = re.sub(r"^(error|node|input|output|initializer)[^:]*: ", "", words.split(" (and ")[0])
    return f"{code}: " + re.sub(r"'[^']*'", "…", said)[:160]


def page(book):
    by_operator, by_reason = defaultdict(list), defaultdict(list)
    for (name, version), count in sorted(book.counts.items()):
        by_operator[name].append(f"{version}: {count}")
    for case, code, words in book.refused:
        by_reason[reason(code, words)].append(case.name)
    passing = "\n".join(f"| {name} | {', '.join(versions)} |" for name, versions in by_operator.items())
    missing = "\n".join(f"| {why.replace('|', '')} | {', '.join(sorted(names))} |" for why, names in sorted(by_reason.items()))
    return PAGE.format(version=onnx.__version__, most=MOST_PER_VERSION, passing=passing, missing=missing)


def write(book, directory):
    os.makedirs(directory, exist_ok=True)
    for name in os.listdir(directory):
        if name.endswith(".cases"):
            os.remove(os.path.join(directory, name))
    for name, tried in sorted(book.kept.items()):
        with open(os.path.join(directory, name + ".cases"), "wb") as file:
            file.write(b"".join(packed(t) for t in tried))
    with open(os.path.join(directory, "README.md"), "w", encoding="utf-8", newline="\n") as file:
        file.write(page(book))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", default=os.path.join(ROOT, "build", "release", "src", "libonnxtree.so"), help="the shared library")
    parser.add_argument("--to", default=os.path.join(ROOT, "tests", "conformance"), help="directory to write to")
    parser.add_argument("--only", default="", help="regular expression on the tests' names; nothing is written then")
    parser.add_argument("--verbose", action="store_true", help="print refusals too")
    arguments = parser.parse_args()
    library, book = onnxtree.opened(arguments.library), Book()
    cases = [case for case in node_cases.node_cases() if re.search(arguments.only, case.name)]
    for case in cases:
        book.take(case, library, 2)
    for case in older([case for case in cases if not case.out_of_scope]):
        book.take(case, library, 1)
    for case, words in book.wrong:
        print(f"WRONG {case.name} ({case.node.op_type} {case.version}): {words}")
    if arguments.verbose:
        for case, code, words in book.refused:
            print(f"refused {case.name} ({case.node.op_type} {case.version}): {code}: {words[:200]}")
    print(f"{sum(book.counts.values())} tests pass, {len(book.wrong)} answers are wrong, {len(book.refused)} tests are refused")
    if not arguments.only:
        write(book, arguments.to)
    return 1 if book.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
