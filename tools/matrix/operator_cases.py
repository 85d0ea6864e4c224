"""Small graphs of the operators in the types, versions and attributes that the ONNX package's node tests leave out, and graphs that are refused.

`accepted()` and `refused()` yield Case; expected values are ONNX Runtime's (make_operator_cases.py)."""

from dataclasses import dataclass, field

import numpy as np
from onnx import TensorProto, helper, numpy_helper

ML = "ai.onnx.ml"
F, D, I, L, B, S = np.float32, np.float64, np.int32, np.int64, np.bool_, np.str_
KINDS = {F: TensorProto.FLOAT, D: TensorProto.DOUBLE, I: TensorProto.INT32, L: TensorProto.INT64, B: TensorProto.BOOL, S: TensorProto.STRING}


@dataclass
class Case:
    name: str
    nodes: list
    inputs: dict                                   # name -> rows x columns
    constants: dict = field(default_factory=dict)  # name -> array, or TensorProto
    outputs: tuple = ("Y",)
    version: int = 13
    ml: int = 3
    code: str = ""                                 # of the refusal
    reference: bool = False                        # ask ONNX's reference evaluator: ONNX Runtime differs (docs/semantics.md)
    width: object = None                           # declared number of columns, if it is not that of the rows

    def model(self):
        infos = [helper.make_tensor_value_info(n, kind(a), ["N", *(a.shape[1:] if self.width is None else [self.width])]) for n, a in self.inputs.items()]
        tensors = [c if isinstance(c, TensorProto) else tensor(n, c) for n, c in self.constants.items()]
        empty = []
        for name in self.outputs:
            empty.append(helper.make_empty_tensor_value_info(name))
        graph = helper.make_graph(self.nodes, "case", infos, empty, tensors)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.version), helper.make_opsetid(ML, self.ml)], ir_version=8)


def kind(array):
    return next(number for scalar, number in KINDS.items() if issubclass(array.dtype.type, scalar))


def tensor(name, array):
    array = np.asarray(array)
    return numpy_helper.from_array(array.astype(object) if array.dtype.kind == "U" else array, name)


def node(op, inputs=("X",), outputs=("Y",), domain="", **attributes):
    return helper.make_node(op, list(inputs), list(outputs), domain=domain, name=f"makes {outputs[0]}", **attributes)


def numbers(scalar, positive=False):
    values = np.array([[1, -2, 3], [0, 5, -7], [4, 4, 2], [-1, 0, 6]], dtype=np.float64)
    if scalar in (F, D) and not positive:
        values = values + 0.25
    return (np.abs(values) + 1 if positive else values).astype(scalar)


# ---- elementwise ------------------------------------------------------------------------------------------------------------------------


def binary():
    for scalar in (F, D, I, L):
        x, row = numbers(scalar), np.array([[2, 3, -1]], scalar)
        for op in ("Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual"):
            for second, what in ((row, "row"), (np.array(2, scalar), "scalar"), (None, "both")):
                inputs = {"X": x} if second is not None else {"X": x, "Z": x[::-1].copy()}
                yield Case(f"{op}_{scalar.__name__}_{what}", [node(op, ("X", "Z"))], inputs, {} if second is None else {"Z": second})
            yield Case(f"{op}_{scalar.__name__}_column", [node(op, ("X", "Z"))], {"X": x, "Z": x[:, :1].copy()})
        for exponent in (0, 1, 2, 3):
            yield Case(f"Pow_{scalar.__name__}_{exponent}", [node("Pow", ("X", "Z"))], {"X": x}, {"Z": np.array(exponent, scalar)})
        yield Case(f"Pow_{scalar.__name__}_double", [node("Pow", ("X", "Z"))], {"X": x}, {"Z": np.array(2, D)})
        yield Case(f"Pow_{scalar.__name__}_float", [node("Pow", ("X", "Z"))], {"X": numbers(scalar, True)}, {"Z": np.array([1.5, 2, 0.5], F)})
        for op in ("Max", "Min", "Sum"):
            yield Case(f"{op}_{scalar.__name__}_one", [node(op)], {"X": x})
            yield Case(f"{op}_{scalar.__name__}_three", [node(op, ("X", "Z", "W"))], {"X": x, "W": x[::-1].copy()}, {"Z": row})
    flags = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 1]], B)
    for op in ("And", "Or", "Xor", "Equal"):
        yield Case(f"{op}_bool_row", [node(op, ("X", "Z"))], {"X": flags}, {"Z": np.array([[1, 0, 0]], B)})
        yield Case(f"{op}_bool_both", [node(op, ("X", "Z"))], {"X": flags, "Z": flags[::-1].copy()})
    yield Case("Not_bool", [node("Not")], {"X": flags})
    typed = helper.make_tensor("Z", TensorProto.BOOL, [1, 3], [True, False, True])
    yield Case("Or_typed_bool", [node("Or", ("X", "Z"))], {"X": flags}, {"Z": typed})
    texts = np.array([["a", "b"], ["", "b"], ["c", "a"]])
    yield Case("Equal_string", [node("Equal", ("X", "Z"))], {"X": texts}, {"Z": np.array([["a", "b"]])}, version=19)


def unary():
    for scalar in (F, D, I, L):
        x = numbers(scalar)
        for op in ("Neg", "Abs", "Sign"):
            yield Case(f"{op}_{scalar.__name__}", [node(op)], {"X": x})
        for low, high in ((-1, 3), (None, 2), (0, None), (None, None)):
            names = ["X", "low" if low is not None else "", "high" if high is not None else ""]
            constants = {n: np.array(v, scalar) for n, v in (("low", low), ("high", high)) if v is not None}
            yield Case(f"Clip_{scalar.__name__}_{low}_{high}", [node("Clip", names)], {"X": x}, constants)
        if scalar in (F, D):
            strange = np.vstack([x, np.array([[np.nan, np.inf, -np.inf], [-0.0, 1e-30, 1e30]], scalar)])
            for op in ("Exp", "Sigmoid", "Floor", "Ceil", "IsNaN", "Reciprocal"):
                yield Case(f"{op}_{scalar.__name__}", [node(op)], {"X": strange})
            for op in ("Log", "Sqrt"):
                yield Case(f"{op}_{scalar.__name__}", [node(op)], {"X": numbers(scalar, True)})
            yield Case(f"Sign_strange_{scalar.__name__}", [node("Sign")], {"X": strange})
            yield Case(f"Abs_strange_{scalar.__name__}", [node("Abs")], {"X": strange})
    yield Case("Clip_6", [node("Clip", min=-1.0, max=2.5)], {"X": numbers(F)}, version=6)
    yield Case("Clip_6_open", [node("Clip")], {"X": numbers(F)}, version=6)
    flags = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], B)
    for scalar in (F, D, I, L):
        x = numbers(scalar)[:, :2].copy()
        yield Case(f"Where_{scalar.__name__}", [node("Where", ("C", "X", "Z"))], {"C": flags, "X": x}, {"Z": np.array([[9, 8]], scalar)})
        yield Case(f"Where_{scalar.__name__}_one", [node("Where", ("C", "Z", "X"))], {"C": flags[:, :1].copy(), "X": x}, {"Z": np.array(7, scalar)})
    yield Case("Where_string", [node("Where", ("C", "Z", "X"))], {"C": flags, "X": np.array([["a", "b"]] * 4)}, {"Z": np.array([["y", "z"]])})


