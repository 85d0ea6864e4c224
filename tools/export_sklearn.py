#!/usr/bin/env python3
"""Exports a fitted scikit-learn estimator or pipeline to ONNX, and proves that onnxtree predicts what the original does.

    tools/export_sklearn.py ESTIMATOR.joblib DATA.csv -o DIRECTORY
    from export_sklearn import export; export(estimator, X, "DIRECTORY")

The data are rows to compare on, best the training data: they sit on the thresholds that matter. Written are

    model.onnx        with class probabilities as a matrix (no ZipMap), and the versions and the hash of the data in its properties
    data.csv          the rows
    expected.csv      what the ORIGINAL predicts for them, in the form in which `onnxtree run` writes its results
    golden.csv        the rows with onnxtree's own results, bit by bit, and the model's hash: `onnxtree verify model.onnx golden.csv`
    provenance.json   estimator, parameters, versions, hashes, and the result of the comparison

Nothing is written, and the exit code is 1, if the two differ in rows where that cannot be explained by a feature that lies within one float32
rounding step of a threshold, or, if only the label differs, by classes that tie. LightGBM, XGBoost and CatBoost estimators work too, alone and the
first two in pipelines.
"""
import argparse
import copy
import csv
import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import numpy as np

OPSET = {"": 17, "ai.onnx.ml": 3}
TOLERANCE = 1e-5  # absolute, and relative to values above 1
FORESTS = {"DecisionTreeClassifier", "DecisionTreeRegressor", "ExtraTreeClassifier", "ExtraTreeRegressor", "RandomForestClassifier",
           "RandomForestRegressor", "ExtraTreesClassifier", "ExtraTreesRegressor"}
KINDS = {"float": ["--double-inputs", "as-specified"], "double": ["--double-inputs", "float32"]}


def has_missing(X):
    values = X.to_numpy(dtype=object).ravel() if is_frame(X) else np.asarray(X).ravel()
    return any(isinstance(v, float) and v != v for v in values)


# Known defects of exporters: a test of an estimator and the data, and what to say if the comparison fails.
TRAPS = [
    (lambda e, X: getattr(e, "is_categorical_", None) is not None and np.any(e.is_categorical_),
     "skl2onnx converts categorical splits of HistGradientBoosting wrongly; encode the categories (OrdinalEncoder) and train without them"),
    (lambda e, X: type(e).__name__ == "HistGradientBoostingRegressor" and e.loss in ("poisson", "gamma"),
     "skl2onnx leaves out the exponential of the losses poisson and gamma; train on log(y) with the squared error"),
    (lambda e, X: getattr(e, "method", None) == "isotonic", "skl2onnx replaces isotonic calibration by the nearest step; use method='sigmoid'"),
    (lambda e, X: type(e).__name__ == "RandomForestClassifier" and np.ndim(getattr(e, "n_classes_", 0)) > 0,
     "skl2onnx cannot convert multi-output classifiers correctly; export one estimator for each output"),
    (lambda e, X: is_frame(X) and any(str(t) == "category" for t in X.dtypes),
     "exporters take no columns of pandas' type category; train on numbers (OrdinalEncoder, or the codes of the categories)"),
    (lambda e, X: getattr(e, "add_indicator", False), "skl2onnx leaves out the indicator columns of imputers; use add_indicator=False"),
    (lambda e, X: type(e).__name__ == "TunedThresholdClassifierCV", "skl2onnx leaves out the tuned threshold"),
    (lambda e, X: getattr(e, "boosting_type", None) == "rf", "onnxmltools divides the sums of LightGBM's random forests by 100, not by the number of trees"),
    (lambda e, X: getattr(e, "linear_tree", False), "onnxmltools leaves out the linear models in the leaves of LightGBM; train with linear_tree=False"),
    (lambda e, X: getattr(e, "zero_as_missing", False), "onnxmltools loses zero_as_missing; write NaN for what is missing"),
    (lambda e, X: getattr(e, "reg_sqrt", False), "onnxmltools leaves out the square of reg_sqrt; train on the root of y, and square"),
    (lambda e, X: objective(e) in ("multiclassova", "MultiClassOneVsAll"), "the exporter writes the softmax of all classes for one-versus-all; train for the classes together"),
    (lambda e, X: objective(e) == "multi:softmax", "onnxmltools writes raw scores for multi:softmax; train with multi:softprob"),
    (lambda e, X: type(e).__name__ == "XGBRegressor" and objective(e) in ("reg:logistic", "binary:logistic"),
     "onnxmltools leaves out the logistic function of regressors; use XGBClassifier"),
    (lambda e, X: objective(e) == "survival:cox" or str(objective(e)).startswith(("Poisson", "Tweedie")), "the exporter leaves out the exponential of this objective"),
    (lambda e, X: type(e).__name__ == "XGBRegressor" and np.ndim(getattr(e, "intercept_", 0)) > 0 and len(e.intercept_) > 1,
     "onnxmltools gives all trees to the first target; train one regressor for each (MultiOutputRegressor)"),
]


