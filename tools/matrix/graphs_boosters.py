"""LightGBM and XGBoost through onnxmltools, and CatBoost's own export."""

import os
import tempfile

import catboost
import lightgbm
import numpy as np
import onnx
import onnxmltools
import pandas
import xgboost
from onnxmltools.convert.common.data_types import DoubleTensorType, FloatTensorType, Int64TensorType

from data import SEED, TRAINED, numbers, task
from graph import Graph, Made

TYPES = {"float32": FloatTensorType, "float64": DoubleTensorType, "int64": Int64TensorType}


def with_categories(seed=SEED):
    """Two columns of small whole numbers in front of the numbers, and a target that depends on them."""
    x, random = numbers(columns=3), np.random.RandomState(seed)
    codes = np.column_stack([random.randint(0, 12, len(x)), random.randint(0, 40, len(x))])
    effect = np.array([3, -2, 5, 0, 1, -4, 2, 2, -1, 4, -3, 1])[codes[:, 0]] + (codes[:, 1] % 3 == 1) * 4 + x[:, 0]
    return np.column_stack([codes, x]).astype(np.float32), effect


def booster_task(target, dtype, nan):
    if target.startswith("categories"):
        x, effect = with_categories()
        y = effect if target == "categories" else (effect > np.median(effect)).astype(int)
        return x[:TRAINED], y[:TRAINED], x[TRAINED - 20 :]
    return task(target, dtype, nan)


def said(estimator, asked, model, margin=False):
    """The library's answers in the order label, probabilities; or values."""
    names = [output.name for output in model.graph.output]
    if hasattr(estimator, "predict_proba"):
        return {names[0]: np.asarray(estimator.predict(asked)).reshape(-1), names[1]: np.asarray(estimator.predict_proba(asked))}
    return {names[0]: np.asarray(estimator.predict(asked)).reshape(len(asked), -1)}


def words(target, dtype, nan, note, options):
    parts = [target] + ([dtype] if dtype != "float32" else []) + (["NaN"] if nan else []) + ([note] if note else [])
    return ", ".join(parts + [f"{key}={value}" for key, value in options.items()])


# ---- LightGBM ------------------------------------------------------------------------------------------------------------------------


