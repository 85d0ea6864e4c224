"""Measures onnxtree and the other libraries side by side: on the same rows, in one process, taking turns.

    tools/build.sh                            # the library that is measured: build/release
    tools/bench/compare.py                    # trains what is missing, measures, writes docs/performance.*
    tools/bench/compare.py --only xgb_d6_t500 --again
    tools/bench/compare.py --prepare          # only trains and compiles

Results of each model are kept in build/bench/results, so that a run that was interrupted goes on where it stopped.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from importlib import metadata

import numpy as np

import loading
import models
import peers
import report

LARGE = 10000  # the batch size of which all variants are measured
LARGEST = 65536
BATCHES = (1, 10, 100, 1000, LARGE, LARGEST)
THREADED = ("onnxtree", "ONNX Runtime", "XGBoost", "LightGBM")  # what is measured with two threads, and with the largest batch
CHECKED_ROWS = 16384
FORCED = ("sliced-avx2", "sliced-portable", "walk")


class Budget:
    """How long one library may take at one batch size: slow ones get fewer turns, but at least three."""

    def __init__(self, arguments):
        self.turns, self.turn_ns, self.total_ns = arguments.turns, arguments.turn_ms * 1e6, arguments.most_seconds * 1e9

    def calls(self, call_ns):
        return max(1, round(self.turn_ns / call_ns))

    def spent(self, samples, turn_ns):
        return len(samples) >= 3 and turn_ns * (len(samples) + 1) > self.total_ns


def take_turns(group, count, budget, pause=0.0):
    """Nanoseconds for a row: each of the group's members measured in turn, several times; {key: [samples]}.
    Threads of a library that has finished may wait actively for a while: `pause` seconds and an untimed call come before a turn then."""
    samples = {key: [] for key in group}
    calls = {}
    for key, peer in group.items():
        peer.prepare(count)
        peer.calls(count, 1)
        calls[key] = budget.calls(peer.calls(count, 1))
    for _ in range(budget.turns):
        for key, peer in group.items():
            call_ns = samples[key][-1] * count if samples[key] else 0
            if not budget.spent(samples[key], call_ns * calls[key]):
                if pause:
                    time.sleep(pause)
                    peer.calls(count, 1)
                samples[key].append(peer.calls(count, calls[key]) / calls[key] / count)
    return samples


def summary(samples):
    return {
        key: {"ns_per_row": round(statistics.median(values), 2), "least": round(min(values), 2), "most": round(max(values), 2), "turns": len(values)}
        for key, values in samples.items()
    }


# ---- one model --------------------------------------------------------------------------------------------------------------------


def open_all(task, threads, only):
    """Every library that runs the model, and why the others do not."""
    opened, refused = {}, {}
    for name, opener in peers.OPENERS.items():
        if only and name not in only:
            continue
        try:
            peer = opener(task, threads)
            if peer is not None:
                opened[name] = peer
        except Exception as error:  # whatever a library raises is a reason not to measure it
            refused[name] = f"{type(error).__name__}: {error}"[:120]
            print(f"    {name}: {refused[name]}", flush=True)
    return opened, refused


def ulps(one, other):
    """Steps between two floats of the same sign."""
    bits = [np.asarray(v, dtype=np.float32).view(np.int32).astype(np.int64) for v in (one, other)]
    ordered = [np.where(b < 0, -(b & 0x7FFFFFFF), b) for b in bits]
    return np.abs(ordered[0] - ordered[1])


def compare_scores(opened):
    """Scores of the first rows against ONNX Runtime's."""
    reference = opened["ONNX Runtime"].scores(CHECKED_ROWS)
    found = {}
    for name, peer in opened.items():
        if name == "ONNX Runtime":
            continue
        scores = peer.scores(CHECKED_ROWS)
        if scores.shape[1] != reference.shape[1]:
            scores = np.column_stack([1 - scores[:, 0], scores[:, 0]])
        found[name] = {"greatest_difference": float(np.max(np.abs(scores - reference)))}
        if name == "onnxtree":
            equal = np.all(scores.astype(np.float32).view(np.int32) == reference.astype(np.float32).view(np.int32), axis=1)
            found[name].update(rows=CHECKED_ROWS, bit_equal_rows=int(equal.sum()), greatest_ulps=int(ulps(scores, reference).max()))
    return found


def open_forced(task):
    """onnxtree with kernels that the planner would not choose on this machine."""
    opened = {}
    for kernel in FORCED:
        try:
            opened[f"onnxtree {kernel}"] = peers.open_onnxtree(task, kernel=kernel)
        except RuntimeError:
            pass
    return opened


def describe(task, peer):
    import ctypes

    sizes = (ctypes.c_uint64 * 6)()
    task.harness.onnxtree_sizes(peer.handle, sizes)
    names = ("trees", "branch_nodes", "leaves", "max_depth", "model_bytes", "peak_load_bytes")
    return {**dict(zip(names, sizes)), "kernel": task.harness.onnxtree_kernel_used(peer.handle).decode(), "file_bytes": os.path.getsize(task.onnx)}


def compilation(task):
    made = {}
    for what in ("lleaves", "tl2cgen"):
        path = task.file(f"{what}.seconds")
        if path:
            with open(path, encoding="utf-8") as file:
                made[what] = float(file.read())
    return made