def objective(estimator):
    parameters = estimator.get_params(deep=False) if hasattr(estimator, "get_params") else {}
    return parameters.get("objective") or parameters.get("loss_function")


def known_traps(estimator, X):
    steps = steps_of(estimator)
    names = {type(step).__name__ for step in steps}
    found = [text for test, text in TRAPS if any(test(step, X) for step in steps)]
    if names & FORESTS and has_missing(X) and not any(name.endswith("Imputer") for name in names):
        found.append("skl2onnx loses where trees and forests send missing values; put a SimpleImputer before them")
    return found


class ExportError(Exception):
    pass


def find_onnxtree():
    built = Path(__file__).resolve().parents[1] / "build" / "release" / "tools" / "onnxtree"
    for candidate in (os.environ.get("ONNXTREE"), shutil.which("onnxtree"), built):
        if candidate and Path(candidate).exists():
            return str(candidate)
    raise ExportError("the command onnxtree was not found; install it, build it with tools/build.sh, or set ONNXTREE")


def steps_of(estimator):
    """The estimator and all that are inside it."""
    found, todo = [], [estimator]
    while todo:
        item = todo.pop()
        found.append(item)
        parameters = item.get_params(deep=False) if hasattr(item, "get_params") else {}
        inner = [*parameters.values(), getattr(item, "best_estimator_", None)]
        for value in inner:
            for part in value if isinstance(value, (list, tuple)) else [value]:
                part = part[1] if isinstance(part, tuple) and len(part) > 1 else part
                if hasattr(part, "fit") and not isinstance(part, type):
                    todo.append(part)
    return found


def check_arguments(estimator, X):
    """Says what cannot be exported before an exporter does, less plainly."""
    if not hasattr(estimator, "get_params"):
        raise ExportError(f"a {type(estimator).__name__} is no estimator of scikit-learn's kind; export what was fitted (LGBMClassifier, XGBRegressor, ...) "
                          "or convert with onnxmltools and compare with `onnxtree verify`")
    if not hasattr(estimator, "predict"):
        raise ExportError(f"{type(estimator).__name__} does not predict anything")
    if len(getattr(X, "shape", ())) != 2 or not (is_frame(X) or isinstance(X, np.ndarray)):
        raise ExportError("the data must be a DataFrame or a matrix, rows x features")
    if not is_frame(X) and X.dtype.kind not in "biuf":
        raise ExportError(f"a matrix of type {X.dtype} holds other things than numbers; give a DataFrame, whose columns have types")
    if len(X) == 0:
        raise ExportError("the data have no rows to compare on")
    width = getattr(estimator, "n_features_in_", X.shape[1])
    if width != X.shape[1]:
        raise ExportError(f"the estimator was fitted on {width} columns, the data have {X.shape[1]}; give the features only, in the same order")


# ---- conversion ----------------------------------------------------------------------------------------------------------------------


