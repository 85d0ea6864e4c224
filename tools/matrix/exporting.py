"""Trains a scikit-learn estimator, exports it with skl2onnx, and asks it for the values of every output of the graph."""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import BooleanTensorType, DoubleTensorType, FloatTensorType, Int64TensorType, StringTensorType
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.feature_selection import SelectorMixin
from sklearn.pipeline import Pipeline

from data import task
from graph import Graph, Made

KINDS = {"f4": FloatTensorType, "f8": DoubleTensorType, "i8": Int64TensorType, "b1": BooleanTensorType}


def tensor_type(array):
    shape = [None, array.shape[1]] if array.ndim == 2 else [None]
    return StringTensorType(shape) if array.dtype.kind in "OU" else KINDS[array.dtype.str[1:]](shape)


def last_step(estimator):
    return estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator


def signed(scores):
    """A binary decision function as the two columns of the operator."""
    return np.column_stack([-scores, scores]) if np.ndim(scores) == 1 else scores


def scores(estimator, x, options):
    if options.get("raw_scores"):
        return signed(estimator.decision_function(x))
    return estimator.predict_proba(x) if hasattr(estimator, "predict_proba") else None


def path_texts(estimator, x):
    """Per row and tree, a text with 1 for every node that the row visits."""
    trees = [estimator] if hasattr(estimator, "tree_") else np.ravel(estimator.estimators_)
    return np.column_stack([["".join(map(str, row)) for row in tree.decision_path(x).toarray()] for tree in trees])


def transformed(estimator, x):
    predicts = is_regressor(estimator) and not isinstance(estimator, SelectorMixin)
    made = estimator.predict(x) if predicts else estimator.transform(x)
    made = made.toarray() if hasattr(made, "toarray") else np.asarray(made)
    return made.reshape(len(made), -1)


def whole(labels):
    return np.asarray(labels).astype(np.int64) if np.asarray(labels).dtype == bool else np.asarray(labels)


def position_of(estimator, labels):
    return np.searchsorted(estimator.classes_, labels)


def label_column(estimator, x, options):
    labels = estimator.predict(x)
    return position_of(estimator, labels) if options.get("nocl") else whole(labels)


ANSWERS = {
    "label": label_column,
    "output_label": label_column,
    "probabilities": scores,
    "output_probability": scores,
    "decision_path": lambda e, x, o: path_texts(e, x),
    "decision_leaf": lambda e, x, o: e.apply(x).reshape(len(x), -1),
    "class_labels": lambda e, x, o: [whole(c) for c in e.classes_] if isinstance(e.classes_, list) else whole(e.classes_),
    "scores": lambda e, x, o: e.decision_function(x).reshape(-1, 1),
    "score_samples": lambda e, x, o: e.score_samples(x).reshape(-1, 1),
    "variable": lambda e, x, o: transformed(e, x) if not is_classifier(e) else whole(e.predict(x)),
}


def answers(estimator, x, model, options):
    """What the library says for each output, or nothing where it has no such method."""
    said = {}
    names = [output.name for output in model.graph.output]
    for name in names:
        if options.get("zipmap") == "columns" and name not in ANSWERS:
            said[name] = estimator.predict_proba(x)[:, names.index(name) - 1]
        elif name in ANSWERS:
            said[name] = ANSWERS[name](estimator, x, options)
    return {name: as_declared(value, model, names.index(name)) for name, value in said.items() if value is not None}


def as_declared(value, model, position):
    """The probabilities of several outputs as the tensor [outputs, rows, classes], where that is what the graph gives."""
    is_tensor = model.graph.output[position].type.WhichOneof("value") == "tensor_type"
    return np.stack(value) if isinstance(value, list) and is_tensor and len({part.shape for part in value}) == 1 else value


def export(estimator, inputs, options, opset, final=None):
    types = [(name, tensor_type(array)) for name, array in inputs.items()]
    return to_onnx(
        estimator, initial_types=types, options={id(estimator): options} if options else None, target_opset=opset, final_types=final
    )


def text_of(options):
    return ", ".join(f"{key}={value}" for key, value in options.items())


def graph(group, estimator, target="int2", dtype="float32", nan=False, opset=None, note="", tolerance=1e-5, title=None, **options):
    """A graph of one matrix."""

    def make():
        x, y, asked = task(target, dtype, nan)
        fitted = clone(estimator).fit(x, y) if y is not None else clone(estimator).fit(x)
        model = export(fitted, {"X": asked}, options, opset)
        return Made(model, {"X": asked}, answers(fitted, asked, model, options))

    words = [target] if target != "none" else []
    words += [dtype] if dtype != "float32" else []
    words += ["NaN"] if nan else []
    words += [note] if note else []
    words += [f"opset {opset['']}" if isinstance(opset, dict) else f"opset {opset}"] if opset else []
    words += [text_of(options)] if options else []
    return Graph(group, title or type(estimator).__name__, ", ".join(words), make, tolerance)


def frame_inputs(frame):
    """One input per column, as to_onnx(pipeline, frame) declares them."""
    return {name: frame[[name]].to_numpy() for name in frame.columns}
