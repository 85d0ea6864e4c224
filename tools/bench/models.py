"""The models that are compared. Each is trained once and kept in a folder with its ONNX export, its own format and the rows to time.

    python models.py [--cache DIR] [NAME...]
"""

import argparse
import glob
import json
import os
import pickle
import shutil
import sys
import time
import warnings
from dataclasses import dataclass, field

import lightgbm
import numpy as np
import xgboost
from sklearn.ensemble import IsolationForest, RandomForestClassifier, RandomForestRegressor

import data

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.append(os.path.join(HERE, "..", "models"))
TRAINING_ROWS = 50000


class Absent(Exception):
    """A model that cannot be made here."""


@dataclass
class Model:
    """What is known of a model before it is trained. `make(folder)` writes it; `group` is the kind of its trees."""

    name: str
    title: str
    group: str
    make: callable = field(repr=False)


# ---- training and exporting -------------------------------------------------------------------------------------------------------


def save_onnx(folder, model):
    with open(os.path.join(folder, "model.onnx"), "wb") as file:
        file.write(model if isinstance(model, bytes) else model.SerializeToString())


def save_rows(folder, rows):
    np.save(os.path.join(folder, "rows.npy"), np.ascontiguousarray(rows, dtype=np.float32))


def float_input(columns):
    from onnxmltools.convert.common.data_types import FloatTensorType

    return [("X", FloatTensorType([None, columns]))]


def boosted(trees, depth, make_data=data.waves, rows=None, holes=False, classes=0):
    """XGBoost, level-wise."""

    def make(folder):
        import onnxmltools

        x, y = make_data(TRAINING_ROWS, 1) if rows is None else make_data()
        timed = make_data(data.RING, 2)[0] if rows is None else data.mixed(x)
        x, timed = (data.holed(x, 3), data.holed(timed, 4)) if holes else (x, timed)
        kind = xgboost.XGBClassifier if classes else xgboost.XGBRegressor
        estimator = kind(n_estimators=trees, max_depth=depth, learning_rate=0.05, tree_method="hist", min_child_weight=1, random_state=1, n_jobs=1)
        estimator.fit(x, y)
        estimator.get_booster().save_model(os.path.join(folder, "xgboost.ubj"))
        save_onnx(folder, onnxmltools.convert_xgboost(estimator, initial_types=float_input(x.shape[1]), target_opset=15))
        save_rows(folder, timed)

    return make


def leaf_wise(trees, leaves, make_data=data.waves, holes=False, categories=()):
    """LightGBM, leaf-wise."""

    def make(folder):
        import onnxmltools

        x, y = make_data(TRAINING_ROWS, 1)
        timed = make_data(data.RING, 2)[0]
        x, timed = (data.holed(x, 3), data.holed(timed, 4)) if holes else (x, timed)
        estimator = lightgbm.LGBMRegressor(
            n_estimators=trees, num_leaves=leaves, learning_rate=0.05, min_child_samples=10, random_state=1, n_jobs=1, deterministic=True, verbose=-1
        )
        estimator.fit(x, y, categorical_feature=list(categories) or "auto")
        estimator.booster_.save_model(os.path.join(folder, "lightgbm.txt"))
        save_onnx(folder, onnxmltools.convert_lightgbm(estimator, initial_types=float_input(x.shape[1]), target_opset=15))
        save_rows(folder, timed)

    return make


def scikit_learn(estimator, make_data=data.waves, rows=None, options=None):
    def make(folder):
        from skl2onnx import to_onnx

        x, y = make_data(20000, 1) if rows is None else make_data()
        estimator.fit(x, y)
        with open(os.path.join(folder, "sklearn.pkl"), "wb") as file:
            pickle.dump(estimator, file)
        save_onnx(folder, to_onnx(estimator, x[:1], target_opset={"": 15, "ai.onnx.ml": 3}, options=options))
        save_rows(folder, make_data(data.RING, 2)[0] if rows is None else data.mixed(x))

    return make


def digits_forest(depth):
    """Ten classes: each leaf has a weight for every class."""
    return scikit_learn(RandomForestClassifier(100, max_depth=depth, n_jobs=1, random_state=1), data.digits, rows="mixed", options={"zipmap": False})


def full_depth(folder):
    """2.5 million nodes; the exporter of scikit-learn would need many minutes and gigabytes for it."""
    import big_models

    random = np.random.RandomState(21)
    estimator = big_models.train_forest()
    big_models.write_forest(estimator, os.path.join(folder, "model.onnx"))
    with open(os.path.join(folder, "sklearn.pkl"), "wb") as file:
        pickle.dump(estimator, file)
    save_rows(folder, random.standard_normal((data.RING, 30)))


