"""Makes the models of this folder: python make_data.py (needs onnx, scikit-learn, skl2onnx, pandas and onnxruntime)."""

import numpy as np
import onnxruntime
import pandas as pd
from onnx import TensorProto, helper, save
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

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


def people(count, seed):
    random = np.random.default_rng(seed)
    return pd.DataFrame({
        "age": np.where(random.random(count) < 0.2, np.nan, random.integers(1, 80, count)).astype(np.float32),
        "fare": np.round(random.gamma(2, 20, count), 2).astype(np.float32),
        "relatives": random.integers(0, 5, count),
        "sex": random.choice(["female", "male"], count),
        "port": random.choice(["Cherbourg", "Queenstown", "Southampton, Dock 4"], count)})


def write_pipeline():
    """A pipeline as it is met in practice: numbers with gaps and texts, one input for each column. Its rows and ONNX Runtime's results are
    written too."""
    table = people(400, 1)
    survived = (table.sex == "female") ^ (table.fare > 60) ^ (table.port == "Queenstown")
    numbers, texts = ["age", "fare", "relatives"], ["sex", "port"]
    columns = ColumnTransformer([("numbers", SimpleImputer(), numbers), ("texts", OneHotEncoder(handle_unknown="ignore"), texts)])
    pipeline = make_pipeline(columns, RandomForestClassifier(10, max_depth=5, random_state=0)).fit(table, np.where(survived, "yes", "no"))
    types = [(name, StringTensorType([None, 1]) if name in texts else Int64TensorType([None, 1]) if name == "relatives" else FloatTensorType([None, 1]))
             for name in table.columns]
    model = to_onnx(pipeline, initial_types=types, options={"zipmap": False}, target_opset={"": 17, "ai.onnx.ml": 3})
    save(model, "pipeline.onnx")
    rows = people(60, 2)
    session = onnxruntime.InferenceSession("pipeline.onnx", providers=["CPUExecutionProvider"])
    label, probabilities = session.run(None, {name: rows[[name]].to_numpy() for name in rows})
    rows.insert(0, "passenger", np.arange(len(rows)) + 100)
    rows.sample(frac=1, axis=1, random_state=3).to_csv("pipeline_rows.csv", index=False)
    pd.DataFrame({"label": label, "probabilities:no": probabilities[:, 0], "probabilities:yes": probabilities[:, 1]}).to_csv(
        "pipeline_onnxruntime.csv", index=False)


write_pipeline()
