"""docs/coverage.md from the results of the matrix."""

import math
import sys

import onnxruntime
import skl2onnx
import sklearn

GROUPS = {
    "trees": "scikit-learn: trees, forests, boosting",
    "meta": "scikit-learn: meta-estimators over trees",
    "transformers": "scikit-learn: numeric preprocessing",
    "categories": "scikit-learn: categories",
    "pipelines": "scikit-learn: pipelines over tables",
    "text": "scikit-learn: text (to be refused)",
    "LightGBM": "LightGBM",
    "XGBoost": "XGBoost",
    "CatBoost": "CatBoost",
    "TreeEnsemble": "TreeEnsemble (ai.onnx.ml 5)",
}
RUN = ("equal", "right", "explained", "different")


def runtime_runs(result):
    return not result.get("runtime_error") and not result["must_refuse"]


def is_won(result):
    """ONNX Runtime refuses the graph or differs from the library, and our answer is the library's."""
    if result["verdict"] == "right":
        return True
    outputs = result.get("default") or []
    answered = [o for o in outputs if "library" in o]
    return result["verdict"] == "equal" and bool(result.get("runtime_error")) and bool(answered) and all(o["library"] for o in answered)


def totals(results):
    theirs = [r for r in results if runtime_runs(r)]
    counted = {
        "graphs": len(results),
        "runtime": len(theirs),
        "ours": sum(r["verdict"] in RUN for r in theirs),
        "won": sum(map(is_won, results)),
    }
    counted |= {verdict: sum(r["verdict"] == verdict for r in results) for verdict in RUN + ("refused", "crash", "fault")}
    counted["share"] = counted["ours"] / max(1, counted["runtime"])
    counted["compat"] = sum(bool(r.get("onnxruntime")) and all(o.get("runtime", True) for o in r["onnxruntime"]) for r in theirs)
    return counted


def summary(t):
    return (
        f"{t['graphs']} graphs. ONNX Runtime runs {t['runtime']} of those that need not be refused, we run {t['ours']} of these ({t['share']:.1%}); "
        f"with --compat onnxruntime {t['compat']} are ONNX Runtime's answers. "
        f"{t['equal']} equal, {t['right']} where the library agrees with us and not with ONNX Runtime, {t['explained']} explained differences, "
        f"{t['different']} unexplained, {t['refused']} refused, {t['crash']} crashes, {t['fault']} faults. "
        f"{t['won']} graphs that ONNX Runtime refuses or gets wrong give the library's answer here."
    )


def number(value):
    return "0" if value == 0 else "not finite" if math.isinf(value) else f"{value:.1e}"


def apart(result, kind):
    """The cell of one comparison: the largest difference of numbers, and how many labels differ."""
    outputs = [o for o in result.get("default", []) if kind in o]
    if not outputs:
        return "–"
    if any(o.get(kind + "_shape") for o in outputs):
        return "shape"
    return number(max(o[kind + "_apart"] for o in outputs))


def runtime_cell(result):
    if result.get("runtime_error"):
        return "refuses"
    return apart(result, "runtime")


def short(text, length=150):
    text = " ".join(text.split()).replace("|", "\\|")
    return text if len(text) <= length else text[: length - 1] + "…"


def row(result):
    words = result["words"]
    if result["verdict"] == "equal" and result.get("runtime_error"):
        words = words or "ONNX Runtime: " + result["runtime_error"]["message"].replace("[ONNXRuntimeError] : ", "")
    name = {"equal": "equal", "right": "right", "explained": "explained", "refused": "refused"}.get(
        result["verdict"], "**" + result["verdict"] + "**"
    )
    cells = (
        result["estimator"],
        result["options"],
        str(result.get("nodes", "")),
        apart(result, "library"),
        runtime_cell(result),
        name,
        short(words),
    )
    return "| " + " | ".join(cells) + " |"


HEAD = """# Coverage: real export graphs

Written by `tools/matrix/run_matrix.py`, not by hand. {versions}.

{summary}

* *library*, *runtime*: the largest difference between our answer and the training library's, and ONNX Runtime's (one thread), over all outputs and rows;
  relative to values above 1. Of labels: how many differ. –: the library has no such method.
* *equal*: within the tolerance of the library's answer (1e-5 where the export rounds to float) and equal to ONNX Runtime's: the same bits for trees without a transform, arithmetic and data
  movement; 4 units in the last place or 1.2e-7 for transformed scores; 1e-6 relative after reductions, matrix products and linear models.
* *right*: our answer is the library's, ONNX Runtime's is not. *explained*: differs, with the reason. *refused*: with all unsupported operators named.

"""


def winners(results):
    won = [r for r in results if is_won(r)]
    lines = [f"## Where ONNX Runtime refuses or differs from the library, and we give the library's answer ({len(won)} graphs)", ""]
    lines += ["| graph | options | library | ONNX Runtime |", "|---|---|---|---|"]
    for r in won:
        theirs = short(r["runtime_error"]["message"].replace("[ONNXRuntimeError] : ", "") if r.get("runtime_error") else r["words"], 110)
        lines.append(f"| {r['estimator']} | {r['options']} | {apart(r, 'library')} | {theirs} |")
    return lines


def by_group(results):
    lines = [
        "## Totals",
        "",
        "| group | graphs | ONNX Runtime runs | of these we run | equal | right | explained | refused |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for group, title in GROUPS.items():
        chosen = [r for r in results if r["group"] == group]
        if chosen:
            t = totals(chosen)
            cells = (title, *(t[key] for key in ("graphs", "runtime", "ours", "equal", "right", "explained", "refused")))
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def tables(results):
    lines = []
    for group, title in GROUPS.items():
        chosen = [r for r in results if r["group"] == group]
        if chosen:
            lines += [
                "",
                f"## {title}",
                "",
                "| estimator | data and options | nodes | library | runtime | verdict | words |",
                "|---|---|--:|--:|--:|---|---|",
            ]
            lines += [row(r) for r in chosen]
    return lines


def unconverted(entries):
    lines = [
        "",
        f"## Not convertible ({len(entries)})",
        "",
        "The exporter or the library itself refuses these.",
        "",
        "| estimator | data and options | words |",
        "|---|---|---|",
    ]
    return lines + [f"| {e['estimator']} | {e['options']} | {short(e['reason'])} |" for e in entries.values()]


def page(results, not_converted):
    versions = f"scikit-learn {sklearn.__version__}, skl2onnx {skl2onnx.__version__}, ONNX Runtime {onnxruntime.__version__}, Python {sys.version_info.major}.{sys.version_info.minor}"
    lines = by_group(results) + [""] + winners(results) + tables(results) + unconverted(not_converted)
    return HEAD.format(versions=versions, summary=summary(totals(results))) + "\n".join(lines) + "\n"