def casts():
    scalars = (F, D, I, L, B)
    for a in scalars:
        x = np.array([[1, 0, 1], [0, 1, 1]], B) if a is B else numbers(a)
        for b in scalars:
            yield Case(f"Cast_{a.__name__}_{b.__name__}", [node("Cast", to=KINDS[b])], {"X": x})


# ---- along the columns ------------------------------------------------------------------------------------------------------------------


def along():
    for scalar in (F, D, I, L):
        x = numbers(scalar)
        for op in ("ReduceSum", "ReduceMean", "ReduceProd", "ReduceSumSquare", "ReduceMax", "ReduceMin"):
            for keep in (0, 1):
                given = {"constants": {"axes": np.array([1], L)}} if op == "ReduceSum" else {}
                names = ("X", "axes") if given else ("X",)
                yield Case(f"{op}_{scalar.__name__}_{keep}", [node(op, names, keepdims=keep, **({} if given else {"axes": [-1]}))], {"X": x}, **given)
            yield Case(f"{op}_{scalar.__name__}_18", [node(op, ("X", "axes"))], {"X": x}, {"axes": np.array([-1], L)}, version=18)
        for op in ("ArgMax", "ArgMin"):
            for last in (0, 1):
                yield Case(f"{op}_{scalar.__name__}_{last}", [node(op, axis=1, keepdims=last, select_last_index=last)], {"X": x})
        for largest in (0, 1):
            yield Case(f"TopK_{scalar.__name__}_{largest}", [node("TopK", ("X", "k"), ("V", "P"), largest=largest)], {"X": x}, {"k": np.array([2], L)}, ("V", "P"))
        for exclusive in (0, 1):
            for reverse in (0, 1):
                yield Case(f"CumSum_{scalar.__name__}_{exclusive}{reverse}", [node("CumSum", ("X", "axis"), exclusive=exclusive, reverse=reverse)],
                           {"X": x}, {"axis": np.array(1, L)})
        yield Case(f"MatMul_{scalar.__name__}", [node("MatMul", ("X", "M"))], {"X": x}, {"M": np.array([[1, 2], [3, -1], [0, 4]], scalar)})
        yield Case(f"MatMul_{scalar.__name__}_vector", [node("MatMul", ("X", "M"))], {"X": x}, {"M": np.array([1, 2, -1], scalar)})
    with_nan = np.array([[1, np.nan, 3], [np.nan, 0, 1], [np.nan] * 3], F)
    for op in ("ReduceMax", "ReduceMin"):
        yield Case(f"{op}_nan", [node(op, axes=[1])], {"X": with_nan}, reference=True)
    for p in (1, 2):
        for scalar in (F, D):
            yield Case(f"LpNormalization_{p}_{scalar.__name__}", [node("LpNormalization", p=p, axis=-1)], {"X": numbers(scalar)})
    for scalar in (F, D):
        yield Case(f"Softmax_{scalar.__name__}", [node("Softmax", axis=-1)], {"X": numbers(scalar)})
        yield Case(f"Softmax_11_{scalar.__name__}", [node("Softmax")], {"X": numbers(scalar)}, version=11)


