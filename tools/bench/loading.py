"""Loading a model: time and memory, each time in a process of its own.

    python loading.py HARNESS LIBRARY MODEL    (prints milliseconds, resident and most bytes; used by compare.py)
"""

import ctypes
import json
import os
import subprocess
import sys
import time

TURNS = 3


def status(name):
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(name))


def load_here(harness_path, library, model):
    """Load once in this process. Nothing that needs much memory is imported here."""
    harness = ctypes.CDLL(harness_path)
    row = (ctypes.c_float * 10000)()
    place = (ctypes.c_double * 100)()
    before = status("VmRSS")
    start = time.perf_counter()
    if library == "onnxtree":
        harness.onnxtree_open.restype = ctypes.c_void_p
        message = ctypes.create_string_buffer(512)
        size = ctypes.c_size_t
        handle = harness.onnxtree_open(model.encode(), b"", size(1), row, size(1), size(1), place, place, message)
    else:
        harness.ort_open.restype = ctypes.c_void_p
        names = (ctypes.c_char_p * 3)(b"X", b"Y", None)
        size = ctypes.c_size_t
        handle = harness.ort_open(library.encode(), model.encode(), 1, names, row, size(1), size(1), place, size(1), place, size(0))
    elapsed = time.perf_counter() - start
    if not handle:
        sys.exit("not loaded")
    print(json.dumps({"ms": elapsed * 1000, "resident": status("VmRSS") - before, "peak": status("VmHWM") - before}))


def measure(task, cache):
    """{library: medians of several loads, taking turns}; the first load of a file is the only one that may wait for the disk and is left out."""
    import peers

    libraries = {"onnxtree": "onnxtree", "ONNX Runtime": peers.runtime_library()}
    found = {name: [] for name in libraries}
    for turn in range(TURNS + 1):
        for name, library in libraries.items():
            command = [sys.executable, os.path.abspath(__file__), os.path.join(cache, "harness.so"), library, task.onnx]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode == 0 and turn > 0:
                found[name].append(json.loads(run.stdout))
    return {name: {key: sorted(s[key] for s in samples)[len(samples) // 2] for key in samples[0]} for name, samples in found.items() if samples}


if __name__ == "__main__":
    load_here(*sys.argv[1:])