def register_boosters(steps):
    """Teaches skl2onnx the estimators of LightGBM and XGBoost that occur."""
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes, calculate_linear_regressor_output_shapes
    for step in steps:
        family = type(step).__module__.split(".")[0]
        if family not in ("lightgbm", "xgboost"):
            continue
        if family == "lightgbm":
            from onnxmltools.convert.lightgbm.operator_converters.LightGbm import convert_lightgbm as converter
        else:
            from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost as converter
        is_classifier = hasattr(step, "predict_proba")
        update_registered_converter(type(step), f"{family}{type(step).__name__}", calculate_linear_classifier_output_shapes if is_classifier
                                    else calculate_linear_regressor_output_shapes, converter,
                                    options={"zipmap": [True, False, "columns"], "nocl": [True, False]} if is_classifier else None)


def is_frame(X):
    return hasattr(X, "columns") and hasattr(X, "dtypes")


def kind_of(dtype):
    """Of a column of a frame. pandas has types of its own that NumPy does not know."""
    from pandas.api import types
    tests = {"bool": types.is_bool_dtype, "integer": types.is_integer_dtype, "real": types.is_float_dtype}
    return next((kind for kind, test in tests.items() if test(dtype)), "text")


def needs_columns(estimator, X):
    """Whether the model needs an input for each column: text among them, or columns that are chosen by name."""
    if not is_frame(X):
        return False
    mixed = any(kind_of(t) == "text" for t in X.dtypes)
    return mixed or any(type(step).__name__ == "ColumnTransformer" for step in steps_of(estimator))


def input_types(estimator, X, kind, as_real=()):
    """(name, type) of each input. as_real has the kinds of columns that become real numbers."""
    from skl2onnx.common import data_types
    real = data_types.FloatTensorType if kind == "float" else data_types.DoubleTensorType
    if not needs_columns(estimator, X):
        return [("X", real([None, X.shape[1]]))]
    types = {"bool": data_types.BooleanTensorType, "integer": data_types.Int64TensorType, "real": real, "text": data_types.StringTensorType, **dict.fromkeys(as_real, real)}
    return [(str(column), types[kind_of(dtype)]([None, 1])) for column, dtype in X.dtypes.items()]


def convert_catboost(estimator):
    import onnx
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "model.onnx"
        estimator.save_model(str(path), format="onnx")
        return onnx.load(str(path))


def without_names(estimator):
    """onnxmltools takes boosters of XGBoost only if the features have no names, which they have after a fit on a DataFrame."""
    def names_features(step):
        return type(step).__module__.split(".")[0] == "xgboost" and step.__sklearn_is_fitted__() and step.get_booster().feature_names
    if any(names_features(step) for step in steps_of(estimator)):
        estimator = copy.deepcopy(estimator)
        for step in filter(names_features, steps_of(estimator)):
            step.get_booster().feature_names = None
    return estimator


def convert_columns(estimator, X, kind):
    """Whole numbers and truth values keep their types, unless skl2onnx refuses them beside real numbers of the same transformer."""
    from skl2onnx import convert_sklearn
    first_problem = None
    for as_real in [(), ("bool", "integer")] if needs_columns(estimator, X) else [()]:
        types = input_types(estimator, X, kind, as_real)
        options = {id(estimator): {"zipmap": False}} if hasattr(estimator, "predict_proba") else None
        try:
            model = convert_sklearn(estimator, name=type(estimator).__name__, initial_types=types, options=options, target_opset=OPSET)
        except Exception as problem:  # whatever goes wrong in a converter
            first_problem = first_problem or problem
            continue
        restore_names(model, [name for name, _ in types] if needs_columns(estimator, X) else [])
        return model
    raise first_problem


def convert(estimator, X, kind):
    try:
        if type(estimator).__module__.split(".")[0] == "catboost":
            return convert_catboost(estimator)
        estimator = without_names(estimator)
        register_boosters(steps_of(estimator))
        return convert_columns(estimator, X, kind)
    except Exception as problem:  # whatever goes wrong in a converter
        raise ExportError(f"the exporter cannot convert it: {type(problem).__name__}: {problem}") from problem


def restore_names(model, names):
    """skl2onnx makes identifiers of column names; the data has the original ones."""
    inputs = [value.name for value in model.graph.input]
    if len(inputs) != len(names):
        return
    new = {old: name for old, name in zip(inputs, names) if old != name}
    for value in model.graph.input:
        value.name = new.get(value.name, value.name)
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = new.get(name, name)


