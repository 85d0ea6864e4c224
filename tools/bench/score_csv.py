"""Times scoring a CSV file end to end: pandas.read_csv + ONNX Runtime in Python against `onnxtree run`.

    python tools/bench/score_csv.py COMMAND MODEL SAMPLE [--rows 1000000] [--runs 5]

SAMPLE is a CSV file without header whose first columns are the model's features; each column of the data is drawn from its column there.
Each run is a process of its own, from start to the end of writing the scores; the runs of all contestants take turns. Times are medians of the
elapsed time; peak memory is the largest. Needs numpy, pandas, onnx and onnxruntime.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

BASELINE = """
import sys, numpy as np, pandas as pd, onnxruntime as ort
model, data, output, threads = sys.argv[1:]
options = ort.SessionOptions()
options.intra_op_num_threads = int(threads)
session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
table = pd.read_csv(data, dtype=np.float32)
scores = session.run(None, {session.get_inputs()[0].name: table.to_numpy()})[-1]
if output.endswith(".npy"):
    np.save(output, scores)
else:
    pd.DataFrame(scores).to_csv(output, index=False)
"""


def make_data(model, sample, rows, path):
    import numpy as np
    import onnx
    import pandas as pd

    columns = onnx.load(model).graph.input[0].type.tensor_type.shape.dim[1].dim_value
    drawn_from = np.loadtxt(sample, delimiter=",", dtype=np.float64)[:, :columns].astype(np.float32)
    random = np.random.default_rng(1)
    table = {f"f{j}": drawn_from[random.integers(0, len(drawn_from), rows), j] for j in range(columns)}
    pd.DataFrame(table).to_csv(path, index=False)


def run_once(command):
    """Elapsed seconds, processor seconds and peak memory in MB of one process."""
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"failed: {command}")
    return elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("command", "model", "sample"):
        parser.add_argument(name)
    parser.add_argument("--rows", type=int, default=1000000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--data", help="keep the generated data in this file, or use it if it exists")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = arguments.data or os.path.join(folder, "data.csv")
        if not os.path.exists(data):
            make_data(arguments.model, arguments.sample, arguments.rows, data)
        megabytes = os.path.getsize(data) / 1e6
        scores = os.path.join(folder, "scores")
        python = [sys.executable, "-c", BASELINE, arguments.model, data]
        command = [arguments.command, "run", "-q", arguments.model, data, "-o"]
        contestants = {
            "pandas + ONNX Runtime, 1 thread, to npy": python + [scores + ".npy", "1"],
            "pandas + ONNX Runtime, 2 threads, to npy": python + [scores + ".npy", "2"],
            "pandas + ONNX Runtime, 2 threads, to csv": python + [scores + ".csv", "2"],
            "onnxtree run, 1 thread, to csv": command + [scores + "1.csv"],
            "onnxtree run, 2 threads, to csv": command + [scores + "2.csv", "--threads", "2"],
        }
        runs = {name: [] for name in contestants}
        for _ in range(arguments.runs):
            for name, words in contestants.items():
                runs[name].append(run_once(words))
        print(f"{megabytes:.0f} MB of CSV, {os.cpu_count()} processors, median of {arguments.runs} runs")
        print(f"{'':44}{'seconds':>9}{'cpu s':>9}{'MB/s':>9}{'peak MB':>9}")
        medians = {}
        for name, measured in runs.items():
            elapsed, cpu, _ = (statistics.median(column) for column in zip(*measured))
            medians[name] = elapsed, cpu
            print(f"{name:44}{elapsed:9.2f}{cpu:9.2f}{megabytes / elapsed:9.0f}{max(run[2] for run in measured):9.0f}")
        (npy, npy_cpu), (csv, csv_cpu), (one, one_cpu), (two, _) = list(medians.values())[1:]
        print(f"onnxtree on 1 thread is {npy / one:.1f} times faster than pandas + ONNX Runtime with 2 (to npy), {csv / one:.1f} (to csv);"
              f" by processor time {npy_cpu / one_cpu:.1f} and {csv_cpu / one_cpu:.1f}")
        print(f"2 threads are {one / two:.2f} times faster than 1")
        same = subprocess.run(["cmp", scores + "1.csv", scores + "2.csv"], check=False).returncode == 0
        print("the results are the same bytes" if same else "THE RESULTS DIFFER")


if __name__ == "__main__":
    main()
