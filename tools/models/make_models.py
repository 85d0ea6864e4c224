#!/usr/bin/env python3
"""Makes the model fixtures of models/, or large models on demand. README.md in this directory says how."""

import argparse
import os
import re
import sys
import warnings

import catboost
import lightgbm
import numpy
import onnx
import onnxmltools
import onnxruntime
import skl2onnx
import sklearn
import xgboost

import big_models
import models_boosting
import models_handmade
import models_indexed
import models_matrix
import models_sklearn
from recording import record

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = (
    "name",
    "source",
    "options",
    "input types",
    "rows",
    "outputs",
    "post_transform",
    "compare",
    "tolerance",
    "notes",
    "compat_compare",
)


def cases():
    for module in (models_sklearn, models_boosting, models_handmade, models_indexed, models_matrix):
        yield from module.cases()


def write_manifest(lines, root):
    with open(os.path.join(root, "manifest.tsv"), "w", encoding="utf-8", newline="\n") as file:
        for line in [dict(zip(COLUMNS, COLUMNS))] + lines:
            file.write("\t".join(str(line[column]) for column in COLUMNS) + "\n")


def versions():
    modules = (sklearn, skl2onnx, lightgbm, xgboost, catboost, onnxmltools, onnx, onnxruntime, numpy)
    return [f"{module.__name__} {module.__version__}" for module in modules] + [f"Python {sys.version_info.major}.{sys.version_info.minor}"]


README = """# Models

{count} small models, {kilobytes} kB, each with rows and with what others predict for them. `tools/models/make_models.py` makes this directory, this page and
`manifest.tsv`; nothing here is edited by hand. `bad/` holds files that have to be refused (`tools/models/make_bad.py`).

    python3.11 -m venv venv && venv/bin/pip install -r tools/models/requirements.txt
    venv/bin/python tools/models/make_models.py

Made with {versions}.

## Files of `models/<name>/`

| file | what |
|---|---|
| `model.onnx` | the model |
| `input.npy` | rows; `input_0.npy`, `input_1.npy` (or `.txt`), … in the order of the graph's inputs if there are several |
| `library_<k>.npy`, `.txt` | output k (counted from 0, in the order of the graph) as the training library predicts it; texts one row to a line, columns separated by tabs |
| `onnxruntime_<k>.npy`, `.txt` | the same from ONNX Runtime, one call, one thread; scores of a ZipMap as the matrix that went into it |
| `edge_input.npy`, `edge_onnxruntime_<k>.*` | more rows, on thresholds, infinite, missing, huge, which the library refuses or rounds otherwise |

A file that is absent says: nobody to ask. `manifest.tsv` has, besides what the table shows: `compare`, how scores agree with ONNX Runtime by default (`bits`: the same bits; `ulp4`: within 4
units in the last place or 1.2e-7; `relative`: within 1e-6; `none`: ONNX Runtime refuses the model or the difference in the notes applies); `compat_compare`, the same with `--compat onnxruntime`, edge rows
included; `tolerance`, absolute and relative, to the library. Labels agree wherever scores are compared. D1, D2, … are rows of `docs/semantics.md`, section Differences.

## Models

| name | made by | options | input | rows | transform | bytes | notes |
|---|---|---|---|---|---|---|---|
"""


def write_readme(lines, root):
    head = README.format(count=len(lines), kilobytes=sum(line["bytes"] for line in lines) // 1000, versions=", ".join(versions()))
    row = "| {name} | {source} | {options} | {input types} | {rows} | {post_transform} | {bytes} | {notes} |\n"
    with open(os.path.join(root, "README.md"), "w", encoding="utf-8", newline="\n") as file:
        file.write(head + "".join(row.format(**{k: str(v).replace("|", "\\|") for k, v in line.items()}) for line in lines))


def make_all(root, only):
    lines = []
    for case in cases():
        if only and not re.fullmatch(only, case.name):
            continue
        lines.append(record(case, root))
        print(f"{case.name}: {lines[-1]['notes']}")
    if not only:
        write_manifest(lines, root)
        write_readme(lines, root)
    print(f"{len(lines)} models")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", default=os.path.join(HERE, "..", "..", "models"), help="directory (default: models/ of the project)")
    parser.add_argument("--only", metavar="REGEX", help="make these models and leave manifest and page alone")
    parser.add_argument("--big", metavar="PATH", help="make only a forest of 2.5 million nodes, about 100 MB")
    parser.add_argument("--chain", nargs=2, metavar=("N", "PATH"), help="make only a tree of N nodes that is a chain")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    if arguments.big:
        print(big_models.forest(arguments.big), "bytes")
    elif arguments.chain:
        print(big_models.chain(arguments.chain[1], int(arguments.chain[0])), "bytes")
    else:
        make_all(arguments.output, arguments.only)


if __name__ == "__main__":
    main()
