"""Turns the results of compare.py into the marked parts of docs/performance.md, its plot and data, and the tables of times in the README.

Run alone, it does so for the results in build/bench/results."""

import glob
import json
import os
import re

LIBRARIES = ("onnxtree", "ONNX Runtime", "XGBoost", "LightGBM", "lleaves", "Treelite", "TL2cgen", "scikit-learn")
OURS, RUNTIME = "onnxtree", "ONNX Runtime"
COLOURS = ("#d62728", "#1f77b4", "#2ca02c", "#8c564b", "#ff7f0e", "#9467bd", "#e377c2", "#7f7f7f")


class Regime:
    """A line of the targets: a model and a batch size, how many times as fast as ONNX Runtime and as the best other library onnxtree shall be."""

    def __init__(self, title, model, batch, runtime, other=None, variant=OURS):
        self.title, self.model, self.batch, self.runtime, self.other, self.variant = title, model, batch, runtime, other, variant


REGIMES = (
    Regime("depth 6, 500 trees", "xgb_d6_t500", 10000, 60, 20),
    Regime("depth 6, 100 trees", "xgb_d6_t100", 10000, 40, 12),
    Regime("31 leaves, 1000 trees", "lgb_31_t1000", 10000, 35, 12),
    Regime("31 leaves, 500 trees", "lgb_31_t500", 10000, 35, 12),
    Regime("63 leaves, 500 trees", "lgb_63_t500", 10000, 35, 12),
    Regime("depth 8, 500 trees", "xgb_d8_t500", 10000, 40, 15),
    Regime("leaf-wise, 255 leaves, 100 trees", "lgb_255_t100", 10000, 20, 6),
    Regime("forest, depth 8, 100 trees", "rf_d8_t100", 10000, 20, 5),
    Regime("forest, full depth, 2.5 million nodes", "rf_full_t100", 10000, 10, 3),
    Regime("forest, full depth, 2.5 million nodes", "rf_full_t100", 65536, 10),
    Regime("10 classes x 100 trees", "xgb_digits", 10000, 20, 5),
    Regime("forest, 10 classes, depth 8, 100 trees", "rf_digits_d8_t100", 10000, 20, 5),
    Regime("forest, 10 classes, full depth, 100 trees", "rf_digits_t100", 10000, 20, 5),
    Regime("missing values, depth 6, 500 trees", "xgb_missing", 10000, 20, 5),
    Regime("missing values, 31 leaves, 500 trees", "lgb_missing", 10000, 20, 5),
    Regime("categories, 31 leaves, 100 trees", "lgb_categories", 10000, 20, 5),
    Regime("depth 6, 500 trees", "xgb_d6_t500", 100, 20, 8),
    Regime("depth 6, 100 trees", "xgb_d6_t100", 100, 20, 8),
    Regime("depth 8, 500 trees", "xgb_d8_t500", 100, 20, 8),
    Regime("depth 8, 100 trees", "xgb_d8_t100", 100, 20, 8),
    Regime("31 leaves, 500 trees", "lgb_31_t500", 100, 20, 8),
    Regime("31 leaves, 1000 trees", "lgb_31_t1000", 100, 20, 8),
    Regime("63 leaves, 500 trees", "lgb_63_t500", 100, 20, 8),
    Regime("leaf-wise, 255 leaves, 100 trees", "lgb_255_t100", 100, 20, 8),
    Regime("forest, full depth, 2.5 million nodes", "rf_full_t100", 100, None),
    Regime("depth 6, 100 trees", "xgb_d6_t100", 1, 12, 6),
    Regime("depth 6, 500 trees", "xgb_d6_t500", 1, 12, 6),
    Regime("depth 8, 100 trees", "xgb_d8_t100", 1, 12, 6),
    Regime("depth 8, 500 trees", "xgb_d8_t500", 1, 12, 6),
    Regime("public model abalone, depth 6, 1000 trees", "abalone", 1, 12, 6),
    Regime("public model airline, depth 8, 100 trees", "airline", 1, 12, 6),
    Regime("public model higgs, depth 8, 100 trees", "higgs", 1, 12, 6),
    Regime("31 leaves, 500 trees", "lgb_31_t500", 1, 8, 3),
    Regime("31 leaves, 1000 trees", "lgb_31_t1000", 1, 8, 3),
    Regime("63 leaves, 500 trees", "lgb_63_t500", 1, 8, 3),
    Regime("forest, depth 8, 100 trees", "rf_d8_t100", 1, 12, 6),
    Regime("10 classes x 100 trees", "xgb_digits", 1, 12, 6),
    Regime("missing values, depth 6, 500 trees", "xgb_missing", 1, 12, 6),
    Regime("missing values, 31 leaves, 500 trees", "lgb_missing", 1, 8, 3),
    Regime("10 trees, depth 4", "xgb_small", 1, 5),
    Regime("forest, full depth, 2.5 million nodes", "rf_full_t100", 1, None),
    Regime("categories, 31 leaves, 100 trees", "lgb_categories", 1, None),
    Regime("isolation forest, 100 trees", "isolation", 10000, None),
    Regime("isolation forest, 100 trees", "isolation", 1, None),
    Regime("AVX2 only: depth 6, 500 trees", "xgb_d6_t500", 10000, 20, 5, "onnxtree sliced-avx2"),
    Regime("AVX2 only: depth 6, 100 trees", "xgb_d6_t100", 10000, 12, 5, "onnxtree sliced-avx2"),
    Regime("portable C: depth 6, 500 trees", "xgb_d6_t500", 10000, 10, None, "onnxtree sliced-portable"),
    Regime("portable C: depth 6, 100 trees", "xgb_d6_t100", 10000, 5, None, "onnxtree sliced-portable"),
)
README_REGIMES = ((10000, "xgb_d6_t500"), (10000, "lgb_63_t500"), (10000, "rf_d8_t100"), (10000, "rf_full_t100"), (100, "xgb_d6_t500"),
                  (1, "xgb_d6_t500"), (1, "lgb_31_t500"), (1, "xgb_small"))  # fmt: skip
