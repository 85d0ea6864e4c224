"""Makes the two models of this folder: python make_data.py (needs onnx)."""

from onnx import TensorProto, helper, save

ML = "ai.onnx.ml"


def stump(value, output, threshold):
    """output = -1 where value <= threshold, else 1; NaN counts as larger."""
    return helper.make_node(
        "TreeEnsembleRegressor", [value], [output], domain=ML, n_targets=1,
        nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"],
        nodes_values=[threshold, 0.0, 0.0], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
        target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 0], target_weights=[-1.0, 1.0])


def write(name, nodes, inputs, outputs):
    def info(spec):
        return helper.make_tensor_value_info(spec[0], spec[1], [None, 1])

    graph = helper.make_graph(nodes, name, [info(i) for i in inputs], [info(o) for o in outputs])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid(ML, 1), helper.make_opsetid("", 17)], ir_version=8)
    model.producer_name = "onnxtree-tests"
    save(model, name + ".onnx")


write("columns", [stump("age", "old", 30.5), stump("fare", "dear", 10.0), stump("rooms", "large", 3.0)],
      [("age", TensorProto.FLOAT), ("fare", TensorProto.DOUBLE), ("rooms", TensorProto.INT64)],
      [("old", TensorProto.FLOAT), ("dear", TensorProto.FLOAT), ("large", TensorProto.FLOAT)])

write("three_unknown", [helper.make_node("Conv", ["x", "x"], ["a"]), helper.make_node("LSTM", ["a", "a", "a"], ["b"]),
                        helper.make_node("NoSuchOperator", ["b"], ["y"])], [("x", TensorProto.FLOAT)], [("y", TensorProto.FLOAT)])