def lgb(kind, target, dtype="float32", nan=False, note="", opset=15, fit=None, convert=None, **options):
    parameters = {
        "n_estimators": 8,
        "num_leaves": 8,
        "min_child_samples": 5,
        "random_state": SEED,
        "n_jobs": 1,
        "deterministic": True,
        "verbose": -1,
    }
    convert = convert or {}

    def make():
        x, y, asked = booster_task(target, dtype, nan)
        estimator = kind(**(parameters | options))
        if kind is lightgbm.LGBMRanker:
            estimator.fit(x, np.clip(np.rint(y) + 2, 0, 4).astype(int), group=[40] * (len(x) // 40))
        else:
            estimator.fit(x, y, **(fit or {}))
        types = [("input", TYPES[dtype]([None, x.shape[1]]))]
        model = onnxmltools.convert_lightgbm(estimator, initial_types=types, target_opset=opset, **convert)
        return Made(model, {"input": asked}, said(estimator, asked, model))

    text = ", ".join(filter(None, [note, f"opset {opset}" if opset != 15 else ""]))
    return Graph("LightGBM", kind.__name__, words(target, dtype, nan, text, options | convert), make)


LOSSES = ("regression_l1", "huber", "quantile", "poisson", "gamma", "tweedie", "mape", "fair", "cross_entropy")
POSITIVE = {"poisson": "counts", "gamma": "positive", "tweedie": "positive", "cross_entropy": "share"}


def lightgbm_graphs():
    classifier, regressor = lightgbm.LGBMClassifier, lightgbm.LGBMRegressor
    for target in ("int2", "int3", "str2", "str3", "gaps3"):
        yield lgb(classifier, target)
        yield lgb(classifier, target, convert={"zipmap": False})
    yield lgb(classifier, "int3", objective="multiclassova", convert={"zipmap": False})
    yield lgb(classifier, "int2", nan=True, convert={"zipmap": False})
    yield lgb(classifier, "int3", nan=True, convert={"zipmap": False})
    yield lgb(classifier, "int2", dtype="float64", convert={"zipmap": False})
    yield lgb(classifier, "int2", dtype="int64", convert={"zipmap": False})
    for target in ("int2", "int3"):
        yield lgb(classifier, target, boosting_type="rf", bagging_freq=1, bagging_fraction=0.7, convert={"zipmap": False})
        yield lgb(classifier, target, boosting_type="dart", convert={"zipmap": False})
    yield lgb(classifier, "int2", is_unbalance=True, convert={"zipmap": False})
    for dtype in ("float32", "float64", "int64"):
        yield lgb(regressor, "real", dtype)
    yield lgb(regressor, "real", nan=True)
    yield lgb(regressor, "real", nan=True, zero_as_missing=True)
    yield lgb(regressor, "real", nan=True, note="missing not used", use_missing=False)
    for objective in LOSSES:
        yield lgb(regressor, POSITIVE.get(objective, "real"), objective=objective)
    yield lgb(regressor, "real", reg_sqrt=True)
    yield lgb(regressor, "real", boosting_type="rf", bagging_freq=1, bagging_fraction=0.7)
    yield lgb(regressor, "real", boosting_type="dart")
    for split in (2, 5):
        yield lgb(regressor, "real", convert={"split": split})
    yield lgb(lightgbm.LGBMRanker, "real")
    categories = {"min_data_per_group": 5, "cat_smooth": 1, "max_cat_to_onehot": 1}
    yield lgb(regressor, "categories", note="categories", fit={"categorical_feature": [0, 1]}, **categories)
    yield lgb(classifier, "categories2", note="categories", fit={"categorical_feature": [0, 1]}, convert={"zipmap": False}, **categories)
    for opset in (9, 13):
        yield lgb(classifier, "int3", opset=opset)


# ---- XGBoost -------------------------------------------------------------------------------------------------------------------------


def xgb_frame(x):
    """The first two columns as categories."""
    table = pandas.DataFrame(x, columns=[f"f{i}" for i in range(x.shape[1])])
    for name, count in (("f0", 12), ("f1", 40)):
        table[name] = pandas.Categorical(table[name].astype(int), categories=list(range(count)))
    return table


def xgb(kind, target, nan=False, note="", opset=15, dtype="float32", **options):
    parameters = {"n_estimators": 6, "max_depth": 3, "random_state": SEED, "n_jobs": 1, "tree_method": "hist"}

    def make():
        x, y, asked = booster_task(target, dtype, nan)
        shown = xgb_frame if target.startswith("categories") else (lambda rows: rows)
        estimator = kind(**(parameters | options))
        if kind is xgboost.XGBRanker:
            estimator.fit(x, np.clip(np.rint(y) + 2, 0, 4).astype(int), qid=np.arange(len(x)) // 40)
        else:
            estimator.fit(shown(x), y)
        types = [("float_input", TYPES[dtype]([None, x.shape[1]]))]
        model = onnxmltools.convert_xgboost(estimator, initial_types=types, target_opset=opset)
        return Made(model, {"float_input": asked}, said(estimator, shown(asked), model))

    text = ", ".join(filter(None, [note, f"opset {opset}" if opset != 15 else ""]))
    return Graph("XGBoost", kind.__name__, words(target, dtype, nan, text, options), make)


def xgboost_graphs():
    classifier, regressor = xgboost.XGBClassifier, xgboost.XGBRegressor
    for target in ("int2", "int3"):
        for base in ({}, {"base_score": 0.3}, {"base_score": 0.5}):
            yield xgb(classifier, target, **base)
        yield xgb(classifier, target, nan=True)
        yield xgb(xgboost.XGBRFClassifier, target)
        yield xgb(classifier, target, booster="dart")
        yield xgb(classifier, target, note="int64", dtype="int64")
        for opset in (9, 11, 13):
            yield xgb(classifier, target, opset=opset)
    yield xgb(classifier, "int2", dtype="float64")
    yield xgb(classifier, "int3", objective="multi:softmax")
    for objective in ("binary:hinge", "binary:logitraw", "reg:logistic"):
        yield xgb(classifier, "int2", objective=objective)
    for options in ({}, {"base_score": 2.0}, {"base_score": 0.0}, {"num_parallel_tree": 3}, {"max_leaves": 6, "grow_policy": "lossguide"}):
        yield xgb(regressor, "real", **options)
    yield xgb(regressor, "real", nan=True)
    yield xgb(xgboost.XGBRFRegressor, "real")
    objectives = {
        "count:poisson": "counts",
        "reg:gamma": "positive",
        "reg:tweedie": "positive",
        "reg:absoluteerror": "real",
        "reg:pseudohubererror": "real",
        "reg:squaredlogerror": "positive",
        "reg:logistic": "share",
        "binary:logistic": "share",
        "reg:quantileerror": "real",
        "survival:cox": "positive",
    }
    for objective, target in objectives.items():
        options = {"quantile_alpha": 0.7} if "quantile" in objective else {}
        yield xgb(regressor, target, objective=objective, **options)
    yield xgb(regressor, "real", booster="dart")
    yield xgb(regressor, "real", booster="gblinear")
    yield xgb(regressor, "real2", note="two targets")
    yield xgb(regressor, "real2", note="two targets, trees of vectors", multi_strategy="multi_output_tree")
    yield xgb(regressor, "real", note="missing -999", missing=-999.0)
    yield xgb(regressor, "categories", enable_categorical=True, max_cat_to_onehot=4)
    yield xgb(regressor, "categories", enable_categorical=True, max_cat_to_onehot=100)
    yield xgb(classifier, "categories2", enable_categorical=True, max_cat_to_onehot=4)
    yield xgb(xgboost.XGBRanker, "real")


# ---- CatBoost ------------------------------------------------------------------------------------------------------------------------


def cat(kind, target, nan=False, note="", **options):
    parameters = {"iterations": 8, "depth": 3, "random_seed": SEED, "thread_count": 1, "allow_writing_files": False, "verbose": False}

    def make():
        x, y, asked = booster_task(target, "float32", nan)
        estimator = kind(**(parameters | options)).fit(x, y)
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "model.onnx")
            estimator.save_model(path, format="onnx")
            model = onnx.load(path)
        return Made(model, {"features": asked}, said(estimator, asked, model))

    return Graph("CatBoost", kind.__name__, words(target, "float32", nan, note, options), make)


def catboost_graphs():
    classifier, regressor = catboost.CatBoostClassifier, catboost.CatBoostRegressor
    for target in ("int2", "int3", "gaps2", "gaps3", "str2", "str3"):
        yield cat(classifier, target)
    for target in ("int2", "str2", "int3"):
        yield cat(classifier, target, boost_from_average=True)
    yield cat(classifier, "int2", nan=True)
    yield cat(classifier, "int3", nan=True)
    yield cat(classifier, "int2", loss_function="CrossEntropy")
    yield cat(classifier, "int3", loss_function="MultiClassOneVsAll")
    yield cat(classifier, "int2", grow_policy="Depthwise")
    yield cat(classifier, "int2", auto_class_weights="Balanced")
    for options in ({}, {"boost_from_average": False}, {"loss_function": "MAE"}, {"loss_function": "Quantile:alpha=0.8"}):
        yield cat(regressor, "real", **options)
    yield cat(regressor, "real", loss_function="Huber:delta=1.0")
    yield cat(regressor, "real", loss_function="Expectile:alpha=0.7")
    yield cat(regressor, "real", nan=True, nan_mode="Min")
    yield cat(regressor, "real", nan=True, nan_mode="Max")
    yield cat(regressor, "counts", loss_function="Poisson")
    yield cat(regressor, "positive", loss_function="Tweedie:variance_power=1.5")
    yield cat(regressor, "real", loss_function="RMSEWithUncertainty")
    yield cat(regressor, "real2", loss_function="MultiRMSE")


def graphs():
    yield from lightgbm_graphs()
    yield from xgboost_graphs()
    yield from catboost_graphs()