ALTERNATIVES = ((1, "rf_d8_t100"), (10000, "rf_d8_t100"), (1, "lgb_31_t500"), (10000, "lgb_31_t500"))


def time_text(ns):
    return f"{ns / 1000:.3g} µs" if ns >= 1000 else f"{ns:.3g} ns"


def ratio_text(ratio):
    return f"{ratio:.1g}" if ratio < 0.1 else f"{ratio:.1f}" if ratio < 20 else f"{ratio:.0f}"


def median(times, library):
    return times[library]["ns_per_row"] if library in times else None


def best_other(times):
    """The fastest library but ONNX Runtime and ourselves, and its time."""
    others = [(median(times, name), name) for name in LIBRARIES if name in times and name not in (OURS, RUNTIME)]
    return min(others) if others else (None, None)


def table(head, lines, aligned="---:"):
    aligned = ["---"] + [aligned] * (len(head) - 1)
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in [head, aligned, *lines])


def one_line(result):
    parts = []
    for batch, times in result["batches"].items():
        if OURS in times and RUNTIME in times:
            other, name = best_other(times)
            text = f"{batch}: {time_text(median(times, OURS))}, {ratio_text(median(times, RUNTIME) / median(times, OURS))}x"
            parts.append(text + (f", {ratio_text(other / median(times, OURS))}x {name}" if name else ""))
    return "    " + "; ".join(parts)


# ---- the tables -------------------------------------------------------------------------------------------------------------------


def judged(ratio, target):
    """A ratio with its target; a miss is shown in bold."""
    if ratio is None:
        return "–"
    if target is None:
        return ratio_text(ratio)
    return f"{ratio_text(ratio)} (≥ {target})" if ratio >= target else f"**{ratio_text(ratio)}** (≥ {target})"


def regime_lines(results):
    for regime in REGIMES:
        times = results.get(regime.model, {}).get("batches", {}).get(str(regime.batch), {})
        ours, runtime = median(times, regime.variant), median(times, RUNTIME)
        if ours is None or runtime is None:
            continue
        other, name = best_other(times)
        against = f"{judged(other / ours, regime.other)} {name}" if name else "–"
        yield [f"{regime.title}, {regime.batch} row{'s' * (regime.batch > 1)}", time_text(ours), judged(runtime / ours, regime.runtime), against]


def regimes(results):
    head = ["model, rows a call", "onnxtree, a row", "times ONNX Runtime (target)", "times the best other (target)"]
    return table(head, list(regime_lines(results)))


def times_table(results, batch):
    lines = []
    for result in results.values():
        times = result["batches"].get(str(batch), {})
        if len(times) > 1 and not result["name"].startswith("stump"):
            lines.append([result["title"]] + [time_text(median(times, name)) if name in times else "" for name in LIBRARIES])
    return table(["model", *LIBRARIES], lines)


def overhead(results):
    """What a call for one row takes with one tree of one decision."""
    lines = []
    for name in LIBRARIES:
        found = [median(results[stump]["batches"]["1"], name) for stump in ("stump_xgb", "stump_lgb", "stump_rf") if stump in results
                 and name in results[stump]["batches"]["1"]]  # fmt: skip
        if found:
            lines.append([name, time_text(min(found))])
    return table(["library", "a call for one row, one decision"], lines)


