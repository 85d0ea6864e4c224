#!/usr/bin/env python3
"""Times an isolation forest, about 3,000 nodes of graph, with onnxtree and with ONNX Runtime, one thread each, in one run. Exit 1 if labels differ."""

import argparse
import os
import statistics
import sys
import time

import numpy as np
from skl2onnx import to_onnx
from sklearn.ensemble import IsolationForest

import onnxtree
import runtime
from data import SEED

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def timed(function, times):
    """The last result, and the median of some calls in milliseconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        result = function()
        took.append((time.perf_counter() - began) * 1000)
    return result, statistics.median(took)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", default=os.path.join(ROOT, "build", "release", "src", "libonnxtree.so"), help="the shared library")
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--rows", type=int, default=10000)
    parser.add_argument("--times", type=int, default=9, help="calls of which the median is shown")
    arguments = parser.parse_args()
    x = np.random.RandomState(SEED).randn(arguments.rows, 10).astype(np.float32)
    forest = IsolationForest(n_estimators=arguments.trees, random_state=SEED).fit(x)
    data = to_onnx(forest, x[:1], target_opset={"": 17, "ai.onnx.ml": 3}).SerializeToString()
    model, load = timed(lambda: onnxtree.Model(onnxtree.opened(arguments.library), data), 5)
    session, load_runtime = timed(lambda: runtime.session(data), 1)
    ours, run = timed(lambda: model.run({"X": x}), arguments.times)
    theirs, run_runtime = timed(lambda: session.run(None, {"X": x}), arguments.times)
    different = int((theirs[0].ravel() != ours["label"].ravel()).sum())
    apart = np.abs(theirs[1].ravel() - ours["scores"].ravel()).max()
    print(
        f"{arguments.trees} trees, {len(data)} bytes, {arguments.rows} rows: load {load:.1f} ms (ONNX Runtime {load_runtime:.0f} ms), "
        f"run {run:.1f} ms (ONNX Runtime {run_runtime:.0f} ms, {run_runtime / run:.1f} times); labels that differ: {different}, scores: {apart:.2g}"
    )
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
