"""Opens a model in onnxtree and in each other library that can run it. What is called is each library's C function of least overhead."""

import ctypes
import glob
import os
import pickle
import resource
import subprocess
import time

import numpy as np
import onnx

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", ".."))
pointer, size_t, integer, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_char_p


def build_harness(cache, library):
    """Compile harness.c against the library in the folder `library`."""
    path = os.path.join(cache, "harness.so")
    command = ["gcc", "-O2", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-I", os.path.join(ROOT, "include"), os.path.join(HERE, "harness.c")]
    subprocess.run(command + ["-o", path, "-L", library, "-lonnxtree", "-ldl", f"-Wl,-rpath,{os.path.abspath(library)}"], check=True)
    return declare(ctypes.CDLL(path))


def declare(harness):
    def function(name, result, *arguments):
        getattr(harness, name).restype = result
        getattr(harness, name).argtypes = arguments

    function("bench_prepare", integer, pointer, size_t)
    function("bench_once", integer, pointer, size_t)
    function("bench_calls", ctypes.c_double, pointer, size_t, size_t)
    function("onnxtree_open", pointer, text, text, size_t, pointer, size_t, size_t, pointer, pointer, text)
    function("onnxtree_close", None, pointer)
    function("onnxtree_kernel_used", text, pointer)
    function("onnxtree_sizes", None, pointer, ctypes.POINTER(ctypes.c_uint64))
    function("ort_open", pointer, text, text, integer, ctypes.POINTER(text), pointer, size_t, size_t, pointer, size_t, pointer, size_t)
    function("ort_close", None, pointer)
    function("xgboost_open", pointer, pointer, pointer, pointer, size_t, size_t)
    function("xgboost_result", ctypes.POINTER(ctypes.c_float), pointer)
    function("lightgbm_open", pointer, pointer, pointer, pointer, pointer, integer, pointer, size_t, size_t, pointer)
    function("lleaves_open", pointer, pointer, pointer, size_t, size_t, pointer)
    function("treelite_open", pointer, pointer, pointer, pointer, text, pointer, size_t, size_t, size_t, pointer)
    function("tl2cgen_open", pointer, text, pointer, size_t, size_t, size_t, pointer, size_t)
    return harness


def address(function):
    return ctypes.cast(function, pointer)


def beyond_trees(graph):
    """What a model does after its trees' sums: a post transform, other operators, or nothing ("")."""
    others = {node.op_type for node in graph.node if not node.op_type.startswith("TreeEnsemble")} - {"Cast", "Identity", "ZipMap"}
    transforms = {a.s.decode() for node in graph.node for a in node.attribute if a.name == "post_transform"} - {"", "NONE"}
    return "other operators" if others else ", ".join(sorted(transforms))


class Task:
    """A trained model's folder, its rows, and the shape of what it gives."""

    def __init__(self, folder, harness, compile_missing=True):
        import onnxruntime

        self.folder, self.harness, self.compile_missing = folder, harness, compile_missing
        self.rows = np.load(os.path.join(folder, "rows.npy"))
        self.onnx = os.path.join(folder, "model.onnx")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(self.onnx, options, providers=["CPUExecutionProvider"])
        self.input = session.get_inputs()[0].name
        names = [output.name for output in session.get_outputs()]
        values = session.run(names, {self.input: self.rows[:3]})
        scores = [i for i, value in enumerate(values) if value.dtype == np.float32][0]
        labels = [i for i, value in enumerate(values) if value.dtype == np.int64]
        self.score_name, self.score_columns = names[scores], values[scores].shape[1] if values[scores].ndim > 1 else 1
        self.label_name = names[labels[0]] if labels else None
        self.label_columns = values[labels[0]].shape[1] if labels and values[labels[0]].ndim > 1 else 0
        self.beyond_trees = beyond_trees(onnx.load(self.onnx).graph)

    def file(self, name):
        path = os.path.join(self.folder, name)
        return path if os.path.exists(path) else None


def check_compiled(task, path):
    if not task.compile_missing and not os.path.exists(path):
        raise RuntimeError("not compiled yet")


class Peer:
    """One library with one model; `scores(count)` gives the scores of the first rows."""

    def __init__(self, task, name, handle, keep, scores):
        self.task, self.name, self.handle, self.keep, self.read = task, name, handle, keep, scores

    def prepare(self, count):
        if self.task.harness.bench_prepare(self.handle, count):
            raise RuntimeError(f"{self.name}: failed")

    def calls(self, count, calls):
        elapsed = self.task.harness.bench_calls(self.handle, count, calls)
        if elapsed < 0:
            raise RuntimeError(f"{self.name}: a call failed")
        return elapsed

    def scores(self, count):
        self.prepare(count)
        if self.task.harness.bench_once(self.handle, count):
            raise RuntimeError(f"{self.name}: a call failed")
        return np.array(self.read(count), dtype=np.float64).reshape(count, -1)


class PythonPeer:
    """A library without a C interface: the call is timed from Python."""

    def __init__(self, task, name, function):
        self.task, self.name, self.function, self.next = task, name, function, 0

    def prepare(self, count):
        self.next = 0

    def calls(self, count, calls):
        elapsed = 0
        for _ in range(calls):
            self.next = 0 if self.next + count > len(self.task.rows) else self.next
            rows = self.task.rows[self.next : self.next + count]
            start = time.perf_counter_ns()
            self.function(rows)
            elapsed += time.perf_counter_ns() - start
            self.next += count
        return elapsed

    def scores(self, count):
        return np.asarray(self.function(self.task.rows[:count])).reshape(count, -1)


# ---- ONNX files -------------------------------------------------------------------------------------------------------------------


def open_onnxtree(task, threads=1, kernel=""):
    scores = np.zeros((len(task.rows), task.score_columns), dtype=np.float32)
    labels = np.zeros(len(task.rows), dtype=np.int64)
    message = ctypes.create_string_buffer(512)
    handle = task.harness.onnxtree_open(
        task.onnx.encode(), kernel.encode(), threads, task.rows.ctypes.data, task.rows.shape[1], len(task.rows), scores.ctypes.data, labels.ctypes.data,
        message,
    )
    if not handle:
        raise RuntimeError(message.value.decode())
    return Peer(task, "onnxtree" + (f" {kernel}" if kernel else ""), handle, (scores, labels), lambda count: scores[:count])


def runtime_library():
    import onnxruntime

    return glob.glob(os.path.join(os.path.dirname(onnxruntime.__file__), "capi", "libonnxruntime.so.*"))[0]


def open_onnxruntime(task, threads=1):
    scores = np.zeros((len(task.rows), task.score_columns), dtype=np.float32)
    labels = np.zeros(len(task.rows), dtype=np.int64)
    names = (text * 3)(task.input.encode(), task.score_name.encode(), task.label_name.encode() if task.label_name else None)
    handle = task.harness.ort_open(
        runtime_library().encode(), task.onnx.encode(), threads, names, task.rows.ctypes.data, task.rows.shape[1], len(task.rows), scores.ctypes.data,
        task.score_columns, labels.ctypes.data, task.label_columns,
    )
    if not handle:
        raise RuntimeError("ONNX Runtime does not load it")
    return Peer(task, "ONNX Runtime", handle, (scores, labels), lambda count: scores[:count])


# ---- the libraries that trained the models ----------------------------------------------------------------------------------------


def open_xgboost(task, threads=1):
    path = task.file("xgboost.ubj")
    if not path:
        return None
    import xgboost
    from xgboost.core import _LIB

    booster = xgboost.Booster({"nthread": threads}, model_file=path)
    handle = task.harness.xgboost_open(
        booster.handle, address(_LIB.XGBoosterPredictFromDense), task.rows.ctypes.data, task.rows.shape[1], len(task.rows)
    )
    columns = 1 if task.score_columns == 2 else task.score_columns
    return Peer(task, "XGBoost", handle, booster, lambda count: np.ctypeslib.as_array(task.harness.xgboost_result(handle), (count, columns)))


def open_lightgbm(task, threads=1):
    path = task.file("lightgbm.txt")
    if not path:
        return None
    import lightgbm
    from lightgbm.basic import _LIB

    booster = lightgbm.Booster(model_file=path)
    scores = np.zeros((len(task.rows), task.score_columns), dtype=np.float64)
    handle = task.harness.lightgbm_open(
        booster._handle, address(_LIB.LGBM_BoosterPredictForMat), address(_LIB.LGBM_BoosterPredictForMatSingleRowFastInit),
        address(_LIB.LGBM_BoosterPredictForMatSingleRowFast), threads, task.rows.ctypes.data, task.rows.shape[1], len(task.rows), scores.ctypes.data,
    )
    return Peer(task, "LightGBM", handle, (booster, scores), lambda count: scores[:count])


def open_sklearn(task, threads=1):
    path = task.file("sklearn.pkl")
    if not path or threads > 1:
        return None
    with open(path, "rb") as file:
        estimator = pickle.load(file)
    if hasattr(estimator, "decision_function"):
        return PythonPeer(task, "scikit-learn", estimator.decision_function)
    trees = [e.tree_ for e in estimator.estimators_]

    def mean(rows):
        total = trees[0].predict(rows)
        for tree in trees[1:]:
            total += tree.predict(rows)
        return total / len(trees)

    return PythonPeer(task, "scikit-learn", mean)


# ---- compilers and interpreters of trees ------------------------------------------------------------------------------------------


def open_lleaves(task, threads=1):
    path = task.file("lightgbm.txt")
    if not path or threads > 1:
        return None
    import lleaves

    compiled = os.path.join(task.folder, "lleaves.o")
    check_compiled(task, compiled)
    model = lleaves.Model(model_file=path)
    start = cpu_seconds()
    model.compile(cache=compiled, use_fp64=False)
    note_seconds(task, "lleaves", start)
    scores = np.zeros((len(task.rows), task.score_columns), dtype=np.float32)
    handle = task.harness.lleaves_open(
        address(model._c_entry_func), task.rows.ctypes.data, task.rows.shape[1], len(task.rows), scores.ctypes.data
    )
    return Peer(task, "lleaves", handle, (model, scores), lambda count: scores[:count])


def treelite_model(task):
    import treelite

    if task.file("xgboost.ubj"):
        return treelite.frontend.load_xgboost_model(task.file("xgboost.ubj"), format_choice="ubjson")
    if task.file("lightgbm.txt"):
        return treelite.frontend.load_lightgbm_model(task.file("lightgbm.txt"))
    if task.file("sklearn.pkl"):
        with open(task.file("sklearn.pkl"), "rb") as file:
            return treelite.sklearn.import_model(pickle.load(file))
    return None


def open_treelite(task, threads=1):
    model = treelite_model(task)
    if model is None:
        return None
    from treelite.core import _LIB
    from treelite.gtil.gtil import GTILConfig

    config = GTILConfig(nthread=threads, predict_type="default")
    rows = np.ascontiguousarray(task.rows, dtype=model.input_type)
    scores = np.zeros((len(rows), task.score_columns), dtype=model.output_type)
    columns = 1 if task.score_columns == 2 else task.score_columns
    handle = task.harness.treelite_open(
        address(_LIB.TreeliteGTILPredict), model.handle, config.handle, model.input_type.encode(), rows.ctypes.data, rows.shape[1], rows.itemsize,
        len(rows), scores.ctypes.data,
    )
    return Peer(task, "Treelite", handle, (model, config, rows, scores), lambda count: scores.reshape(-1)[: count * columns])


def open_tl2cgen(task, threads=1):
    model = treelite_model(task) if threads == 1 and os.path.getsize(task.onnx) < 40e6 else None
    if model is None:
        return None
    import tl2cgen

    source = os.path.join(task.folder, "tl2cgen")
    library = os.path.join(source, "tl2cgen.so")
    check_compiled(task, library)
    if not os.path.exists(library):
        start = cpu_seconds()
        tl2cgen.generate_c_code(model, dirpath=source, params={"parallel_comp": 16})
        made = tl2cgen.create_shared(toolchain="gcc", dirpath=source, nthread=2, long_build_time_warning=False)
        os.replace(made, library)
        note_seconds(task, "tl2cgen", start)
    rows = np.ascontiguousarray(task.rows, dtype=model.input_type)
    cells = rows.view(np.int32 if rows.itemsize == 4 else np.int64)
    cells[np.isnan(rows)] = -1  # the union's int; of the wider union only the low half counts
    columns = 1 if task.score_columns == 2 else task.score_columns
    scores = np.zeros((len(rows), columns), dtype=model.output_type)
    handle = task.harness.tl2cgen_open(
        library.encode(), rows.ctypes.data, rows.shape[1], rows.itemsize, len(rows), scores.ctypes.data, scores.itemsize * columns
    )
    return Peer(task, "TL2cgen", handle, (rows, scores), lambda count: scores[:count])


def cpu_seconds():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def note_seconds(task, what, start):
    """The processor time that a compiler took, kept beside the model because it runs once only."""
    path = os.path.join(task.folder, f"{what}.seconds")
    if not os.path.exists(path):
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"{cpu_seconds() - start:.1f}\n")


OPENERS = {
    "onnxtree": open_onnxtree,
    "ONNX Runtime": open_onnxruntime,
    "XGBoost": open_xgboost,
    "LightGBM": open_lightgbm,
    "lleaves": open_lleaves,
    "Treelite": open_treelite,
    "TL2cgen": open_tl2cgen,
    "scikit-learn": open_sklearn,
}