def two_threads(results):
    lines = []
    for result in results.values():
        one, two = result["batches"].get("65536", {}), result.get("two_threads", {})
        if OURS in one and OURS in two:
            gain = median(one, OURS) / median(two, OURS)
            runtime = median(two, RUNTIME) / median(two, OURS) if RUNTIME in two else None
            other, name = best_other(two)
            against = f"{ratio_text(other / median(two, OURS))} {name}" if name else "–"
            lines.append([result["title"], time_text(median(two, OURS)), judged(gain, 1.7), ratio_text(runtime) if runtime else "–", against])
    head = ["model, 65536 rows, 2 threads", "onnxtree, a row", "times our one thread (target)", "times ONNX Runtime", "times the best other"]
    return table(head, lines)


def megabytes(count):
    return f"{count / 1e6:.3g} MB"


def loads(results):
    lines = []
    for result in results.values():
        load = result.get("load", {})
        if OURS in load and RUNTIME in load:
            ours, theirs, file = load[OURS], load[RUNTIME], result["model"]["file_bytes"]
            lines.append([
                result["title"], megabytes(file), f"{ours['ms']:.3g} ms", f"{theirs['ms']:.3g} ms", f"{theirs['ms'] / ours['ms']:.1f}",
                megabytes(result["model"]["model_bytes"]), f"{result['model']['peak_load_bytes'] / file:.2f}", f"{result['model']['model_bytes'] / file:.2f}",
                megabytes(theirs["resident"]),
            ])  # fmt: skip
    head = ["model", "file", "load", "ONNX Runtime", "times", "memory", "peak / file", "memory / file", "ONNX Runtime's memory"]
    return table(head, lines)


def load_target(results):
    """The target of loading: the largest model."""
    result = results.get("rf_full_t100", {})
    load = result.get("load", {})
    if OURS not in load or RUNTIME not in load:
        return ""
    ours, file = load[OURS]["ms"], result["model"]["file_bytes"]
    lines = [
        ["time", f"{ours:.0f} ms", "≤ 400 ms"],
        ["times as fast as ONNX Runtime", f"{load[RUNTIME]['ms'] / ours:.1f}", "≥ 8"],
        ["most memory while loading / file", f"{result['model']['peak_load_bytes'] / file:.2f}", "≤ 2.5"],
        ["memory of the loaded model / file", f"{result['model']['model_bytes'] / file:.2f}", "≤ 0.6"],
    ]
    return table([f"loading 2.5 million nodes ({megabytes(file)})", "measured", "target"], lines)


def agreement(results):
    lines = []
    for result in results.values():
        scores = result.get("scores", {})
        if OURS in scores and not result["name"].startswith("stump"):
            found = scores[OURS]
            transform = result.get("beyond_trees") or "none"
            others = ", ".join(f"{name} {scores[name]['greatest_difference']:.1g}" for name in LIBRARIES if name in scores and name != OURS)
            lines.append([result["title"], transform, f"{found['bit_equal_rows']} of {found['rows']}",
                          f"{found['greatest_ulps']} ({found['greatest_difference']:.1g})", others or "–"])
    return table(["model", "after the sums", "rows with ONNX Runtime's bits", "most ulps apart (difference)", "others: greatest difference"], lines)


def compilations(results):
    lines = []
    for result in results.values():
        made = result.get("compile_seconds", {})
        if made and not result["name"].startswith("stump"):
            lines.append([result["title"]] + [f"{made[what]:.0f} s" if what in made else "" for what in ("lleaves", "tl2cgen")])
    return table(["model", "lleaves compiles for", "TL2cgen and gcc"], lines)


def machine(results):
    known = [result["machine"] for result in results.values() if "machine" in result]
    if not known:
        return ""
    one = known[-1]
    cpu = ", ".join(f"{key} {value}" for key, value in one["cpu"].items())
    versions = ", ".join(f"{key} {value}" for key, value in one["versions"].items())
    commits = ", ".join(sorted({m["commit"] for m in known}))
    loads_seen = [m["load_average"] for m in known]
    return (
        f"* Processor (`lscpu`): {cpu}; {' '.join(one['vector_extensions'])}\n* System: {one['system']}; compiler: {one['compiler']}\n"
        f"* Versions: {versions}\n* onnxtree at commit {commits}; the stripped shared library has {one['library_bytes']:,} bytes, {one['library_bytes'] / 1024:.1f} KiB (target: below 400)\n"
        f"* Load average during the run: {min(loads_seen):.1f} to {max(loads_seen):.1f} (other work shared the machine; the run had the highest priority)"
    )


def missing(results):
    shown = [r for r in results.values() if not r["name"].startswith("stump")]
    lines = [[r["title"], name, reason.replace("|", "\\|").replace("\n", " ")] for r in shown for name, reason in r.get("refused", {}).items()]
    return table(["model", "library", "why it is not there"], lines, "---") if lines else "Every library ran every model of its kind."


