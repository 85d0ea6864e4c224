"""The shared library through ctypes: load from memory, run named tensors, texts included."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_size_t, c_void_p

import numpy as np

TYPES = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 11: np.float64}
NUMBERS = {np.dtype(kind): number for number, kind in TYPES.items()}
STRING = 8
COMPAT = {"default": 0, "onnxruntime": 1}


class String(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("size", c_size_t)]


class Error(ctypes.Structure):
    _fields_ = [("status", c_int), ("code", c_char_p), ("message", ctypes.c_char * 1024)]


Callback = ctypes.CFUNCTYPE(None, c_void_p, c_int, c_char_p, c_char_p, c_char_p)


class LoadOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("allocator", c_void_p),
        ("limits", c_void_p),
        ("kernel", c_char_p),
        ("compat", c_int),
        ("double_inputs", c_int),
        ("on_problem", Callback),
        ("on_problem_context", c_void_p),
    ]


class ValueInfo(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("type", c_int),
        ("rank", c_int),
        ("columns", c_size_t),
        ("columns_are_minimum", c_int),
        ("label_type", c_int),
        ("label_count", c_size_t),
        ("int64_labels", POINTER(c_int64)),
        ("string_labels", POINTER(String)),
    ]


class Tensor(ctypes.Structure):
    _fields_ = [
        ("name", c_char_p),
        ("type", c_int),
        ("rows", c_size_t),
        ("columns", c_size_t),
        ("row_stride", c_size_t),
        ("data", c_void_p),
    ]


class Refused(Exception):
    """The library's own words; `code` is the stable name of the problem, `problems` all that was found."""

    def __init__(self, code, message, problems=()):
        super().__init__(message)
        self.code, self.problems = code, list(problems)


def opened(path):
    library = ctypes.CDLL(path)
    library.onnxtree_model_load_memory.argtypes = [c_char_p, c_size_t, POINTER(LoadOptions), POINTER(c_void_p), POINTER(Error)]
    library.onnxtree_model_free.argtypes = [c_void_p]
    library.onnxtree_model_free.restype = None
    for what in ("input", "output"):
        getattr(library, f"onnxtree_model_{what}_count").argtypes = [c_void_p]
        getattr(library, f"onnxtree_model_{what}_count").restype = c_size_t
        getattr(library, f"onnxtree_model_{what}").argtypes = [c_void_p, c_size_t, POINTER(ValueInfo)]
    library.onnxtree_workspace_create.argtypes = [c_void_p, c_void_p, POINTER(c_void_p), POINTER(Error)]
    library.onnxtree_workspace_free.argtypes = [c_void_p]
    library.onnxtree_workspace_free.restype = None
    library.onnxtree_run.argtypes = [
        *(c_void_p, c_void_p, c_size_t, POINTER(Tensor), c_size_t, POINTER(Tensor), c_size_t, c_void_p, POINTER(Error)),
    ]
    return library


def strings(array):
    """onnxtree_string views, and the bytes that they look at."""
    texts = [str(text).encode() for text in array.ravel()]
    views = (String * max(1, len(texts)))()
    kept = [ctypes.create_string_buffer(text, len(text) + 1) for text in texts]
    for view, text, buffer in zip(views, texts, kept):
        view.data, view.size = ctypes.addressof(buffer), len(text)
    return views, kept


def texts_of(views, count):
    return np.array([ctypes.string_at(view.data, view.size).decode() if view.size else "" for view in views[:count]], dtype=str)


def tensor(name, array):
    """An input, and what has to stay alive during the call."""
    matrix = array.reshape(len(array), -1) if array.ndim else array.reshape(1, 1)
    if matrix.dtype.kind in "OU":
        views, kept = strings(matrix)
        return Tensor(name, STRING, *matrix.shape, 0, ctypes.addressof(views)), (views, kept)
    matrix = np.ascontiguousarray(matrix)
    return Tensor(name, NUMBERS[matrix.dtype], *matrix.shape, 0, matrix.ctypes.data), matrix


class Model:
    def __init__(self, library, data, compat="default", double_inputs=0):
        self.library, self.pointer, self.problems = library, c_void_p(), []
        self.callback = Callback(self.heard)
        options = LoadOptions(ctypes.sizeof(LoadOptions), None, None, None, COMPAT[compat], double_inputs, self.callback, None)
        self.checked(library.onnxtree_model_load_memory(data, len(data), byref(options), byref(self.pointer), byref(self.error())))

    def heard(self, _, severity, code, place, message):
        if severity == 2:
            self.problems.append((code.decode(), place.decode(), message.decode()))

    def error(self):
        self.last = Error()
        return self.last

    def checked(self, status):
        if status:
            raise Refused((self.last.code or b"").decode(), self.last.message.decode(errors="replace"), self.problems)

    def infos(self, what):
        made = []
        for index in range(getattr(self.library, f"onnxtree_model_{what}_count")(self.pointer)):
            info = ValueInfo(ctypes.sizeof(ValueInfo))
            getattr(self.library, f"onnxtree_model_{what}")(self.pointer, index, byref(info))
            made.append(info)
        return made

    def run(self, inputs):
        """Output name -> array of rows x columns."""
        rows = len(next(iter(inputs.values())))
        given, kept = zip(*[tensor(info.name, inputs[info.name.decode()]) for info in self.infos("input")])
        outputs, memory = [], []
        for info in self.infos("output"):
            size = rows * info.columns
            memory.append((String * max(1, size))() if info.type == STRING else np.zeros((rows, info.columns), TYPES[info.type]))
            address = ctypes.addressof(memory[-1]) if info.type == STRING else memory[-1].ctypes.data
            outputs.append(Tensor(info.name, info.type, rows, info.columns, 0, address))
        workspace = c_void_p()
        self.checked(self.library.onnxtree_workspace_create(self.pointer, None, byref(workspace), byref(self.error())))
        try:
            ins, outs = (Tensor * len(given))(*given), (Tensor * len(outputs))(*outputs)
            self.checked(
                self.library.onnxtree_run(self.pointer, workspace, rows, ins, len(given), outs, len(outputs), None, byref(self.error()))
            )
        finally:
            self.library.onnxtree_workspace_free(workspace)
        return {
            info.name.decode(): texts_of(held, rows * info.columns).reshape(rows, info.columns) if info.type == STRING else held
            for info, held in zip(self.infos("output"), memory)
        }

    def close(self):
        self.library.onnxtree_model_free(self.pointer)
        self.pointer = c_void_p()
