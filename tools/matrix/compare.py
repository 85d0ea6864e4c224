"""How near two answers are, after decisions 3 and 4: bits, 4 units in the last place, or a millionth, by what the graph computes."""

import numpy as np

TREES = {"TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble"}
TRANSCENDENTAL = {"Exp", "Log", "Pow", "Sigmoid", "Softmax", "Sqrt"}
REDUCING = {
    *(
        "ReduceSum",
        "ReduceMean",
        "ReduceProd",
        "ReduceSumSquare",
        "MatMul",
        "Gemm",
        "CumSum",
        "LinearClassifier",
        "LinearRegressor",
        "Normalizer",
    ),
    *("LpNormalization", "LogSoftmax"),
}
MOVING = {
    *(
        "Cast",
        "CastLike",
        "Identity",
        "ZipMap",
        "Reshape",
        "Concat",
        "Slice",
        "Gather",
        "ArrayFeatureExtractor",
        "Transpose",
        "Flatten",
        "ArgMax",
    ),
    *("SequenceConstruct", "Squeeze", "Unsqueeze", "Split"),
}
NEAR, ULPS, RELATIVE = 1.2e-7, 4, 1e-6


def strictness(model):
    """bits, ulps or relative: what has to hold between ONNX Runtime's answer and ours."""
    types = [node.op_type for node in model.graph.node]
    transforms = [a.s for node in model.graph.node if node.op_type in TREES for a in node.attribute if a.name == "post_transform"]
    numbers = [a.i for node in model.graph.node if node.op_type == "TreeEnsemble" for a in node.attribute if a.name == "post_transform"]
    is_transformed = any(t != b"NONE" for t in transforms) or any(numbers)
    if REDUCING & set(types):
        return "relative"
    first = next((i for i, kind in enumerate(types) if kind in TRANSCENDENTAL or (kind in TREES and is_transformed)), None)
    if first is None:
        return "bits"
    return "ulps" if set(types[first + 1 :]) <= MOVING | TREES else "relative"


def ordered(array):
    """Floats as integers in the same order, so that a difference counts representable numbers."""
    bits = np.ascontiguousarray(array, dtype=np.float32).view(np.int32).astype(np.int64)
    return np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)


def largest(difference):
    return float(np.nanmax(difference, initial=0.0)) if difference.size else 0.0


def same(a, b):
    """Equal, or both not a number."""
    if a.dtype.kind in "US" or b.dtype.kind in "US":
        return a == b
    with np.errstate(invalid="ignore"):
        return (a == b) | ((a != a) & (b != b))


def distance(ours, other):
    """Largest difference, of 1 or of the value, whichever is larger; infinite where one is not finite. Texts and labels: how many differ."""
    equal = same(ours, other)
    if ours.dtype.kind in "US" or other.dtype.kind in "US" or (ours.dtype.kind in "ib" and other.dtype.kind in "ib"):
        return float(np.count_nonzero(~equal))
    a, b = ours.astype(np.float64), other.astype(np.float64)
    with np.errstate(invalid="ignore"):
        apart = np.where(equal, 0.0, np.abs(a - b) / np.maximum(1.0, np.abs(b)))
    return largest(np.where(np.isnan(apart), np.inf, apart))


def agrees_with_runtime(ours, theirs, how):
    equal = same(ours, theirs)
    if equal.all():
        return True
    if how == "bits" or ours.dtype.kind not in "f" or theirs.dtype.kind not in "f":
        return False
    if how == "relative":
        return distance(ours, theirs) <= RELATIVE
    apart = np.abs(ours.astype(np.float64) - theirs.astype(np.float64))
    return bool((equal | (apart <= NEAR) | (np.abs(ordered(ours) - ordered(theirs)) <= ULPS)).all())


def is_label(array):
    return array.dtype.kind in "USib"


def agrees_with_library(ours, said, tolerance):
    if is_label(said) and is_label(ours):
        return bool(same(ours, said).all())
    return distance(ours, said) <= tolerance
