"""ONNX Runtime, one thread, its answers flattened to rows x columns as onnxtree delivers them."""

import numpy as np
import onnxruntime


def session(data):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def flat(array, rows):
    """[N], [N, c], [k, N, c] and [N, a, b] as a matrix of N rows; other shapes as they are."""
    array = np.asarray(array)
    array = array.astype(str) if array.dtype.kind == "O" else array
    if array.ndim == 3 and array.shape[0] != rows and array.shape[1] == rows:
        array = array.transpose(1, 0, 2)
    return array.reshape(rows, -1) if array.ndim and array.shape[0] == rows else array


def zipmap_matrix(maps):
    return np.array([list(one.values()) for one in maps], dtype=np.float32)


def parts(name, value, rows):
    """The tensors that one output stands for."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {name: zipmap_matrix(value)}
    if isinstance(value, list):
        return {f"{name}.{i}": flat(part, rows) for i, part in enumerate(value)}
    return {name: flat(value, rows)}


def answers(data, inputs, rows):
    """Output name -> matrix. Raises what ONNX Runtime raises."""
    model = session(data)
    wanted = {info.name for info in model.get_inputs()}
    given = {name: array.astype(object) if array.dtype.kind == "U" else array for name, array in inputs.items() if name in wanted}
    found = {}
    for info, value in zip(model.get_outputs(), model.run(None, given)):
        found |= parts(info.name, value, rows)
    return found