def layout():
    for x in (numbers(F), numbers(D), numbers(I), numbers(L), np.array([["a", "b", "c"], ["", "e", "f"]])):
        what = x.dtype.name if x.dtype.kind != "U" else "string"
        yield Case(f"Identity_{what}", [node("Identity")], {"X": x})
        yield Case(f"Gather_{what}", [node("Gather", ("X", "i"), axis=1)], {"X": x}, {"i": np.array([2, -3, 1, 1], L)})
        yield Case(f"Gather_one_{what}", [node("Gather", ("X", "i"), axis=1)], {"X": x}, {"i": np.array(1, I)})
        yield Case(f"Extract_{what}", [node("ArrayFeatureExtractor", ("X", "i"), domain=ML)], {"X": x}, {"i": np.array([2, 0], L)})
        yield Case(f"Concat_{what}", [node("Concat", ("X", "Z", "X"), axis=1)], {"X": x, "Z": x[:, :1].copy()})
        yield Case(f"Concat_one_{what}", [node("Concat", axis=1)], {"X": x})
        yield Case(f"Split_{what}", [node("Split", ("X", "s"), ("Y", "Z"), axis=1)], {"X": x}, {"s": np.array([1, 2], L)}, ("Y", "Z"))
        yield Case(f"Reshape_{what}", [node("Reshape", ("X", "s"))], {"X": x}, {"s": np.array([-1, 3, 1], L)})
        for start, end, step in ((0, 2, 1), (-1, -4, -1), (2, -9, -2), (5, 9, 1), (1, 2**40, 1), (0, 3, 7), (-9, 2, 1)):
            yield Case(f"Slice_{what}_{start}_{end}_{step}", [node("Slice", ("X", "a", "b", "c", "d"))], {"X": x},
                       {"a": np.array([start], L), "b": np.array([end], L), "c": np.array([1], L), "d": np.array([step], L)})
    x = numbers(F)
    for version, given in ((9, {"starts": [1], "ends": [3], "axes": [1]}), (9, {"starts": [0, 0], "ends": [2**31 - 1, 2]}), (1, {"starts": [0], "ends": [-1], "axes": [1]})):
        yield Case(f"Slice_{version}_{len(given['starts'])}", [node("Slice", **given)], {"X": x}, version=version)
    yield Case("Slice_rows_kept", [node("Slice", ("X", "a", "b"))], {"X": x}, {"a": np.array([0, 1], L), "b": np.array([2**40, 3], L)})
    for version in (11, 13):
        axes = {"axes": [2]} if version == 11 else {}
        yield Case(f"Unsqueeze_{version}", [node("Unsqueeze", ("X",) if axes else ("X", "a"), **axes)], {"X": x}, {} if axes else {"a": np.array([-1], L)}, version=version)
        axes = {"axes": [1]} if version == 11 else {}
        yield Case(f"Squeeze_{version}", [node("Squeeze", ("X",) if axes else ("X", "a"), **axes)], {"X": x[:, :1].copy()}, {} if axes else {"a": np.array([1], L)}, version=version)
    yield Case("Unsqueeze_Squeeze", [node("Unsqueeze", ("X", "a"), ("U",)), node("Squeeze", ("U", "a"))], {"X": x}, {"a": np.array([1, 3], L)})
    yield Case("Flatten", [node("Unsqueeze", ("X", "a"), ("U",)), node("Flatten", ("U",))], {"X": x}, {"a": np.array([1], L)})
    yield Case("Reshape_copy", [node("Reshape", ("X", "s"))], {"X": x}, {"s": np.array([0, 0], L)})
    yield Case("Reshape_open", [node("Reshape", ("X", "s"))], {"X": x}, {"s": np.array([0, -1], L)})
    yield Case("Reshape_5_3d", [node("Reshape", ("X", "s"), ("R",)), node("Transpose", ("R",), perm=[0, 2, 1])], {"X": np.tile(x, 2)}, {"s": np.array([-1, 2, 3], L)}, version=5)
    yield Case("Transpose_there_and_back", [node("Transpose", ("X",), ("T",)), node("Transpose", ("T",))], {"X": x})
    yield Case("Shape_Reshape", [node("Shape", ("X",), ("s",)), node("Reshape", ("Z", "s"))], {"X": x, "Z": x * 2})
    yield Case("Shape_Gather_Concat", [node("Shape", ("X",), ("s",)), node("Gather", ("s", "zero"), ("n",)), node("Concat", ("n", "three"), ("t",), axis=0), node("Reshape", ("X", "t"))],
               {"X": x}, {"zero": np.array([0], L), "three": np.array([3], L)})
    for scalar in (F, D, L, I):
        value = helper.make_tensor("v", KINDS[scalar], [1], [3])
        yield Case(f"ConstantOfShape_{scalar.__name__}", [node("Shape", ("X",), ("s",)), node("ConstantOfShape", ("s",), ("c",), value=value), node("Add", ("X", "c"))], {"X": numbers(scalar)})
    yield Case("ConstantOfShape_zeros", [node("Shape", ("X",), ("s",)), node("ConstantOfShape", ("s",), ("c",)), node("Add", ("X", "c"))], {"X": x})
    yield Case("GatherElements", [node("GatherElements", ("X", "P"), axis=1)], {"X": x, "P": np.array([[0, 2], [-1, 1], [1, 1], [2, 0]], L)})
    yield Case("Gather_by_row", [node("Gather", ("T", "P"))], {"P": np.array([[0], [2], [1]], L)}, {"T": np.array([5, 6, 7], F)})


def constants():
    x = numbers(F)
    for name, given in (("value", tensor("v", np.array([1, 2, 3], F))), ("value_float", 2.5), ("value_floats", [1.0, 2.0, 3.0])):
        yield Case(f"Constant_{name}", [node("Constant", (), ("c",), **{name: given}), node("Add", ("X", "c"))], {"X": x})
    for name, given in (("value_int", 3), ("value_ints", [1, 2, 3])):
        yield Case(f"Constant_{name}", [node("Constant", (), ("c",), **{name: given}), node("Add", ("X", "c"))], {"X": numbers(L)})
    texts = np.array([["a", "b"], ["b", "b"]])
    for name, given in (("value_string", "b"), ("value_strings", ["a", "b"])):
        yield Case(f"Constant_{name}", [node("Constant", (), ("c",), **{name: given}), node("Equal", ("X", "c"))], {"X": texts}, version=19)
    scale = [node("Constant", (), ("c",), value=tensor("v", np.array([2, 3, 4], F))), node("Neg", ("c",), ("d",)), node("Mul", ("X", "d"))]
    yield Case("Constant_folded", scale, {"X": x})
    yield Case("Sequence", [node("Neg", ("X",), ("Z",)), node("SequenceConstruct", ("X", "Z"))], {"X": x})


# ---- ai.onnx.ml -------------------------------------------------------------------------------------------------------------------------


