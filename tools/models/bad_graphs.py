"""Sound bytes, but a model or graph that cannot be run."""

from onnx import AttributeProto, TensorProto, helper

from bad_file import Bad, classifier, copy, data, doubles, node, regressor, tree_arrays

ML = "ai.onnx.ml"


def changed(model, change):
    made = copy(model)
    change(made)
    return data(made)


def opsets(*pairs):
    def change(model):
        del model.opset_import[:]
        model.opset_import.extend(helper.make_opsetid(domain, version) for domain, version in pairs)

    return changed(regressor(), change)


def model_fields():
    good = regressor()
    yield Bad("model-no-graph", "only_version", changed(good, lambda m: m.ClearField("graph")), "graph", "a model without a graph")
    yield Bad("model-ir-version", "zero", changed(good, lambda m: setattr(m, "ir_version", 0)), "ir_version", "ir_version 0")
    yield Bad("model-ir-version", "missing", changed(good, lambda m: m.ClearField("ir_version")), "ir_version", "no ir_version")
    yield Bad("opset-missing", "none", opsets(), "opset_import", "no operator sets")
    yield Bad("opset-missing", "no_ml", opsets(("", 17)), ML, "no operator set of the domain ai.onnx.ml")
    yield Bad("opset-conflict", "one_and_three", opsets((ML, 1), (ML, 3)), ML, "two versions of one domain")
    yield Bad("opset-version", "zero", opsets((ML, 0)), ML, "version 0")
    yield Bad("opset-version", "negative", opsets((ML, -1)), ML, "version -1")
    yield Bad("operator-unsupported", "version_99", opsets((ML, 99)), "TreeEnsembleRegressor", "an operator set of the future")
    function = helper.make_function("local", "F", ["X"], ["Y"], [helper.make_node("Identity", ["X"], ["Y"])], [helper.make_opsetid("", 17)])
    yield Bad("model-unsupported", "function", changed(good, lambda m: m.functions.append(function)), "function", "a local function")
    yield Bad("model-unsupported", "training", changed(good, lambda m: m.training_info.add()), "training", "training information")
    yield Bad(
        "model-unsupported",
        "sparse_initializer",
        changed(good, lambda m: m.graph.sparse_initializer.add()),
        "sparse",
        "a sparse initializer",
    )


def operators():
    text = regressor()
    texts = [
        helper.make_node("StringNormalizer", ["T"], ["a"], name="normalize"),
        helper.make_node("Tokenizer", ["a"], ["b"], domain="com.microsoft", name="tokenize"),
        helper.make_node("TfIdfVectorizer", ["b"], ["X"], name="count"),
    ]
    text.graph.node.extend(texts)
    text.graph.input[0].CopyFrom(helper.make_tensor_value_info("T", TensorProto.STRING, [None, 1]))
    yield Bad(
        "operator-unsupported",
        "three",
        data(copy_nodes(text, [1, 2, 3, 0])),
        "Tokenizer",
        "three operators that no version here has; all are named",
    )
    yield Bad(
        "operator-unsupported",
        "lower_case",
        changed(regressor(), lambda m: setattr(node(m), "op_type", "treeensembleregressor")),
        "treeensembleregressor",
        "an operator's name in lower case",
    )
    yield Bad(
        "operator-unsupported",
        "other_domain",
        changed(regressor(), lambda m: setattr(node(m), "domain", "com.example")),
        "com.example",
        "a domain nobody knows",
    )
    yield Bad("operator-unsupported", "cast_to_string", tailed("Cast", to=TensorProto.STRING), "Cast", "a Cast to string")
    yield Bad("attribute-missing", "cast", tailed("Cast"), "to", "a Cast that does not say to what")


def copy_nodes(model, order):
    made = copy(model)
    del made.graph.node[:]
    made.graph.node.extend(model.graph.node[i] for i in order)
    return made


def tailed(operator, **attributes):
    """A regressor with one more operator behind it."""
    model = regressor()
    model.graph.node.append(helper.make_node(operator, ["variable"], ["tail"], name="tail", **attributes))
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("tail", TensorProto.UNDEFINED, None))
    model.graph.output[0].ClearField("type")
    return data(model)