# ---- comparison ----------------------------------------------------------------------------------------------------------------------


def csv_text(*rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def data_csv(X):
    """Truth values are written as 0 and 1, which inputs of all types take."""
    if is_frame(X):
        return X.astype({column: "Int8" for column, dtype in X.dtypes.items() if kind_of(dtype) == "bool"}).to_csv(index=False)
    X = X.astype(np.int8) if X.dtype == bool else X
    return csv_text([f"x{i}" for i in range(X.shape[1])], *(["" if v != v else repr(v) for v in row] for row in X.tolist()))


def rows_like(estimator, X):
    """The data as the estimator wants them."""
    if is_frame(X) and not hasattr(estimator, "feature_names_in_") and not needs_columns(estimator, X):
        return X.to_numpy()
    return X


def original(estimator, X):
    """(labels or None, scores [rows x columns])"""
    X = rows_like(estimator, X)
    labels = None
    if len(getattr(estimator, "classes_", [])) > 0 or hasattr(estimator, "score_samples"):
        labels = np.asarray(estimator.predict(X))
        if labels.size != len(X):
            raise ExportError("it predicts several labels for a row; export one estimator for each output")
        labels = labels.reshape(len(X))
    if hasattr(estimator, "predict_proba"):
        scores = estimator.predict_proba(X)
    elif labels is not None and hasattr(estimator, "decision_function"):
        scores = estimator.decision_function(X)
    else:
        scores = estimator.predict(X)
    return labels, np.asarray(scores, dtype=np.float64).reshape(len(X), -1)


def run_onnxtree(command, model_path, data_path, kind):
    process = subprocess.run([command, "run", "--quiet", "--header", "yes", *KINDS[kind], str(model_path), str(data_path)], capture_output=True, text=True, check=False)
    if process.returncode:
        raise ExportError(f"onnxtree refuses the model or the data: {process.stderr.strip()}")
    heading, *rows = list(csv.reader(io.StringIO(process.stdout)))
    return heading, rows


def same_label(cell, label):
    return cell == label if isinstance(label, str) else float(cell) == float(label)


def differs(a, b):
    """Rows; NaN equals NaN."""
    with np.errstate(invalid="ignore"):
        near = np.isfinite(a - b) & (np.abs(a - b) <= TOLERANCE * np.maximum(1, np.abs(a)))
    return ~(near | (a == b) | (np.isnan(a) & np.isnan(b))).all(axis=1)


def ties(scores):
    """Rows whose label hangs on the rounding of sums: two classes are the best, or a single score is at its limit of 0."""
    if scores.shape[1] == 1:
        return np.abs(scores[:, 0]) <= TOLERANCE
    best = np.sort(scores, axis=1)[:, -2:]
    return best[:, 1] - best[:, 0] <= TOLERANCE


def moved_by_a_step(values, direction):
    """A column in float32, and one step of it further up or down. Whole numbers stay: next to a category is no category, and thresholds between them are exact."""
    rounded = np.asarray(values, dtype=np.float64).astype(np.float32)
    whole = (np.isnan(rounded) | (rounded == np.round(rounded))).all()
    return (rounded if direction is None or whole else np.nextafter(rounded, np.float32(direction))).astype(np.float64)


def on_threshold(estimator, X):
    """Rows whose prediction changes when all real numbers move by one rounding step of float32."""
    labels, scores = original(estimator, X)
    moved = np.zeros(len(X), dtype=bool)
    for direction in (-np.inf, None, np.inf):
        if is_frame(X):
            other = X.copy()
            for column in [c for c, t in X.dtypes.items() if kind_of(t) == "real"]:
                other[column] = moved_by_a_step(X[column].astype("float64"), direction)
        else:
            other = np.column_stack([moved_by_a_step(column, direction) for column in X.T])
        other_labels, other_scores = original(estimator, other)
        moved |= differs(scores, other_scores)
        if labels is not None:
            moved |= other_labels != labels
    return moved


def compare(estimator, X, heading, rows):
    labels, scores = original(estimator, X)
    first = 0 if labels is None else 1
    found = np.array([[float(cell) for cell in row[first:]] for row in rows], dtype=np.float64).reshape(len(rows), -1)
    if found.shape != scores.shape:
        raise ExportError(f"onnxtree gives {found.shape[1]} scores for {found.shape[0]} rows, the original {scores.shape[1]} for {scores.shape[0]}")
    wrong_label = np.array([labels is not None and not same_label(row[0], label) for row, label in zip(rows, labels if first else rows)], dtype=bool)
    different = differs(scores, found) | wrong_label
    near = on_threshold(estimator, X)
    tied = wrong_label & ties(scores) & ~differs(scores, found)
    exact = (scores.astype(np.float32) == found.astype(np.float32)).all(axis=1) & ~wrong_label
    return {
        "rows": len(rows),
        "rows_equal_in_float32": int(exact.sum()),
        "largest_difference": float(np.abs(scores - found).max()) if found.size else 0.0,
        "rows_with_another_label": int(wrong_label.sum()),
        "rows_that_differ": int(different.sum()),
        "rows_on_thresholds": int(near.sum()),
        "rows_with_tied_classes_and_another_label": int(tied.sum()),
        "rows_that_differ_unexplained": int((different & ~near & ~tied).sum()),
        "tolerance": TOLERANCE,
    }, expected_csv(heading, labels, scores)


def expected_csv(heading, labels, scores):
    rows = [[repr(float(v)) for v in row] for row in scores]
    if labels is not None:
        rows = [[label.item() if hasattr(label, "item") else label, *row] for label, row in zip(labels, rows)]
    return csv_text(heading, *rows)


def report(result, kind):
    print(f"inputs are {kind}; {result['rows']} rows compared, {result['rows_equal_in_float32']} equal in float32")
    print(f"largest difference {result['largest_difference']:.3g}, other labels in {result['rows_with_another_label']} rows")
    print(f"{result['rows_that_differ']} rows differ by more than {TOLERANCE:g} or in the label; {result['rows_on_thresholds']} rows lie on thresholds; "
          f"{result['rows_that_differ_unexplained']} differences unexplained")
    if result["rows_with_tied_classes_and_another_label"]:
        equal = 1 - result["rows_with_another_label"] / result["rows"]
        print(f"{result['rows_with_tied_classes_and_another_label']} rows have another label because their best classes tie "
              f"(onnxtree verify --accuracy {np.floor(equal * 1e4) / 1e4:g} lets them pass)")


# ---- the whole -----------------------------------------------------------------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def versions():
    found = {"python": platform.python_version()}
    for name in ("scikit-learn", "skl2onnx", "onnx", "onnxmltools", "lightgbm", "xgboost", "catboost", "numpy"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            pass
    return found


def attempt(estimator, X, kind, command, data, properties):
    model = convert(estimator, X, kind)
    content = model.SerializeToString(deterministic=True)
    reproducible = content == convert(estimator, X, kind).SerializeToString(deterministic=True)
    for key, value in properties.items():
        model.metadata_props.add(key=key, value=value)
    content = model.SerializeToString(deterministic=True)
    with tempfile.TemporaryDirectory() as directory:
        model_path, data_path = Path(directory) / "model.onnx", Path(directory) / "data.csv"
        model_path.write_bytes(content)
        data_path.write_text(data)
        result, expected = compare(estimator, X, *run_onnxtree(command, model_path, data_path, kind))
    return {"kind": kind, "content": content, "reproducible": reproducible, "result": result, "expected": expected}


def rank(one):
    return one["result"]["rows_that_differ_unexplained"], one["result"]["rows_that_differ"]


def choose(estimator, X, dtype, command, data, properties):
    """float inputs unless rows then differ, and fewer do with double inputs."""
    best, problem = None, None
    for kind in KINDS if dtype == "auto" else [dtype]:
        try:
            one = attempt(estimator, X, kind, command, data, properties)
        except ExportError as error:
            problem = problem or error
            continue
        report(one["result"], kind)
        if best is None or rank(one) < rank(best):
            best = one
        if rank(best) == (0, 0) or known_traps(estimator, X):
            break
    if best is None:
        raise ExportError("; ".join([str(problem), *known_traps(estimator, X)]))
    return best


def export(estimator, X, directory, dtype="auto", training_hash=None, force=False, onnxtree=None):
    """Exports, compares, writes; returns the content of provenance.json. Raises ExportError."""
    X = np.asarray(X) if isinstance(X, list) else X
    check_arguments(estimator, X)
    command, data = onnxtree or find_onnxtree(), data_csv(X)
    names = [str(c) for c in X.columns] if is_frame(X) else []
    properties = {f"version.{name}": version for name, version in versions().items()}
    properties["training_data_sha256"] = training_hash or sha256(data.encode())
    if names:
        properties["feature_names"] = csv_text(names).rstrip("\n")
    best = choose(estimator, X, dtype, command, data, properties)
    if best["result"]["rows_that_differ_unexplained"] and not force:
        raise ExportError("; ".join(["the export does not predict what the original predicts", *known_traps(estimator, X)]))
    provenance = {
        "estimator": type(estimator).__module__ + "." + type(estimator).__name__,
        "parameters": {k: repr(v) for k, v in estimator.get_params().items()},
        "versions": {**versions(), "onnxtree": subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]},
        "training_data_sha256": properties["training_data_sha256"],
        "model_sha256": sha256(best["content"]),
        "model_bytes": len(best["content"]),
        "inputs": best["kind"],
        "run_options": KINDS[best["kind"]],
        "two_exports_are_equal": best["reproducible"],
        "comparison": best["result"],
    }
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "model.onnx").write_bytes(best["content"])
    (directory / "data.csv").write_text(data)
    (directory / "expected.csv").write_text(best["expected"])
    (directory / "provenance.json").write_text(json.dumps(provenance, indent=2, ensure_ascii=False) + "\n")
    subprocess.run([command, "verify", "--header", "yes", *KINDS[best["kind"]], "--record", str(directory / "golden.csv"), str(directory / "model.onnx"),
                    str(directory / "data.csv")], check=True, stdout=subprocess.DEVNULL)
    return provenance


