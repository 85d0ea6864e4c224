#!/usr/bin/env python3
"""Hands tables of pyarrow and polars to onnxtree_run_arrow and takes the results back, both without copies, through ctypes.

    pip install pyarrow polars numpy
    tests/python/test_arrow.py build/release/src/libonnxtree.so

The expected values are those that ONNX Runtime and scikit-learn gave for the models of models/.
"""
import ctypes
import sys
import unittest
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

MODELS = Path(__file__).resolve().parents[2] / "models"


class ArrowSchema(ctypes.Structure):
    pass


class ArrowArray(ctypes.Structure):
    pass


class ArrowArrayStream(ctypes.Structure):
    pass


SchemaRelease = ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowSchema))
ArrayRelease = ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowArray))
StreamRelease = ctypes.CFUNCTYPE(None, ctypes.POINTER(ArrowArrayStream))
ArrowSchema._fields_ = [("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_char_p), ("flags", ctypes.c_int64),
                        ("n_children", ctypes.c_int64), ("children", ctypes.c_void_p), ("dictionary", ctypes.c_void_p), ("release", SchemaRelease),
                        ("private_data", ctypes.c_void_p)]
ArrowArray._fields_ = [("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64), ("n_buffers", ctypes.c_int64),
                       ("n_children", ctypes.c_int64), ("buffers", ctypes.c_void_p), ("children", ctypes.c_void_p), ("dictionary", ctypes.c_void_p),
                       ("release", ArrayRelease), ("private_data", ctypes.c_void_p)]
ArrowArrayStream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ArrowArrayStream), ctypes.POINTER(ArrowSchema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ArrowArrayStream), ctypes.POINTER(ArrowArray))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(ArrowArrayStream))), ("release", StreamRelease), ("private_data", ctypes.c_void_p)]


class Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("code", ctypes.c_char_p), ("message", ctypes.c_char * 1024)]


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("bindings", ctypes.c_void_p), ("binding_count", ctypes.c_size_t), ("outputs", ctypes.c_void_p),
                ("output_count", ctypes.c_size_t), ("threads", ctypes.c_size_t), ("parallel_for", ctypes.c_void_p), ("parallel_for_context", ctypes.c_void_p),
                ("cancelled", ctypes.c_void_p), ("cancelled_context", ctypes.c_void_p)]


class Binding(ctypes.Structure):
    _fields_ = [("input", ctypes.c_char_p), ("columns", ctypes.POINTER(ctypes.c_char_p)), ("column_count", ctypes.c_size_t)]


def export_polars(frame):
    """The schema and the single chunk of a polars frame, from its PyCapsule stream."""
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    capsule = frame.rechunk().__arrow_c_stream__()
    stream = ctypes.cast(pointer(capsule, b"arrow_array_stream"), ctypes.POINTER(ArrowArrayStream))
    schema, array = ArrowSchema(), ArrowArray()
    assert stream.contents.get_schema(stream, schema) == 0 and stream.contents.get_next(stream, array) == 0
    return schema, array


def export_pyarrow(batch):
    schema, array = ArrowSchema(), ArrowArray()
    batch._export_to_c(ctypes.addressof(array), ctypes.addressof(schema))
    return schema, array


class Result:
    """A table of ours, offered to any library by the Arrow PyCapsule interface."""

    def __init__(self, schema, array):
        self.schema, self.array = schema, array

    def __arrow_c_array__(self, requested_schema=None):
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        return new(ctypes.addressof(self.schema), b"arrow_schema", None), new(ctypes.addressof(self.array), b"arrow_array", None)


class Model:
    def __init__(self, library, name):
        self.library, self.pointer, error = library, ctypes.c_void_p(), Error()
        if library.onnxtree_model_load_file(str(MODELS / name / "model.onnx").encode(), None, ctypes.byref(self.pointer), ctypes.byref(error)):
            raise RuntimeError(error.message.decode())

    def run(self, table, columns=None, threads=1):
        schema, array = export_pyarrow(table) if isinstance(table, pa.RecordBatch) else export_polars(table)
        options, binding = Options(struct_size=ctypes.sizeof(Options), threads=threads), None
        if columns:
            names = (ctypes.c_char_p * len(columns))(*[name.encode() for name in columns])
            binding = Binding(None, names, len(columns))
            options.bindings, options.binding_count = ctypes.addressof(binding), 1
        result_schema, result, error = ArrowSchema(), ArrowArray(), Error()
        status = self.library.onnxtree_run_arrow(self.pointer, ctypes.byref(schema), ctypes.byref(array), ctypes.byref(options),
                                                 ctypes.byref(result_schema), ctypes.byref(result), ctypes.byref(error))
        schema.release(schema)
        array.release(array)
        if status:
            raise ValueError(error.message.decode())
        return Result(result_schema, result)

    def close(self):
        self.library.onnxtree_model_free(self.pointer)


def read(name, file):
    path = MODELS / name / file
    return np.load(path) if path.suffix == ".npy" else np.array(path.read_text().splitlines())