def measure(model, folder, harness, arguments):
    task = peers.Task(folder, harness, not arguments.no_compile)
    budget = Budget(arguments)
    opened, refused = open_all(task, 1, arguments.peers)
    result = {"name": model.name, "title": model.title, "group": model.group, "columns": task.rows.shape[1], "refused": refused, "batches": {}}
    if "onnxtree" in opened:
        result["model"] = describe(task, opened["onnxtree"])
    if "ONNX Runtime" in opened:
        result["scores"] = compare_scores(opened)
        result["beyond_trees"] = task.beyond_trees
    result["compile_seconds"] = compilation(task)
    is_stump = model in models.STUMPS
    for count in (1,) if is_stump else arguments.batches:
        group = dict(opened)
        if count == LARGE:
            group.update(open_forced(task))
        if count > LARGE:
            group = {key: group[key] for key in THREADED if key in group}
        result["batches"][str(count)] = summary(take_turns(group, count, budget))
    if not is_stump:
        two, _ = open_all(task, 2, [name for name in THREADED if not arguments.peers or name in arguments.peers])
        result["two_threads"] = summary(take_turns(two, LARGEST, budget, pause=0.02))
        result["load"] = loading.measure(task, arguments.cache)
    return result


# ---- the machine ------------------------------------------------------------------------------------------------------------------


def lscpu():
    lines = subprocess.run(["lscpu"], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout.splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}


def stripped_bytes(library):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "stripped.so")
        subprocess.run(["strip", "-o", path, os.path.join(library, "libonnxtree.so")], check=True)
        return os.path.getsize(path)


def machine(library):
    cpu = lscpu()
    wanted = ("Model name", "CPU family", "Model", "Stepping", "Hypervisor vendor", "CPU(s)", "L1d cache", "L2 cache", "L3 cache")
    vectors = [flag for flag in cpu.get("Flags", "").split() if flag in ("avx2", "avx512f", "avx512bw", "avx512vbmi", "gfni", "asimd", "sve")]
    libraries = ("lightgbm", "lleaves", "onnxruntime", "scikit-learn", "tl2cgen", "treelite", "xgboost")
    compiler = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=peers.ROOT).stdout.strip()
    return {
        "cpu": {key: cpu[key] for key in wanted if key in cpu},
        "vector_extensions": vectors,
        "system": platform.platform(),
        "compiler": compiler,
        "commit": commit,
        "library_bytes": stripped_bytes(library),
        "load_average": os.getloadavg()[0],
        "versions": {library: metadata.version(library) for library in libraries},
    }


# ---- all models -------------------------------------------------------------------------------------------------------------------


def arguments_of(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="MODEL", help="measure these models (default: all)")
    parser.add_argument("--peers", nargs="+", metavar="LIBRARY", help="measure these libraries only; the report needs all")
    parser.add_argument("--again", action="store_true", help="measure models that have results already")
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES, help="rows of one call (default: %(default)s)")
    parser.add_argument("--turns", type=int, default=7, help="turns of each library (default: %(default)s)")
    parser.add_argument("--turn-ms", type=float, default=10, help="length of a turn, if a call is not longer (default: %(default)s)")
    parser.add_argument("--most-seconds", type=float, default=1.5, help="for one library at one batch size (default: %(default)s)")
    parser.add_argument("--library", default=os.path.join(peers.ROOT, "build", "release", "src"), help="folder of libonnxtree.so")
    parser.add_argument("--cache", default=os.path.join(peers.ROOT, "build", "bench"), help="trained models and results")
    parser.add_argument("--priority", action="store_true", help="go before all other processes of the machine (as root)")
    parser.add_argument("--prepare", action="store_true", help="train and compile what is missing, measure nothing")
    parser.add_argument("--no-compile", action="store_true", help="leave out compilers (lleaves, TL2cgen) where they have not run yet")
    parser.add_argument("--no-report", action="store_true", help="leave docs/ alone")
    return parser.parse_args(words)


def raise_priority():
    """Run before everything else on the machine. Plain priorities do not do it: kernels that group processes by session apply them within a group."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except OSError as error:
        print("no priority:", error)


def main():
    arguments = arguments_of(sys.argv[1:])
    warnings.simplefilter("ignore")
    if arguments.priority:
        raise_priority()
    results = os.path.join(arguments.cache, "results")
    os.makedirs(results, exist_ok=True)
    harness = peers.build_harness(arguments.cache, arguments.library)
    for model in models.GRID + models.STUMPS:
        path = os.path.join(results, model.name + ".json")
        if (arguments.only and model.name not in arguments.only) or (os.path.exists(path) and not arguments.again and not arguments.prepare):
            continue
        print(model.name, flush=True)
        try:
            folder = models.prepare(model, arguments.cache)
        except models.Absent as reason:
            print("    left out:", reason)
            continue
        if arguments.prepare:
            open_all(peers.Task(folder, harness), 1, arguments.peers)
            continue
        result = measure(model, folder, harness, arguments)
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump({**result, "machine": machine(arguments.library)}, file, indent=1)
        os.replace(path + ".part", path)
        print(report.one_line(result), flush=True)
    if not arguments.no_report and not arguments.prepare:
        report.write(results, os.path.join(peers.ROOT, "docs"))


if __name__ == "__main__":
    main()
