"""Asks ONNX Runtime, compares it with the training library, and writes a fixture to its directory."""

import os
import shutil

import numpy as np
import onnx
import onnxruntime


def without_zipmap(model):
    """A copy in which ZipMap is replaced by its input, so that scores come out as a matrix."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    scores = {node.output[0]: node.input[0] for node in copy.graph.node if node.op_type == "ZipMap"}
    for output in copy.graph.output:
        if output.name in scores:
            output.CopyFrom(onnx.helper.make_tensor_value_info(scores[output.name], onnx.TensorProto.FLOAT, None))
    kept = [node for node in copy.graph.node if node.op_type != "ZipMap"]
    del copy.graph.node[:]
    copy.graph.node.extend(kept)
    return copy


def ask_onnxruntime(data, inputs):
    """The outputs of one call with one thread; raises what ONNX Runtime raises."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    given = [array.astype(object) if is_text(array) else array for array in inputs]
    return [
        rows_first(array, len(inputs[0]))
        for array in session.run(None, {info.name: array for info, array in zip(session.get_inputs(), given)})
    ]


def rows_first(array, rows):
    """[targets, rows, classes] as rows x columns."""
    is_behind = array.ndim == 3 and array.shape[0] != rows and array.shape[1] == rows
    return array.transpose(1, 0, 2).reshape(rows, -1) if is_behind else array


def is_text(array):
    return array.dtype.kind in "OUS"


def named(rows, count):
    return f"rows {', '.join(map(str, rows))}" if len(rows) <= 8 else f"{len(rows)} of {count} rows"


def disagreement(library, runtime, tolerance):
    """None, or what differs between one output of both."""
    library = np.asarray(library)
    if is_text(library) or library.dtype.kind in "ib":
        wrong = np.flatnonzero(library.ravel() != np.asarray(runtime).ravel())
        return None if wrong.size == 0 else "the labels of " + named(wrong, len(library))
    expected, got = library.astype(np.float64), runtime.astype(np.float64)
    if expected.shape != got.shape:
        return f"shapes {expected.shape} and {got.shape}"
    error = np.abs(expected - got) / np.maximum(1, np.abs(expected))
    rows = np.flatnonzero(~(error <= tolerance).reshape(len(error), -1).all(axis=1))
    return None if rows.size == 0 else f"the scores of {named(rows, len(error))}, by up to {np.nanmax(error):.3g}"


def write_array(directory, name, array):
    """Numbers as .npy of version 1 in C order, texts one row to a line, with tabs between columns."""
    array = np.asarray(array)
    if is_text(array):
        with open(os.path.join(directory, name + ".txt"), "w", encoding="utf-8", newline="\n") as file:
            file.write("".join("\t".join(row) + "\n" for row in array.astype(str).reshape(len(array), -1)))
        return
    with open(os.path.join(directory, name + ".npy"), "wb") as file:
        np.lib.format.write_array(file, np.ascontiguousarray(array), version=(1, 0))


def write_inputs(directory, prefix, arrays):
    for i, array in enumerate(arrays):
        write_array(directory, prefix if len(arrays) == 1 else f"{prefix}_{i}", array)


def post_transforms(model):
    numbered = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")  # in TreeEnsemble
    found = [a.s.decode() or numbered[a.i] for node in model.graph.node for a in node.attribute if a.name == "post_transform"]
    return "+".join(dict.fromkeys(found)) or "NONE"


def shape_text(info):
    tensor = info.type.tensor_type
    dims = ",".join(str(d.dim_value) if d.WhichOneof("value") == "dim_value" and d.dim_value else "?" for d in tensor.shape.dim)
    return f"{onnx.TensorProto.DataType.Name(tensor.elem_type).lower()}[{dims}]"


def settle(case):
    """Some exporters write a random graph name, and operator sets in random order."""
    case.model.graph.name = case.name
    imports = sorted(case.model.opset_import, key=lambda opset: (opset.domain, opset.version))
    del case.model.opset_import[:]
    case.model.opset_import.extend(imports)


def record(case, root):
    """Writes models/<name>/ and returns its line of the manifest."""
    directory = os.path.join(root, case.name)
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    settle(case)
    data = case.data or case.model.SerializeToString(deterministic=True)
    runnable = case.data or without_zipmap(case.model).SerializeToString()
    with open(os.path.join(directory, "model.onnx"), "wb") as file:
        file.write(data)
    write_inputs(directory, "input", case.inputs)
    for k, array in enumerate(case.library):
        if array is not None:
            write_array(directory, f"library_{k}", array)
    notes, exact = [case.notes] if case.notes else [], case.compare or ("bits" if post_transforms(case.model) == "NONE" else "ulp4")
    try:
        outputs = ask_onnxruntime(runnable, case.inputs)
    except Exception as error:  # ONNX Runtime has many kinds of refusal; all are recorded
        notes.append("ONNX Runtime refuses: " + " ".join(str(error).split())[:160])
        compat = "none"
    else:
        compat = exact if case.imitated else "none"
        for k, array in enumerate(outputs):
            write_array(directory, f"onnxruntime_{k}", array)
        for k, array in enumerate(case.library):
            found = array is not None and disagreement(array, outputs[k], case.tolerance)
            if found:
                notes.append(f"output {k}: ONNX Runtime differs in {found}")
                if not case.difference:
                    print(f"DISAGREEMENT {case.name}: output {k}: {found}")
        if case.edge:
            write_inputs(directory, "edge_input", case.edge)
            for k, array in enumerate(ask_onnxruntime(runnable, case.edge)):
                write_array(directory, f"edge_onnxruntime_{k}", array)
    return {
        "name": case.name,
        "source": case.source,
        "options": case.options,
        "input types": " ".join(shape_text(info) for info in case.model.graph.input),
        "rows": len(case.inputs[0]),
        "outputs": " ".join(info.name for info in case.model.graph.output),
        "post_transform": post_transforms(case.model),
        "compare": "none" if case.difference or compat == "none" else exact,
        "tolerance": f"{case.tolerance:g}",
        "notes": "; ".join(([case.difference] if case.difference and case.difference not in case.notes else []) + notes) or "-",
        "compat_compare": compat,
        "bytes": len(data),
    }