def features():
    for scalar in (F, D, I, L):
        x, what = numbers(scalar), scalar.__name__
        yield Case(f"Scaler_{what}", [node("Scaler", domain=ML, offset=[1.0, 2.0, 0.5], scale=[2.0, 0.5, 1.0])], {"X": x})
        yield Case(f"Scaler_{what}_one", [node("Scaler", domain=ML, offset=[1.0], scale=[2.0])], {"X": x})
        yield Case(f"Binarizer_{what}", [node("Binarizer", domain=ML, threshold=1.0)], {"X": x})
        for norm in ("MAX", "L1", "L2"):
            yield Case(f"Normalizer_{norm}_{what}", [node("Normalizer", domain=ML, norm=norm)], {"X": x}, reference=norm == "MAX")
        for zeros in (0, 1):
            yield Case(f"OneHot_{what}_{zeros}", [node("OneHotEncoder", domain=ML, cats_int64s=[1, -2, 0, 4, 3, 5, -7, 2, -1, 6, -6], zeros=zeros)], {"X": np.trunc(x)})
        if scalar is F:
            yield Case("Regressor_floats", [node("LinearRegressor", domain=ML, coefficients=[1.0, 2.0, -1.0], intercepts=[0.5])], {"X": x})
        yield Case(f"Vectorizer_{what}", [node("FeatureVectorizer", ("X", "Z"), domain=ML, inputdimensions=[3, 3])], {"X": x, "Z": x[::-1].copy()})
        labels = [node("LinearClassifier", outputs=("L", "P"), domain=ML, coefficients=[1.0, 2.0, -1.0, 0.5, 0.0, 1.0, -1.0, 1.0, 0.25], intercepts=[0.5, 0.0, 1.0], classlabels_ints=[3, 1, 2])]
        yield Case(f"Classifier_{what}", labels, {"X": x}, outputs=("L", "P"))
    yield Case("OneHot_string", [node("OneHotEncoder", domain=ML, cats_strings=["a", "b", ""], zeros=1)], {"X": np.array([["a"], ["x"], [""], ["b"]])})
    for transform in ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"):
        small = (numbers(F) / 40 + 0.5).astype(F)
        coefficients = [0.5, 0.1, 0.2, 0.1, 0.2, 0.3] if transform == "PROBIT" else [1.0, 2.0, -1.0, 0.5, 0.0, 1.0]
        yield Case(f"Regressor_{transform}", [node("LinearRegressor", domain=ML, coefficients=coefficients, targets=2, post_transform=transform)], {"X": small})
        for texts in (0, 1):
            for binary_labels in (0, 1):
                count = 2 if binary_labels else 3
                named = {"classlabels_strings": ["a", "b", "c"][:count]} if texts else {"classlabels_ints": [5, -1, 7][:count]}
                if binary_labels and not texts and transform not in ("NONE", "LOGISTIC"):
                    continue  # one score for two labels: no two evaluators agree, no exporter writes it
                given = (coefficients * 2)[: 3 * count] if count == 3 or texts else coefficients[:3]
                yield Case(f"Classifier_{transform}_{texts}{binary_labels}", [node("LinearClassifier", outputs=("L", "P"), domain=ML, coefficients=given, intercepts=[0.1, 0.2, 0.3][: len(given) // 3], post_transform=transform, **named)],
                           {"X": small}, outputs=("L", "P"), reference=len(given) == 3 and transform != "LOGISTIC")
    strange = np.array([[1, np.nan, 3], [np.nan, 0, -1], [2, 2, 2]])
    for scalar in (F, D):
        yield Case(f"Imputer_{scalar.__name__}", [node("Imputer", domain=ML, imputed_value_floats=[1.5, 2.5, 3.5], replaced_value_float=float("nan"))], {"X": strange.astype(scalar)})
        yield Case(f"Imputer_{scalar.__name__}_number", [node("Imputer", domain=ML, imputed_value_floats=[9.0], replaced_value_float=2.0)], {"X": strange.astype(scalar)})
    yield Case("Imputer_int64", [node("Imputer", domain=ML, imputed_value_int64s=[8], replaced_value_int64=4)], {"X": numbers(L)})
    yield Case("Imputer_int64_each", [node("Imputer", domain=ML, imputed_value_int64s=[8, 9, 10], replaced_value_int64=4)], {"X": numbers(L)})
    yield Case("Vectorizer_mixed", [node("FeatureVectorizer", ("X", "Z"), domain=ML, inputdimensions=[3, 2])], {"X": numbers(F), "Z": numbers(F)[:, :2].copy()})


def encoders():
    texts, ints = np.array([["a"], ["b"], ["z"]]), np.array([[1], [2], [9]], L)
    floats = np.array([[1.5], [np.nan], [9]], F)
    keys = {"strings": ["a", "b"], "int64s": [1, 2], "floats": [1.5, float("nan")]}
    for source, x in (("strings", texts), ("int64s", ints), ("floats", floats)):
        for target, default in (("strings", {"default_string": "none"}), ("int64s", {"default_int64": -5}), ("floats", {"default_float": -0.5})):
            if source == target == "strings":
                continue
            yield Case(f"Label_{source}_{target}", [node("LabelEncoder", domain=ML, **{"keys_" + source: keys[source], "values_" + target: [k for k in keys[target]]}, **default)], {"X": x}, ml=4)
            yield Case(f"Label_{source}_{target}_plain", [node("LabelEncoder", domain=ML, **{"keys_" + source: keys[source], "values_" + target: keys[target]})], {"X": x}, ml=4)
    for x, what in ((texts, "string"), (ints[:2], "int64")):
        yield Case(f"Label_1_{what}", [node("LabelEncoder", domain=ML, classes_strings=["b", "a", "c"], default_string="none", default_int64=7)], {"X": x}, ml=1)
    for a, xs in ((F, floats[[0, 2]]), (D, floats[[0, 2]].astype(D)), (L, ints)):
        for b in (F, D, L):
            k, v = helper.make_tensor("k", KINDS[a], [2], [1.5 if a in (F, D) else 1, 9]), helper.make_tensor("v", KINDS[b], [2], [4, 5])
            yield Case(f"Label_tensor_{a.__name__}_{b.__name__}", [node("LabelEncoder", domain=ML, keys_tensor=k, values_tensor=v, default_tensor=helper.make_tensor("d", KINDS[b], [1], [7]))], {"X": xs}, ml=4, version=21)


# ---- seldom written -----------------------------------------------------------------------------------------------------------------------


def seldom():
    x = numbers(F)
    yield Case("Imputer_int32", [node("Imputer", domain=ML, imputed_value_int64s=[8], replaced_value_int64=4)], {"X": numbers(I)}, reference=True)
    yield Case("Imputer_int32_each", [node("Imputer", domain=ML, imputed_value_int64s=[8, 9, 10], replaced_value_int64=4)], {"X": numbers(I)}, reference=True)
    ones = np.array([[1, -1, 3], [-1, 2, 1]])
    for scalar in (I, L):
        for exponent in (-1, -2):
            yield Case(f"Pow_{scalar.__name__}_{exponent}", [node("Pow", ("X", "Z"))], {"X": ones.astype(scalar)}, {"Z": np.array(exponent, scalar)})
    for kept in ("V", "P"):
        yield Case(f"TopK_only_{kept}", [node("TopK", ("X", "k"), ("V", "P"))], {"X": x}, {"k": np.array([2], L)}, (kept,))
    yield Case("CumSum_last", [node("CumSum", ("X", "axis"))], {"X": x}, {"axis": np.array(-1, L)})
    yield Case("Squeeze_all", [node("Unsqueeze", ("X", "a"), ("U",)), node("Squeeze", ("U",))], {"X": x}, {"a": np.array([1, 3], L)})
    for version in (11, 13):
        yield Case(f"Split_equal_{version}", [node("Split", ("X",), ("Y", "Z", "W"), axis=1)], {"X": x}, {}, ("Y", "Z", "W"), version=version)
        yield Case(f"Split_some_{version}", [node("Split", ("X",), ("Y", "Z", "W"), axis=-1)], {"X": x}, {}, ("Z",), version=version)
    yield Case("Classifier_only_labels", [node("LinearClassifier", outputs=("L", "P"), domain=ML, coefficients=[1.0, 2.0, -1.0, 0.5, 0.0, 1.0], intercepts=[0.5, 0.25], classlabels_ints=[3, 1])],
               {"X": x}, outputs=("L",))
    yield Case("Vectorizer_wider", [node("FeatureVectorizer", ("X", "Z"), domain=ML, inputdimensions=[5, 1])], {"X": x, "Z": x[:, :2].copy()}, reference=True)
    yield Case("GatherElements_int32", [node("GatherElements", ("X", "P"), axis=-1)], {"X": x, "P": np.array([[0, 2], [-1, 1], [1, 1], [2, 0]], I)})
    yield Case("Normalizer_plain", [node("Normalizer", domain=ML)], {"X": np.abs(x)})
    for op in ("ReduceMax", "ReduceMin"):
        yield Case(f"{op}_nan_double", [node(op, axes=[1])], {"X": np.array([[1, np.nan, 3], [np.nan, 0, 1], [np.nan] * 3], D)}, reference=True)
    square = [node("MatMul", ("M", "M"), ("S",)), node("MatMul", ("X", "S"))]
    yield Case("MatMul_constants", square, {"X": x}, {"M": np.array([[1, 2, 0], [3, -1, 1], [0, 4, -2]], F)})
    yield Case("Flatten_last", [node("Flatten", axis=2)], {"X": x[:, :1].copy()}, reference=True)
    yield Case("Extract_open", [node("ArrayFeatureExtractor", ("X", "i"), domain=ML)], {"X": x}, {"i": np.array([2, 0], L)}, width="C")
    yield Case("Gather_open", [node("Gather", ("X", "i"), axis=1)], {"X": x}, {"i": np.array([2, 1], L)}, width="C")
    yield Case("Reshape_no_columns", [node("Slice", ("X", "a", "a", "c"), ("Z",)), node("Concat", ("Z", "X"), axis=1)], {"X": x}, {"a": np.array([1], L), "c": np.array([1], L)})


def accepted():
    for family in (binary, unary, casts, along, layout, constants, features, encoders, seldom):
        yield from family()


# ---- what is refused --------------------------------------------------------------------------------------------------------------------


def refused():
    x, three = numbers(F), np.array([1, 2, 3], L)

    def no(name, code, nodes, values=None, inputs=None, **other):
        return Case(name, nodes if isinstance(nodes, list) else [nodes], inputs or {"X": x}, values or {}, code=code, **other)

    def one(*numbers_):
        return np.array(numbers_, L)

    yield no("add_shapes", "value-shape", node("Add", ("X", "Z")), {"Z": np.array([[1, 2]], F)})
    yield no("add_types", "value-type", node("Add", ("X", "Z")), {"Z": three})
    yield no("add_rows", "graph-mixes-rows", node("Add", ("X", "Z")), {"Z": np.ones((4, 3), F)})
    yield no("add_across", "graph-mixes-rows", [node("Transpose", ("X",), ("T",)), node("Add", ("X", "T"))], inputs={"X": x[:, :1].copy()})
    yield no("add_old_axis", "operator-unsupported", node("Add", ("X", "Z"), axis=0), {"Z": np.array([1, 2, 3], F)}, version=6)
    yield no("and_floats", "value-type", node("And", ("X", "X")))
    yield no("not_floats", "value-type", node("Not"))
    yield no("where_floats", "value-type", node("Where", ("X", "X", "X")))
    yield no("where_types", "value-type", node("Where", ("C", "X", "Z")), {"Z": three, "C": np.array([True])})
    yield no("where_shapes", "value-shape", node("Where", ("C", "X", "Z")), {"Z": np.array([1, 2], F), "C": np.array([True])})
    yield no("cast_to_string", "operator-unsupported", node("Cast", to=8))
    yield no("cast_strings", "operator-unsupported", node("Cast", to=1), inputs={"X": np.array([["a"]])})
    yield no("clip_by_rows", "operator-unsupported", node("Clip", ("X", "X")))
    yield no("clip_by_vector", "operator-unsupported", node("Clip", ("X", "Z")), {"Z": np.array([1, 2, 3], F)})
    yield no("clip_types", "value-type", node("Clip", ("X", "Z")), {"Z": np.array(1, L)})
    yield no("clip_strings", "value-type", node("Clip"), inputs={"X": np.array([["a"]])})
    yield no("cast_like_strings", "operator-unsupported", node("CastLike", ("X", "Z")), {"Z": np.array(["a"])}, version=15)
    for op, attributes in (("ReduceSumSquare", {}), ("Softmax", {}), ("ArgMax", {}), ("LpNormalization", {}), ("Concat", {})):
        yield no(f"{op}_rows", "graph-mixes-rows", node(op, axis=0) if op not in ("ReduceSumSquare",) else node(op, axes=[0]))
        yield no(f"{op}_axis", "attribute-value", node(op, axis=7) if op not in ("ReduceSumSquare",) else node(op, axes=[-3]))
    yield no("reduce_all", "graph-mixes-rows", node("ReduceMax"))
    yield no("reduce_axes_attribute", "attribute-unknown", node("ReduceSum", axes=[1]))
    yield no("reduce_strings", "value-type", node("ReduceMax", axes=[1]), inputs={"X": np.array([["a"]])})
    yield no("argmax_nothing", "value-shape", [node("Slice", ("X", "a", "a", "c"), ("Z",)), node("ArgMax", ("Z",), axis=1)], {"a": one(1), "c": one(1)})
    yield no("topk_too_many", "value-shape", node("TopK", ("X", "k"), ("Y", "P")), {"k": one(4)})
    yield no("topk_negative", "value-shape", node("TopK", ("X", "k"), ("Y", "P")), {"k": one(-1)})
    yield no("topk_two", "value-shape", node("TopK", ("X", "k"), ("Y", "P")), {"k": one(1, 2)})
    yield no("topk_computed", "operator-unsupported", node("TopK", ("X", "K"), ("Y", "P")), inputs={"X": x, "K": np.array([[1]] * 4, L)})
    yield no("topk_rows", "graph-mixes-rows", node("TopK", ("X", "k"), ("Y", "P"), axis=0), {"k": one(1)})
    yield no("topk_strings", "value-type", node("TopK", ("X", "k"), ("Y", "P")), {"k": one(1)}, inputs={"X": np.array([["a"]])})
    yield no("cumsum_rows", "graph-mixes-rows", node("CumSum", ("X", "a")), {"a": np.array(0, L)})
    yield no("cumsum_axes", "value-shape", node("CumSum", ("X", "a")), {"a": one(1, 1)})
    yield no("cumsum_axis", "attribute-value", node("CumSum", ("X", "a")), {"a": np.array(5, L)})
    yield no("lp_3", "attribute-value", node("LpNormalization", p=3))
    yield no("normalizer_name", "attribute-value", node("Normalizer", domain=ML, norm="L7"))
    yield no("normalizer_strings", "value-type", node("Normalizer", domain=ML), inputs={"X": np.array([["a"]])})
    yield no("matmul_rows", "graph-mixes-rows", node("MatMul", ("X", "Z")), inputs={"X": x, "Z": x})
    yield no("matmul_types", "value-type", node("MatMul", ("X", "M")), {"M": np.ones((3, 2), D)})
    yield no("matmul_shapes", "value-shape", node("MatMul", ("X", "M")), {"M": np.ones((2, 2), F)})
    yield no("matmul_over_rows", "value-shape", [node("Transpose", ("X",), ("T",)), node("MatMul", ("T", "M"))], {"M": np.ones((4, 2), F)})
    yield no("matmul_strings", "value-type", node("MatMul", ("X", "M")), {"M": np.ones((1, 2), F)}, inputs={"X": np.array([["a"]])})
    yield no("transpose_perm", "attribute-value", node("Transpose", perm=[0, 0]))
    yield no("transpose_short", "attribute-value", node("Transpose", perm=[0]))
    yield no("transpose_range", "attribute-value", node("Transpose", perm=[0, 2]))
    yield no("slice_lengths", "value-shape", node("Slice", ("X", "a", "b", "c")), {"a": one(0), "b": one(1, 2), "c": one(1)})
    yield no("slice_rows", "graph-mixes-rows", node("Slice", ("X", "a", "b", "c")), {"a": one(0), "b": one(2), "c": one(0)})
    yield no("slice_rows_9", "graph-mixes-rows", node("Slice", starts=[1], ends=[2]), version=9)
    yield no("slice_lengths_9", "attribute-length", node("Slice", starts=[1], ends=[2, 3]), version=9)
    yield no("slice_axes_9", "attribute-length", node("Slice", starts=[1], ends=[2], axes=[0, 1]), version=9)
    yield no("slice_step", "attribute-value", node("Slice", ("X", "a", "b", "c", "d")), {"a": one(0), "b": one(2), "c": one(1), "d": one(0)})
    yield no("slice_axis", "attribute-value", node("Slice", ("X", "a", "b", "c")), {"a": one(0), "b": one(2), "c": one(3)})
    yield no("slice_three", "value-shape", node("Slice", ("X", "a", "b")), {"a": one(0, 0, 0), "b": one(9, 9, 9)})
    yield no("slice_by_rows", "graph-mixes-rows", [node("Shape", ("X",), ("s",)), node("Gather", ("s", "zero"), ("n",)), node("Slice", ("X", "zero", "n", "one"))], {"zero": one(0), "one": one(1)})
    yield no("slice_computed", "operator-unsupported", node("Slice", ("X", "a", "B", "c")), {"a": one(0), "c": one(1)}, inputs={"X": x, "B": np.array([[1]] * 4, L)})
    yield no("split_sizes", "attribute-value", node("Split", ("X", "s"), ("Y", "Z"), axis=1), {"s": one(1, 1)})
    yield no("split_more", "attribute-value", node("Split", ("X", "s"), ("Y", "Z"), axis=1), {"s": one(4, 1)})
    yield no("split_negative", "attribute-value", node("Split", ("X", "s"), ("Y", "Z"), axis=1), {"s": one(-1, 4)})
    yield no("split_count", "attribute-length", node("Split", ("X", "s"), ("Y", "Z"), axis=1), {"s": one(3)})
    yield no("split_rows", "graph-mixes-rows", node("Split", ("X",), ("Y", "Z"), axis=0))
    yield no("gather_both", "graph-mixes-rows", node("Gather", ("X", "P"), axis=1), inputs={"X": x, "P": np.array([[1]] * 4, L)})
    yield no("gather_range", "value-shape", node("Gather", ("X", "i"), axis=1), {"i": one(3)})
    yield no("gather_negative", "value-shape", node("Gather", ("X", "i"), axis=1), {"i": one(-4)})
    yield no("gather_rows", "graph-mixes-rows", node("Gather", ("X", "i"), axis=0), {"i": one(0)})
    yield no("gather_floats", "value-type", node("Gather", ("X", "i"), axis=1), {"i": np.array([1], F)})
    yield no("extract_negative", "value-shape", node("ArrayFeatureExtractor", ("X", "i"), domain=ML), {"i": one(-1)})
    yield no("extract_nothing", "value-shape", node("ArrayFeatureExtractor", ("X", "i"), domain=ML), {"i": np.zeros(0, L)})
    yield no("elements_shapes", "value-shape", node("GatherElements", ("X", "i"), axis=1), {"i": one(0)})
    yield no("concat_shapes", "value-shape", node("Concat", ("U", "X"), axis=1), {"U": np.ones((2, 3, 4), F)})
    yield no("reshape_rows", "graph-mixes-rows", node("Reshape", ("X", "s")), {"s": one(3, -1)})
    yield no("reshape_size", "value-shape", node("Reshape", ("X", "s")), {"s": one(0, 2)})
    yield no("reshape_two_open", "value-shape", node("Reshape", ("X", "s")), {"s": one(-1, -1)})
    yield no("reshape_copy", "value-shape", node("Reshape", ("X", "s")), {"s": one(0, 3, 0)})
    yield no("reshape_minus_2", "value-shape", node("Reshape", ("X", "s")), {"s": one(-1, -2)})
    yield no("reshape_rank", "value-shape", node("Reshape", ("X", "s")), {"s": one(-1, 3, 1, 1, 1, 1, 1, 1, 1, 1)})
    yield no("reshape_computed", "operator-unsupported", node("Reshape", ("X", "Q")), inputs={"X": x, "Q": np.array([[1, 3]] * 4, L)})
    yield no("flatten_axis", "attribute-value", node("Flatten", axis=3))
    yield no("squeeze_size", "value-shape", node("Squeeze", ("X", "a")), {"a": one(1)})
    yield no("squeeze_rows", "graph-mixes-rows", node("Squeeze", ("X", "a")), {"a": one(0)})
    yield no("squeeze_twice", "attribute-value", node("Squeeze", ("X", "a")), {"a": one(1, -1)}, inputs={"X": x[:, :1].copy()})
    yield no("unsqueeze_rank", "value-shape", node("Unsqueeze", ("X", "a")), {"a": one(2, 3, 4, 5, 6, 7, 8, 9, 10)})
    yield no("unsqueeze_axis", "attribute-value", node("Unsqueeze", ("X", "a")), {"a": one(5)})
    yield no("fill_rank", "value-shape", [node("ConstantOfShape", ("s",), ("c",)), node("Add", ("X", "c"))], {"s": one(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)})
    yield no("fill_negative", "limit-columns", [node("ConstantOfShape", ("s",), ("c",)), node("Add", ("X", "c"))], {"s": one(-1)})
    yield no("fill_large", "limit-columns", [node("ConstantOfShape", ("s",), ("c",)), node("Add", ("X", "c"))], {"s": one(2**40)})
    two = helper.make_tensor("v", TensorProto.FLOAT, [2], [3, 4])
    yield no("fill_two", "tensor-size", [node("ConstantOfShape", ("s",), ("c",), value=two), node("Add", ("X", "c"))], {"s": one(3)})
    yield no("constant_none", "attribute-missing", [node("Constant", (), ("c",)), node("Add", ("X", "c"))])
    yield no("constant_two", "attribute-missing", [node("Constant", (), ("c",), value_float=1.0, value_int=2), node("Add", ("X", "c"))])
    eight = helper.make_tensor("v", TensorProto.UINT8, [1], [3])
    yield no("constant_uint8", "tensor-type", [node("Constant", (), ("c",), value=eight), node("Add", ("X", "c"))])
    yield no("initializer_uint8", "tensor-type", node("Add", ("X", "Z")), {"Z": np.array([1], np.uint8)})
    yield no("sequence_types", "value-type", [node("Cast", ("X",), ("Z",), to=7), node("SequenceConstruct", ("X", "Z"))])
    yield no("sequence_as_input", "value-type", [node("SequenceConstruct", ("X", "X"), ("Z",)), node("Neg", ("Z",))])
    yield no("shape_as_output", "graph-mixes-rows", node("Shape"))
    yield no("shape_as_data", "graph-mixes-rows", [node("Shape", ("X",), ("s",)), node("Cast", ("s",), ("f",), to=1), node("ReduceMax", ("f",), ("m",), axes=[0]), node("Mul", ("X", "m"))])
    yield no("open_columns", "value-shape", node("ReduceMax", axes=[1]), width="C")
    yield no("scaler_lengths", "attribute-length", node("Scaler", domain=ML, offset=[1.0, 2.0], scale=[1.0]))
    yield no("scaler_none", "attribute-length", node("Scaler", domain=ML))
    yield no("scaler_3d", "value-shape", [node("Unsqueeze", ("X", "a"), ("U",)), node("Scaler", ("U",), domain=ML, offset=[1.0], scale=[1.0])], {"a": one(1)})
    yield no("scaler_strings", "value-type", node("Scaler", domain=ML, offset=[1.0], scale=[1.0]), inputs={"X": np.array([["a"]])})
    yield no("imputer_none", "attribute-length", node("Imputer", domain=ML, imputed_value_int64s=[1]))
    yield no("imputer_lengths", "attribute-length", node("Imputer", domain=ML, imputed_value_floats=[1.0, 2.0]))
    yield no("imputer_strings", "value-type", node("Imputer", domain=ML, imputed_value_floats=[1.0]), inputs={"X": np.array([["a"]])})
    yield no("binarizer_strings", "value-type", node("Binarizer", domain=ML), inputs={"X": np.array([["a"]])})
    yield no("vectorizer_count", "attribute-length", node("FeatureVectorizer", ("X",), domain=ML, inputdimensions=[3, 3]))
    yield no("vectorizer_negative", "attribute-value", node("FeatureVectorizer", ("X",), domain=ML, inputdimensions=[-1]))
    yield no("vectorizer_strings", "value-type", node("FeatureVectorizer", ("X",), domain=ML, inputdimensions=[1]), inputs={"X": np.array([["a"]])})
    yield no("vectorizer_constant", "graph-mixes-rows", node("FeatureVectorizer", ("X", "Z"), domain=ML, inputdimensions=[3, 3]), {"Z": np.ones((1, 3), F)})
    yield no("one_hot_none", "attribute-both", node("OneHotEncoder", domain=ML))
    yield no("one_hot_both", "attribute-both", node("OneHotEncoder", domain=ML, cats_int64s=[1], cats_strings=["a"]))
    yield no("one_hot_types", "value-type", node("OneHotEncoder", domain=ML, cats_strings=["a"]))
    yield no("label_none", "attribute-both", node("LabelEncoder", domain=ML))
    yield no("label_two", "attribute-both", node("LabelEncoder", domain=ML, keys_floats=[1.0], keys_int64s=[1], values_int64s=[1]))
    yield no("label_no_values", "attribute-both", node("LabelEncoder", domain=ML, keys_floats=[1.0]))
    yield no("label_lengths", "attribute-length", node("LabelEncoder", domain=ML, keys_floats=[1.0, 2.0], values_int64s=[1]))
    yield no("label_types", "value-type", node("LabelEncoder", domain=ML, keys_strings=["a"], values_int64s=[1]))
    keys, many = helper.make_tensor("k", 1, [1], [1.0]), helper.make_tensor("d", 1, [2], [1.0, 2.0])
    yield no("label_default", "tensor-type", node("LabelEncoder", domain=ML, keys_tensor=keys, values_tensor=keys, default_tensor=many), ml=4)
    yield no("label_default_type", "tensor-type", node("LabelEncoder", domain=ML, keys_tensor=keys, values_tensor=keys, default_tensor=helper.make_tensor("d", 7, [1], [1])), ml=4)
    yield no("label_uint8", "tensor-type", node("LabelEncoder", domain=ML, keys_tensor=eight, values_tensor=keys), ml=4)
    yield no("label_1_floats", "value-type", node("LabelEncoder", domain=ML, classes_strings=["a"]), ml=1)
    yield no("regressor_lengths", "attribute-length", node("LinearRegressor", domain=ML, coefficients=[1.0]))
    yield no("regressor_intercepts", "attribute-length", node("LinearRegressor", domain=ML, coefficients=[1.0] * 3, intercepts=[1.0, 2.0]))
    yield no("regressor_targets", "attribute-value", node("LinearRegressor", domain=ML, coefficients=[1.0] * 3, targets=0))
    yield no("regressor_many_targets", "attribute-value", node("LinearRegressor", domain=ML, coefficients=[1.0] * 3, targets=2**40))
    yield no("regressor_transform", "attribute-value", node("LinearRegressor", domain=ML, coefficients=[1.0] * 3, post_transform="TANH"))
    yield no("regressor_3d", "value-shape", [node("Unsqueeze", ("X", "a"), ("U",)), node("LinearRegressor", ("U",), domain=ML, coefficients=[1.0] * 3)], {"a": one(1)})
    yield no("regressor_strings", "value-type", node("LinearRegressor", domain=ML, coefficients=[1.0]), inputs={"X": np.array([["a"]])})
    for labels, name in (({}, "none"), ({"classlabels_ints": [1], "classlabels_strings": ["a"]}, "both")):
        yield no(f"classifier_labels_{name}", "tree-labels", node("LinearClassifier", outputs=("Y", "P"), domain=ML, coefficients=[1.0] * 3, **labels))
    yield no("classifier_strings", "value-type", node("LinearClassifier", outputs=("Y", "P"), domain=ML, coefficients=[1.0], classlabels_ints=[1]), inputs={"X": np.array([["a"]])})
    yield no("input_left_out", "graph-arity", node("Add", ("X", "")))
    yield no("elements_range", "value-shape", [node("GatherElements", ("T", "i"), ("c",), axis=1), node("Add", ("X", "c"))], {"T": np.ones((1, 3), F), "i": np.array([[0, 1, 3]], L)})
    yield no("elements_computed_shapes", "value-shape", node("GatherElements", ("X", "P"), axis=1), inputs={"X": x, "P": np.zeros((4, 2, 1), L)})
    yield no("elements_axis", "attribute-value", node("GatherElements", ("X", "P"), axis=2), inputs={"X": x, "P": np.zeros((4, 2), L)})
    yield no("gather_by_shape", "graph-mixes-rows", [node("Shape", ("X",), ("s",)), node("Gather", ("X", "s"), axis=1)])
    empty = node("Slice", ("X", "a", "a", "c"), ("Z",))
    yield no("gather_from_nothing", "value-shape", [empty, node("Gather", ("Z", "i"), axis=1)], {"a": one(1), "c": one(1), "i": one(0)})
    deep = node("Unsqueeze", ("X", "a"), ("U",))
    yield no("gather_rank", "value-shape", [deep, node("Gather", ("U", "i"), axis=1)], {"a": one(1, 2, 3, 4, 5, 6), "i": np.zeros((1, 1), L)})
    yield no("one_hot_rank", "value-shape", [deep, node("OneHotEncoder", ("U",), domain=ML, cats_int64s=[1, 2])], {"a": one(1, 2, 3, 4, 5, 6)})
    yield no("zipmap_integers", "value-type", node("ZipMap", domain=ML, classlabels_int64s=[1, 2, 3]), inputs={"X": numbers(L)})
    yield no("zipmap_open", "tree-labels", node("ZipMap", domain=ML, classlabels_int64s=[1, 2, 3]), width="C")
    yield no("normalizer_vector", "graph-mixes-rows", node("Normalizer", domain=ML), inputs={"X": x[:, 0].copy()})
    yield no("normalizer_3d", "value-shape", [node("Unsqueeze", ("X", "a"), ("U",)), node("Normalizer", ("U",), domain=ML)], {"a": one(1)})
    yield no("vectorizer_3d", "value-shape", [node("Unsqueeze", ("X", "a"), ("U",)), node("FeatureVectorizer", ("U",), domain=ML, inputdimensions=[3])], {"a": one(1)})
    yield no("cumsum_computed", "operator-unsupported", node("CumSum", ("X", "A")), inputs={"X": x, "A": np.array([[1]] * 4, L)})
    wide = [node("Unsqueeze", ("X", "a"), ("U",)), node("Add", ("U", "c"), ("V",))]
    long = {"a": one(2), "c": np.zeros((2000, 1), F)}
    yield no("gather_columns", "limit-columns", [*wide, node("Gather", ("V", "i"), axis=2)], {**long, "i": np.zeros(2000, L)}, inputs={"X": x[:, :1].copy()})
    yield no("concat_columns", "limit-columns", [*wide, node("Concat", ["V"] * 501, axis=1)], long, inputs={"X": x[:, :1].copy()})
    yield no("vectorizer_width", "attribute-value", node("FeatureVectorizer", domain=ML, inputdimensions=[1000001]))
    yield no("matmul_work", "limit-columns", [node("ConstantOfShape", ("s",), ("c",)), node("MatMul", ("c", "c"), ("d",)), node("Add", ("X", "d"))], {"s": one(410, 410)})
    yield no("constant_rank", "value-shape", node("Add", ("X", "Z")), {"Z": np.ones((1,) * 9, F)})
    yield no("flatten_across", "graph-mixes-rows", [node("Transpose", ("X",), ("T",)), node("Flatten", ("T",), axis=2)])
    yield no("softmax_across", "graph-mixes-rows", [node("Transpose", ("X",), ("T",)), node("Softmax", ("T",))])
    yield no("softmax_11_rows", "graph-mixes-rows", node("Softmax", axis=0), version=11)
    yield no("concat_across", "graph-mixes-rows", [node("Transpose", ("X",), ("T",)), node("Concat", ("X", "T"), axis=1)], inputs={"X": x[:, :1].copy()})
    yield no("matmul_vector_work", "value-shape", node("MatMul", ("X", "M")), {"M": np.ones((2, 3, 2), F)})
    yield no("split_rank", "attribute-value", node("Split", ("X", "s"), ("Y", "Z"), axis=2), {"s": one(1, 2)})
    yield no("topk_by_shape", "graph-mixes-rows", [node("Shape", ("X",), ("s",)), node("Gather", ("s", "zero"), ("n",)), node("TopK", ("X", "n"), ("Y", "P"))], {"zero": one(0)})
    yield no("unsqueeze_none_11", "value-shape", node("Unsqueeze"), version=11)
    yield no("unsqueeze_none", "value-shape", node("Unsqueeze", ("X", "a")), {"a": np.zeros(0, L)})
    yield no("unsqueeze_twice", "attribute-value", node("Unsqueeze", ("X", "a")), {"a": one(1, 1)})
    yield no("mixed_reshape", "graph-mixes-rows", [node("Shape", ("X",), ("s",)), node("Concat", ("s", "s"), ("t",), axis=0), node("Reshape", ("X", "t"))])
    yield no("identity_open", "value-shape", node("Identity"), width="C")
    yield no("gather_open_negative", "value-shape", node("Gather", ("X", "i"), axis=1), {"i": one(-1)}, width="C")