def readme(results):
    lines = []
    titles = {}
    for batch, name in README_REGIMES:
        times = results.get(name, {}).get("batches", {}).get(str(batch), {})
        if OURS in times and RUNTIME in times:
            titles = results[name]["title"]
            ours = median(times, OURS)
            other, library = best_other(times)
            lines.append([f"{titles}; {batch} row{'s' * (batch > 1)} a call", time_text(ours), ratio_text(median(times, RUNTIME) / ours) + " times",
                          f"{ratio_text(other / ours)} times {library}" if library else "–"])  # fmt: skip
    return table(["model", "a row takes", "as fast as ONNX Runtime", "as fast as the best other library"], lines)


def alternatives(results):
    """The times of all libraries for a few models: the second half of the README's comparison."""
    lines = []
    for batch, name in ALTERNATIVES:
        times = results.get(name, {}).get("batches", {}).get(str(batch), {})
        if OURS in times:
            rows = "one row" if batch == 1 else f"calls of {batch} rows"
            lines.append([f"{results[name]['title']}; {rows}"] + [time_text(median(times, library)) if library in times else "" for library in LIBRARIES])
    return table(["a row takes", *LIBRARIES], lines)


# ---- the plot ---------------------------------------------------------------------------------------------------------------------


def plot(results, docs):
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "onnxtree"
    from matplotlib import pyplot

    shown = [r for r in results.values() if not r["name"].startswith("stump") and "10000" in r["batches"]]
    figure, panels = pyplot.subplots(1, 3, figsize=(15, 0.36 * len(shown) + 2.2), sharey=True, sharex=True)
    for panel, batch in zip(panels, ("1", "100", "10000")):
        for colour, name in zip(COLOURS, LIBRARIES):
            points = [(median(r["batches"][batch], name) / 1000, i) for i, r in enumerate(shown) if name in r["batches"].get(batch, {})]
            if points:
                panel.scatter(*zip(*points), label=name, color=colour, s=70 if name == OURS else 36, marker="D" if name == OURS else "o", zorder=3)
        panel.set_xscale("log")
        panel.set_title(f"{batch} row{'s' * (batch != '1')} a call")
        panel.set_xlabel("µs a row (less is better)")
        panel.grid(True, which="major", color="#dddddd", zorder=0)
    panels[0].set_yticks(range(len(shown)), [r["title"] for r in shown])
    panels[0].invert_yaxis()
    handles = {}
    for panel in panels:
        handles.update({label: handle for handle, label in zip(*panel.get_legend_handles_labels())})
    figure.legend([handles[n] for n in LIBRARIES if n in handles], [n for n in LIBRARIES if n in handles], loc="lower center", ncols=8, frameon=False)
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    figure.savefig(os.path.join(docs, "performance.png"), dpi=90, metadata={"Software": None})
    figure.savefig(os.path.join(docs, "performance.svg"), metadata={"Date": None})
    pyplot.close(figure)


# ---- writing ----------------------------------------------------------------------------------------------------------------------


def replace_parts(path, parts):
    """Replace what stands between <!-- name --> and <!-- end --> for each of the parts that the file has."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for name, content in parts.items():
        pattern = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = pattern.sub(lambda match, content=content: match[1] + content + "\n" + match[2], text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read_results(folder):
    import models

    order = [model.name for model in models.GRID + models.STUMPS]
    found = {}
    for path in glob.glob(os.path.join(folder, "*.json")):
        with open(path, encoding="utf-8") as file:
            result = json.load(file)
        found[result["name"]] = result
    return {name: found[name] for name in order if name in found}


def write(folder, docs):
    results = read_results(folder)
    parts = {
        "regimes": regimes(results),
        "overhead": overhead(results),
        "two threads": two_threads(results),
        "loads": loads(results),
        "load target": load_target(results),
        "agreement": agreement(results),
        "compilations": compilations(results),
        "machine": machine(results),
        "missing": missing(results),
        **{f"times {batch}": times_table(results, batch) for batch in (1, 10, 100, 1000, 10000, 65536)},
    }
    replace_parts(os.path.join(docs, "performance.md"), parts)
    replace_parts(os.path.join(docs, "..", "README.md"), {"performance": readme(results), "alternatives": alternatives(results)})
    with open(os.path.join(docs, "performance.json"), "w", encoding="utf-8") as file:
        json.dump(list(results.values()), file, indent=1, ensure_ascii=False)
        file.write("\n")
    plot(results, docs)
    print(parts["regimes"])


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    root = os.path.normpath(os.path.join(here, "..", ".."))
    write(os.path.join(root, "build", "bench", "results"), os.path.join(root, "docs"))