def public(name, columns):
    """A model that the authors of the Treebeard compiler published (XGBoost, exported to ONNX), with rows like those of its sample."""

    def make(folder):
        source = os.environ.get("ONNXTREE_PUBLIC_MODELS")
        if not source:
            raise Absent("ONNXTREE_PUBLIC_MODELS does not name a folder")
        path = glob.glob(os.path.join(source, f"{name}_*.onnx"))[0]
        shutil.copy(path, os.path.join(folder, "model.onnx"))
        sample = np.loadtxt(os.path.join(source, f"{name}.csv"), delimiter=",", dtype=np.float32)[:, :columns]
        save_rows(folder, data.mixed(sample))

    return make


# ---- the grid ---------------------------------------------------------------------------------------------------------------------

GRID = [
    Model("xgb_d6_t500", "boosted, depth 6, 500 trees", "boosted", boosted(500, 6)),
    Model("xgb_d6_t100", "boosted, depth 6, 100 trees", "boosted", boosted(100, 6)),
    Model("xgb_d8_t500", "boosted, depth 8, 500 trees", "boosted", boosted(500, 8)),
    Model("xgb_d8_t100", "boosted, depth 8, 100 trees", "boosted", boosted(100, 8)),
    Model("lgb_31_t1000", "leaf-wise, 31 leaves, 1000 trees", "leaf-wise", leaf_wise(1000, 31)),
    Model("lgb_31_t500", "leaf-wise, 31 leaves, 500 trees", "leaf-wise", leaf_wise(500, 31)),
    Model("lgb_63_t500", "leaf-wise, 63 leaves, 500 trees", "leaf-wise", leaf_wise(500, 63)),
    Model("lgb_255_t100", "leaf-wise, 255 leaves, 100 trees", "leaf-wise", leaf_wise(100, 255)),
    Model("rf_d8_t100", "forest, depth 8, 100 trees", "forest", scikit_learn(RandomForestRegressor(100, max_depth=8, n_jobs=1, random_state=1))),
    Model("rf_full_t100", "forest, full depth, 100 trees, 2.5 million nodes", "forest", full_depth),
    Model("xgb_digits", "10 classes x 100 trees, depth 6 (digits)", "boosted", boosted(100, 6, data.digits, rows="mixed", classes=10)),
    Model("rf_digits_d8_t100", "forest, 10 classes, depth 8, 100 trees (digits)", "forest", digits_forest(8)),
    Model("rf_digits_t100", "forest, 10 classes, full depth, 100 trees (digits)", "forest", digits_forest(None)),
    Model("xgb_missing", "boosted, depth 6, 500 trees, missing values", "boosted", boosted(500, 6, holes=True)),
    Model("lgb_missing", "leaf-wise, 31 leaves, 500 trees, missing values", "leaf-wise", leaf_wise(500, 31, holes=True)),
    Model("lgb_categories", "leaf-wise, 31 leaves, 100 trees, 4 of 28 columns categories", "leaf-wise",
          leaf_wise(100, 31, data.categorical, categories=range(4))),
    Model("xgb_small", "boosted, depth 4, 10 trees (breast cancer)", "boosted", boosted(10, 4, data.breast_cancer, rows="mixed", classes=2)),
    Model("isolation", "isolation forest, 100 trees", "forest", scikit_learn(IsolationForest(n_estimators=100, random_state=1))),
    Model("abalone", "public: abalone, depth 6, 1000 trees", "boosted", public("abalone", 8)),
    Model("airline", "public: airline, depth 8, 100 trees", "boosted", public("airline", 13)),
    Model("higgs", "public: higgs, depth 8, 100 trees", "boosted", public("higgs", 28)),
]

# One tree with one decision: what a call costs without trees.
STUMPS = [
    Model("stump_xgb", "one decision", "boosted", boosted(1, 1)),
    Model("stump_lgb", "one decision", "leaf-wise", leaf_wise(1, 2)),
    Model("stump_rf", "one decision", "forest", scikit_learn(RandomForestRegressor(1, max_depth=1, random_state=1))),
]


def prepare(model, cache):
    """The model's folder, made if it is not there yet."""
    folder = os.path.join(cache, "models", model.name)
    if not os.path.exists(os.path.join(folder, "done.json")):
        os.makedirs(folder, exist_ok=True)
        start = time.time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.make(folder)
        with open(os.path.join(folder, "done.json"), "w", encoding="utf-8") as file:
            json.dump({"seconds": round(time.time() - start, 1)}, file)
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", default=os.path.join(ROOT, "build", "bench"))
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    for model in GRID + STUMPS:
        if not arguments.names or model.name in arguments.names:
            try:
                folder = prepare(model, arguments.cache)
            except Absent as reason:
                print(model.name, "is left out:", reason)
                continue
            print(model.name, os.path.getsize(os.path.join(folder, "model.onnx")), "bytes", flush=True)


if __name__ == "__main__":
    main()