class ArrowTest(unittest.TestCase):
    def check(self, name, table, threads=1, columns=None, chosen=slice(None)):
        """The model's label and scores over a table, taken back by pyarrow and by polars, are those of ONNX Runtime."""
        model = Model(self.library, name)
        labels, scores = read(name, "onnxruntime_0.txt" if (MODELS / name / "onnxruntime_0.txt").exists() else "onnxruntime_0.npy"), read(name, "onnxruntime_1.npy")
        labels, scores = labels[chosen], scores[chosen]
        with_pyarrow = pa.record_batch(model.run(table, columns, threads))
        with_polars = pl.DataFrame(model.run(table, columns, threads))
        model.close()  # results outlive the model
        for found in (with_pyarrow.to_pandas(), with_polars.to_pandas()):
            self.assertTrue((found.iloc[:, 0].to_numpy() == labels).all())
            np.testing.assert_array_equal(found.iloc[:, 1:].to_numpy(dtype=scores.dtype), scores)

    def rows(self, name):
        return read(name, "input.npy")

    def columns(self, rows, types):
        return {f"c{i}": rows[:, i].astype(types[i % len(types)]) for i in range(rows.shape[1])}

    def test_floats(self):
        for name in ("sk_forest_digits", "sk_forest_strings", "cat_strings", "sk_gb_multiclass"):
            with self.subTest(name):
                columns = self.columns(self.rows(name), [np.float32])
                self.check(name, pa.RecordBatch.from_pydict(columns))
                self.check(name, pl.DataFrame(columns))

    def test_doubles_and_integers(self):
        rows = self.rows("sk_forest_digits")
        whole = (rows == np.round(rows)).all(axis=1) & (rows >= 0).all(axis=1)  # every type holds these
        self.assertGreater(whole.sum(), 20)
        kinds = [np.float64, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64, np.float32]
        columns = self.columns(rows[whole], kinds)
        self.check("sk_forest_digits", pa.RecordBatch.from_pydict(columns), threads=2, chosen=whole)
        self.check("sk_forest_digits", pl.DataFrame(columns), threads=2, chosen=whole)

    def test_order_and_more_columns(self):
        columns = self.columns(self.rows("sk_forest_digits"), [np.float32])
        mixed = {"id": np.arange(len(columns["c0"])), **{name: columns[name] for name in reversed(columns)}}
        for table in (pa.RecordBatch.from_pydict(mixed), pl.DataFrame(mixed)):
            self.check("sk_forest_digits", table, columns=list(columns))
            with self.assertRaisesRegex(ValueError, "no column 'c99'"):
                self.check("sk_forest_digits", table, columns=[*list(columns)[:-1], "c99"])

    def test_slices(self):
        rows = self.rows("sk_forest_digits")
        columns = self.columns(np.vstack([rows[:5], rows, rows[:7]]), [np.float32, np.int64])
        self.check("sk_forest_digits", pa.RecordBatch.from_pydict(columns).slice(5, len(rows)))
        self.check("sk_forest_digits", pl.DataFrame(columns).slice(5, len(rows)))

    def test_nulls(self):
        # The model was trained with missing values; here they are nulls instead of NaNs.
        name = "cat_missing"
        rows, expected = self.rows(name), read(name, "onnxruntime_0.npy")
        self.assertTrue(np.isnan(rows).any())
        lists = {f"c{i}": [None if np.isnan(v) else float(v) for v in rows[:, i]] for i in range(rows.shape[1])}
        model = Model(self.library, name)
        for table in (pa.RecordBatch.from_pydict(lists), pl.DataFrame(lists)):
            found = pl.DataFrame(model.run(table))
            np.testing.assert_array_equal(found.to_numpy().reshape(expected.shape), expected)
        model.close()

    def test_text(self):
        """Text of every encoding, through a model that hands it on (made here, if the onnx package is installed)."""
        try:
            from onnx import TensorProto, helper
        except ImportError:
            self.skipTest("the onnx package is not installed")
        values = [helper.make_tensor_value_info(v, TensorProto.STRING, [None, 1]) for v in ("x", "y")]
        graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", values[:1], values[1:])
        data = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8).SerializeToString()
        model = Model.__new__(Model)
        model.library, model.pointer = self.library, ctypes.c_void_p()
        self.assertEqual(self.library.onnxtree_model_load_memory(data, ctypes.c_size_t(len(data)), None, ctypes.byref(model.pointer), None), 0)
        texts = ["a", "", "é", "a text of more than twelve bytes", "a"]
        arrow = pa.array(texts)
        tables = [pa.RecordBatch.from_pydict({"x": a}) for a in (arrow, arrow.cast(pa.large_string()), arrow.cast(pa.string_view()), arrow.dictionary_encode())]
        tables += [pl.DataFrame({"x": texts}), pl.DataFrame({"x": pl.Series(texts, dtype=pl.Categorical)})]
        for table in tables:
            self.assertEqual(pa.record_batch(model.run(table)).to_pydict(), {"y": texts})
            self.assertEqual(pl.DataFrame(model.run(table))["y"].to_list(), texts)
        with self.assertRaisesRegex(ValueError, "column 'x', row 1: null"):
            model.run(pl.DataFrame({"x": ["a", None]}))
        model.close()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    ArrowTest.library = ctypes.CDLL(str(Path(sys.argv.pop(1)).resolve()))
    unittest.main()