def load(estimator_path, data_path):
    import joblib
    import pandas
    try:
        estimator = joblib.load(estimator_path)
    except Exception as problem:  # a pickle can fail in any way
        raise ExportError(f"{estimator_path} cannot be loaded: {type(problem).__name__}: {problem}") from problem
    try:
        X = pandas.read_csv(data_path)
    except (OSError, ValueError) as problem:
        raise ExportError(f"{data_path} cannot be read: {problem}") from problem
    names = list(getattr(estimator, "feature_names_in_", []))
    missing = [name for name in names if name not in X.columns]
    if missing:
        raise ExportError(f"{data_path} lacks columns that the estimator was fitted on: {', '.join(map(str, missing))}")
    return estimator, X[names] if names else X


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("estimator", help="a fitted estimator, saved with joblib.dump (only load files that you trust)")
    parser.add_argument("data", help="CSV with a header; its columns are the features")
    parser.add_argument("-o", "--output", required=True, metavar="DIRECTORY")
    parser.add_argument("--dtype", choices=["auto", *KINDS], default="auto", help="type of the numeric inputs")
    parser.add_argument("--training-data", metavar="FILE", help="the file whose SHA-256 is recorded (default: the data)")
    parser.add_argument("--force", action="store_true", help="write the files even if the comparison fails")
    arguments = parser.parse_args()
    try:
        estimator, X = load(arguments.estimator, arguments.data)
        training = Path(arguments.training_data or arguments.data).read_bytes()
        provenance = export(estimator, X, arguments.output, arguments.dtype, sha256(training), arguments.force)
    except (ExportError, OSError) as error:
        sys.exit(f"export_sklearn: {error}")
    if provenance["inputs"] == "double":
        print("run it with --double-inputs float32 (in C: double_inputs of the load options), as scikit-learn's trees compare")
    print(f"wrote {arguments.output}/model.onnx, data.csv, expected.csv, golden.csv, provenance.json")


if __name__ == "__main__":
    main()
