"""Files whose bytes are wrong: protobuf's wire format, other formats, hostile sizes."""

import gzip
import io
import pickle
import zipfile

import wire
from bad_file import Bad, classifier, data, regressor


def other_formats():
    yield Bad("model-no-graph", "empty_file", b"", "graph", "a file without bytes")
    yield Bad("not-onnx", "pickle", pickle.dumps({"model": [1, 2, 3]}, protocol=4), "pickle", "a Python pickle")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("model.json"), "{}")
    yield Bad("not-onnx", "zip", archive.getvalue(), "zip", "a zip archive")
    yield Bad("not-onnx", "gzip", gzip.compress(data(regressor()), mtime=0), "gzip", "a sound model, compressed")
    yield Bad("not-onnx", "json", b'{"trees": [], "version": 1}\n', "JSON", "a text file")
    yield Bad("not-onnx", "lightgbm", b"tree\nversion=v4\nnum_class=1\n", "LightGBM", "LightGBM's own format")
    yield Bad("not-onnx", "zip_before_model", archive.getvalue() + data(regressor()), "zip", "a sound model behind a zip archive")


def bytes_of_fields():
    good = data(regressor())
    yield Bad("wire-truncated", "half", good[: len(good) // 2], "graph", "the first half of a sound model")
    yield Bad("wire-truncated", "last_byte", good[:-1], "opset_import", "a sound model without its last byte")
    yield Bad("wire-tag", "trailing_zeros", good + bytes(8), "field number 0", "a sound model and eight bytes of zero")
    yield Bad("wire-tag", "long", good + b"\xa8\x80\x80\x80\x80\x00\x01", "tag", "a field tag of six bytes")
    yield Bad("wire-duplicate", "two_models", good + good, "graph", "two sound models, one behind the other")
    yield Bad(
        "wire-varint",
        "eleven_bytes",
        wire.tag(5, wire.VARINT) + b"\x80" * 10 + b"\x01" + good,
        "model_version",
        "an integer of eleven bytes",
    )
    yield Bad("wire-varint", "65_bits", wire.tag(5, wire.VARINT) + b"\xff" * 9 + b"\x02" + good, "model_version", "an integer of 65 bits")
    yield Bad("wire-type", "six", good + b"\x7e\x00", "wire type", "wire type 6")
    yield Bad("wire-type", "number_for_graph", wire.number(1, 8) + wire.number(7, 1), "graph", "the graph is a number")
    yield Bad("wire-group", "unknown_field", good + wire.tag(100, wire.GROUP) + wire.tag(100, wire.GROUP_END), "group", "an empty group")
    yield Bad("wire-group", "deep", wire.tag(100, wire.GROUP) * 10000, "group", "ten thousand groups in each other")
    opset = wire.message(8, wire.text(1, "ai.onnx.ml") + wire.number(2, 1))
    long_node = wire.tag(1, wire.BYTES) + wire.varint(9) + wire.text(4, "Cast")
    yield Bad(
        "wire-length", "past_graph", wire.number(1, 8) + wire.message(7, long_node) + opset, "node", "a node that is longer than its graph"
    )
    huge = wire.tag(1, wire.BYTES) + wire.varint(2**63)
    yield Bad("wire-length", "two_to_63", wire.number(1, 8) + wire.message(7, huge) + opset, "node", "a node of 2^63 bytes")


def with_attribute(attribute):
    """A model whose only node has the attribute with these bytes."""
    node = (
        wire.text(1, "X")
        + wire.text(2, "Y")
        + wire.text(4, "TreeEnsembleRegressor")
        + wire.message(5, attribute)
        + wire.text(7, "ai.onnx.ml")
    )
    return wire.number(1, 8) + wire.message(7, wire.message(1, node)) + wire.message(8, wire.text(1, "ai.onnx.ml") + wire.number(2, 1))


def fields_of_attributes():
    floats = wire.text(1, "nodes_values") + wire.message(7, bytes(7)) + wire.number(20, 6)
    yield Bad("wire-packed", "floats", with_attribute(floats), "floats", "seven bytes of packed floats")
    ints = wire.text(1, "nodes_treeids") + wire.message(8, b"\x01\x02\x80") + wire.number(20, 7)
    yield Bad("wire-packed", "ints", with_attribute(ints), "ints", "packed integers that end inside one")
    tensors = wire.text(1, "nodes_values_as_tensor") + wire.message(5, b"") * 2 + wire.number(20, 4)
    yield Bad("wire-duplicate", "tensor", with_attribute(tensors), "field t", "an attribute with two tensors")
    yield Bad(
        "wire-duplicate",
        "graph_100000_times",
        wire.number(1, 8) + wire.message(7, b"") * 100000,
        "graph",
        "a graph merged 100,000 times: quadratic work in some decoders",
    )


def texts():
    good = data(regressor()).replace(b"trees", b"tr\xffes", 1)
    yield Bad("wire-text", "not_utf8", good, "name", "a node name that is not UTF-8")
    surrogate = data(regressor()).replace(b"trees", b"\xed\xa0\x80es", 1)
    yield Bad("wire-text", "surrogate", surrogate, "name", "a node name with half a UTF-16 pair")
    nul = data(regressor()).replace(b"TreeEnsembleRegressor", b"TreeEnsembleRegresso\0", 1)
    yield Bad("wire-text", "nul", nul, "op_type", "an operator type that ends with NUL")


def nesting():
    """Attribute, graph, node, attribute, graph, node, …: each layer inside the one before."""
    body = b""
    while len(body) < 29000:
        body = wire.message(1, wire.message(5, wire.message(6, body)))
    yield Bad(
        "limit-nesting", "29_kb", wire.number(1, 8) + wire.message(7, body), "max_nesting", "thousands of graphs in each other, in 29 kB"
    )
    body = b""
    for _ in range(16):
        body = wire.message(4, wire.message(1, body))
    value = wire.message(11, wire.text(1, "X") + wire.message(2, body))
    yield Bad(
        "limit-nesting",
        "33_levels",
        wire.number(1, 8) + wire.message(7, value),
        "max_nesting",
        "an input whose type is a sequence of a sequence of …",
    )


def sizes():
    opset = wire.message(8, wire.text(1, "ai.onnx.ml") + wire.number(2, 1))
    yield Bad(
        "limit-graph-nodes",
        "65600_nodes",
        wire.number(1, 8) + wire.message(7, wire.message(1, b"") * 65600) + opset,
        "max_graph_nodes",
        "65,600 empty nodes: two bytes each in the file, many more in memory",
    )
    long_label = classifier(classlabels_int64s=None, classlabels_strings=["a", "b", "c" * 70000])
    yield Bad("limit-label", "70000_bytes", data(long_label), "max_label_bytes", "a class label of 70,000 bytes")
    yield Bad("limit-columns", "targets", data(regressor(n_targets=2**28)), "max_columns", "268 million targets in a file of a kilobyte")
    wide = regressor(nodes_featureids=[0, 0, 5000000, 0, 0] * 2)
    wide.graph.input[0].type.tensor_type.ClearField("shape")
    yield Bad("limit-columns", "feature", data(wide), "max_columns", "a test of column 5,000,000, of an input without declared width")


def files():
    for group in (other_formats, bytes_of_fields, fields_of_attributes, texts, nesting, sizes):
        yield from group()
