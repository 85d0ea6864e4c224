#!/usr/bin/env python3
"""Makes the graphs of the matrix: trains, exports, and records what the training library predicts. README.md in this directory says how.

What does not convert is listed in not_converted.json beside the graphs."""

import argparse
import contextlib
import importlib
import io
import json
import logging
import multiprocessing
import os
import re
import sys
import time
import warnings

import graph as storage

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT = os.path.join(HERE, "..", "..", "build", "matrix")
MODULES = ("graphs_trees", "graphs_meta", "graphs_transformers", "graphs_pipelines", "graphs_boosters", "graphs_v5")


def all_graphs(only):
    for module in MODULES:
        for graph in importlib.import_module(module).graphs():
            if re.search(only, graph.name):
                yield graph


def first_line(error):
    return f"{type(error).__name__}: " + " ".join(str(error).split())[:220]


def make(graph, root):
    """None, or why the graph cannot be made."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            made = graph.make()
    except Exception as error:  # converters refuse in many ways; all are recorded
        return first_line(error)
    storage.write(graph, made, root)
    return None


def work(arguments):
    """One process makes every n-th graph."""
    part, parts, only, root = arguments
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    refused, count = {}, 0
    for i, graph in enumerate(all_graphs(only)):
        if i % parts == part:
            count += 1
            reason = make(graph, root)
            if reason:
                refused[graph.name] = {"group": graph.group, "estimator": graph.estimator, "options": graph.options, "reason": reason}
    return count, refused


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", default=DEFAULT, help="directory to write to (default: build/matrix)")
    parser.add_argument("--only", default="", help="regular expression on the names")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    names = [graph.name for graph in all_graphs(arguments.only)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        sys.exit("names given twice: " + ", ".join(repeated))
    if arguments.list:
        print("\n".join(names))
        return
    os.makedirs(arguments.to, exist_ok=True)
    began = time.time()
    with multiprocessing.get_context("spawn").Pool(arguments.jobs) as pool:
        parts = pool.map(work, [(i, arguments.jobs, arguments.only, arguments.to) for i in range(arguments.jobs)])
    path, refused = os.path.join(arguments.to, "not_converted.json"), {}
    if arguments.only and os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            refused = {name: entry for name, entry in json.load(file).items() if name not in names}
    for _, part in parts:
        refused |= part
    with open(path, "w", encoding="utf-8") as file:
        json.dump(dict(sorted(refused.items())), file, indent=1)
    total = sum(count for count, _ in parts)
    failed = sum(len(part) for _, part in parts)
    print(f"{total - failed} graphs made, {failed} do not convert, {time.time() - began:.0f} s; {os.path.normpath(arguments.to)}")


if __name__ == "__main__":
    main()