def links():
    good = regressor()

    def clear(field):
        return changed(good, lambda m: m.graph.ClearField(field))

    yield Bad("graph-empty", "no_nodes", clear("node"), "node", "a graph without nodes")
    yield Bad(
        "graph-empty",
        "no_inputs",
        changed(good, lambda m: (m.graph.ClearField("input"), node(m).ClearField("input"))),
        "input",
        "a graph without inputs",
    )
    yield Bad("graph-empty", "no_outputs", clear("output"), "output", "a graph without outputs")
    yield Bad(
        "graph-undefined",
        "input",
        changed(good, lambda m: node(m).input.__setitem__(0, "nowhere")),
        "nowhere",
        "a node reads what nobody writes",
    )
    yield Bad(
        "graph-undefined",
        "output",
        changed(good, lambda m: setattr(m.graph.output[0], "name", "nowhere")),
        "nowhere",
        "an output that nobody writes",
    )
    pair = regressor()
    pair.graph.node.append(helper.make_node("Identity", ["variable"], ["again"]))
    unsorted = copy_nodes(pair, [1, 0])
    yield Bad("graph-cycle", "order", data(unsorted), "variable", "a node that reads what a later one writes")
    node(pair).input[0] = "again"
    yield Bad("graph-cycle", "two_nodes", data(pair), "again", "two nodes that read each other")
    yield Bad(
        "graph-cycle",
        "self",
        changed(good, lambda m: node(m).input.__setitem__(0, "variable")),
        "variable",
        "a node that reads what it writes",
    )
    twice = regressor()
    twice.graph.node.append(helper.make_node("Identity", ["X"], ["variable"]))
    yield Bad("graph-duplicate", "two_writers", data(twice), "variable", "two nodes that write one value")
    yield Bad(
        "graph-duplicate", "writes_input", changed(good, lambda m: node(m).output.__setitem__(0, "X")), "X", "a node that writes an input"
    )
    yield Bad(
        "graph-duplicate",
        "outputs",
        changed(good, lambda m: m.graph.output.append(m.graph.output[0])),
        "variable",
        "an output that is listed twice",
    )
    yield Bad("graph-arity", "no_input", changed(good, lambda m: node(m).ClearField("input")), "trees", "a tree operator without input")
    yield Bad("graph-arity", "two_inputs", changed(good, lambda m: node(m).input.append("X")), "trees", "a tree operator with two inputs")
    yield Bad(
        "graph-arity",
        "three_outputs",
        changed(classifier(), lambda m: node(m).output.append("more")),
        "trees",
        "a classifier with three outputs",
    )


def with_input(value_type):
    return changed(regressor(), lambda m: m.graph.input[0].type.CopyFrom(value_type))


def values():
    tensor = helper.make_tensor_type_proto
    yield Bad("value-unsupported", "float16", with_input(tensor(TensorProto.FLOAT16, [None, 2])), "X", "a float16 input")
    yield Bad(
        "value-unsupported",
        "sequence",
        with_input(helper.make_sequence_type_proto(tensor(TensorProto.FLOAT, [None, 2]))),
        "X",
        "an input that is a sequence",
    )
    yield Bad(
        "value-unsupported", "sparse", with_input(helper.make_sparse_tensor_type_proto(TensorProto.FLOAT, [None, 2])), "X", "a sparse input"
    )
    yield Bad(
        "value-unsupported", "no_type", changed(regressor(), lambda m: m.graph.input[0].ClearField("type")), "X", "an input without type"
    )
    yield Bad("value-shape", "rank_3", with_input(tensor(TensorProto.FLOAT, [None, 2, 1])), "X", "an input of three dimensions")
    yield Bad("value-shape", "negative", with_input(tensor(TensorProto.FLOAT, [None, -2])), "X", "an input of -2 columns")
    yield Bad(
        "value-type",
        "label_as_float",
        changed(classifier(), lambda m: setattr(m.graph.output[0].type.tensor_type, "elem_type", TensorProto.FLOAT)),
        "label",
        "class labels declared as float",
    )
    zipped = classifier()
    zipped.graph.node.append(helper.make_node("ZipMap", ["scores"], ["maps"], domain=ML, name="maps", classlabels_int64s=[0, 1]))
    zipped.graph.output[1].CopyFrom(
        helper.make_value_info(
            "maps", helper.make_sequence_type_proto(helper.make_map_type_proto(TensorProto.INT64, tensor(TensorProto.FLOAT, [])))
        )
    )
    yield Bad("tree-labels", "zipmap_count", data(zipped), "ZipMap", "a ZipMap of two labels for three columns")


def external():
    def outside(tensor, location):
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)
        return tensor

    tensor = outside(doubles("v", [0.0] * 10), "../../etc/passwd")
    tensor.ClearField("double_data")
    yield Bad(
        "external-data",
        "attribute",
        data(regressor(ml=3, nodes_values=None, nodes_values_as_tensor=tensor)),
        "nodes_values_as_tensor",
        "thresholds in another file",
    )
    constant = outside(helper.make_tensor("c", TensorProto.FLOAT, [0], []), "/dev/zero")
    yield Bad(
        "external-data",
        "initializer",
        changed(regressor(), lambda m: m.graph.initializer.append(constant)),
        "c",
        "a constant in another file",
    )


def attributes():
    good = regressor()

    def attribute_of(model, name):
        return next(a for a in node(model).attribute if a.name == name)

    unknown = helper.make_attribute("nodes_colours", [1, 2])
    yield Bad(
        "attribute-unknown",
        "name",
        changed(good, lambda m: node(m).attribute.append(unknown)),
        "nodes_colours",
        "an attribute that the operator does not have",
    )
    yield Bad(
        "attribute-unknown",
        "tensor_in_version_1",
        data(regressor(base_values_as_tensor=doubles("b", [1.0]))),
        "base_values_as_tensor",
        "an attribute of version 3 in version 1",
    )
    yield Bad(
        "attribute-unknown",
        "aggregate_of_classifier",
        data(classifier(aggregate_function="SUM")),
        "aggregate_function",
        "a regressor's attribute on a classifier",
    )
    yield Bad(
        "attribute-duplicate",
        "modes",
        changed(good, lambda m: node(m).attribute.append(attribute_of(m, "nodes_modes"))),
        "nodes_modes",
        "an attribute that is given twice",
    )
    for name in ("nodes_modes", "n_targets", "target_weights"):
        yield Bad("attribute-missing", name, data(regressor(**{name: None})), name, f"no {name}")
    yield Bad(
        "attribute-type",
        "floats_for_ids",
        data(regressor(nodes_treeids=[0.0] * 5 + [1.0] * 5)),
        "nodes_treeids",
        "tree ids that are floats",
    )
    yield Bad("attribute-type", "int_for_ints", data(regressor(nodes_treeids=0)), "nodes_treeids", "one number in place of a list")
    yield Bad(
        "attribute-type",
        "contradiction",
        changed(good, lambda m: setattr(attribute_of(m, "nodes_values"), "type", AttributeProto.INTS)),
        "nodes_values",
        "floats in an attribute that says it has integers",
    )
    yield Bad(
        "attribute-reference",
        "outer",
        changed(good, lambda m: reference(attribute_of(m, "n_targets"))),
        "n_targets",
        "an attribute of an enclosing function",
    )


def reference(attribute):
    attribute.ref_attr_name = "outer"
    attribute.ClearField("i")


def tensors():
    def with_values(tensor, **more):
        return data(regressor(**{"ml": 3, "nodes_values": None, "nodes_values_as_tensor": tensor, **more}))

    place = "nodes_values_as_tensor"
    values = tree_arrays()["nodes_values"].tolist()
    raw = helper.make_tensor("v", TensorProto.DOUBLE, [10], bytes(80), raw=True)
    yield Bad(
        "attribute-both",
        "values",
        with_values(doubles("v", values), nodes_values=tree_arrays()["nodes_values"]),
        "nodes_values",
        "thresholds in both forms",
    )
    yield Bad(
        "attribute-both",
        "weights",
        data(regressor(ml=3, target_weights_as_tensor=doubles("w", [1.0] * 6))),
        "target_weights",
        "weights in both forms",
    )
    yield Bad(
        "attribute-both",
        "base",
        data(regressor(ml=3, base_values=[1.0], base_values_as_tensor=doubles("b", [1.0]))),
        "base_values",
        "base values in both forms",
    )
    yield Bad(
        "tensor-type", "int64", with_values(helper.make_tensor("v", TensorProto.INT64, [10], [1] * 10)), place, "thresholds of type int64"
    )
    yield Bad(
        "tensor-type",
        "float16",
        with_values(helper.make_tensor("v", TensorProto.FLOAT16, [10], values)),
        place,
        "thresholds of type float16",
    )
    for what, size in (("short", 72), ("odd", 79), ("long", 88)):
        tensor = helper.make_tensor("v", TensorProto.DOUBLE, [10], bytes(80), raw=True)
        tensor.raw_data = bytes(size)
        yield Bad("tensor-size", f"raw_{what}", with_values(tensor), place, f"raw_data of {size} bytes for ten doubles")
    raw.double_data.extend(values)
    yield Bad("tensor-size", "both_forms", with_values(raw), place, "raw and typed data in one tensor")
    for what, dims in (("negative", [-10]), ("overflow", [2**61, 8, 10]), ("none", [])):
        tensor = doubles("v", values)
        tensor.ClearField("dims")
        tensor.dims.extend(dims)
        yield Bad("tensor-size", f"dims_{what}", with_values(tensor), place, f"dimensions {dims} of ten doubles")


def files():
    for group in (model_fields, operators, links, values, external, attributes, tensors):
        yield from group()
