"""Models of LightGBM and XGBoost, exported by onnxmltools, and of CatBoost, which exports itself."""

import os
import tempfile

import catboost
import lightgbm
import numpy as np
import onnx
import onnxmltools
import pandas
import xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine

from case import Case, edge_rows
from models_sklearn import SEED, float32, predictions, shuffled, with_holes


def holes_in(rows):
    """Rows of which the second half has missing values."""
    rows = rows.copy()
    half = rows[len(rows) // 2 :]
    half[np.random.RandomState(SEED).rand(*half.shape) < 0.4] = np.nan
    return rows


def with_categories(x, seed=SEED):
    """Two columns of small whole numbers in front, on which a target can depend."""
    random = np.random.RandomState(seed)
    codes = np.column_stack([random.randint(0, 12, len(x)), random.randint(0, 40, len(x))])
    return np.column_stack([codes, x]).astype(np.float32)


def category_effect(x):
    return np.array([3, -2, 5, 0, 1, -4, 2, 2, -1, 4, -3, 1])[x[:, 0].astype(int)] + (x[:, 1].astype(int) % 3 == 1) * 4 + x[:, 2]


# ---- LightGBM ----------------------------------------------------------------------------------------------------------------------


def lgb(kind, trees=12, **parameters):
    return kind(
        n_estimators=trees, num_leaves=12, min_child_samples=5, random_state=SEED, n_jobs=1, deterministic=True, verbose=-1, **parameters
    )


def lgb_case(name, estimator, x, y, options="default", rows=None, edge=True, notes="", **fit):
    estimator.fit(x, y, **fit)
    model = onnxmltools.convert_lightgbm(estimator, initial_types=[("X", FloatTensorType([None, x.shape[1]]))], target_opset=15)
    rows = shuffled(x) if rows is None else rows
    source = f"lightgbm {lightgbm.__version__} {type(estimator).__name__}"
    return Case(name, source, options, model, [rows], predictions(estimator, rows), [edge_rows(model, rows)] if edge else [], notes=notes)


def lightgbm_models():
    iris, wine, cancer, diabetes = float32(load_iris), float32(load_wine), float32(load_breast_cancer), float32(load_diabetes)
    names = np.array(["one", "two", "three"])
    yield lgb_case("lgb_binary", lgb(lightgbm.LGBMClassifier), *cancer)
    yield lgb_case("lgb_multiclass", lgb(lightgbm.LGBMClassifier, trees=6), *iris)
    yield lgb_case("lgb_strings", lgb(lightgbm.LGBMClassifier, trees=4), wine[0], names[wine[1]], "string labels")
    yield lgb_case("lgb_regressor", lgb(lightgbm.LGBMRegressor), *diabetes)
    yield lgb_case("lgb_l1", lgb(lightgbm.LGBMRegressor, objective="regression_l1"), *diabetes, "objective=regression_l1")
    holed = with_holes(cancer[0])
    yield lgb_case("lgb_missing", lgb(lightgbm.LGBMClassifier), holed, cancer[1], "trained with NaN", holes_in(shuffled(cancer[0])))
    yield lgb_case(
        "lgb_missing_regressor",
        lgb(lightgbm.LGBMRegressor),
        with_holes(diabetes[0]),
        diabetes[1],
        "trained with NaN",
        holes_in(shuffled(diabetes[0])),
    )
    x = with_categories(diabetes[0])
    yield lgb_case(
        "lgb_categorical",
        lgb(lightgbm.LGBMRegressor, min_data_per_group=5, cat_smooth=1, max_cat_to_onehot=1, max_cat_threshold=24),
        x,
        category_effect(x),
        "2 categorical features, chains of BRANCH_EQ",
        categorical_feature=[0, 1],
    )
    yield lgb_case(
        "lgb_categorical_binary",
        lgb(lightgbm.LGBMClassifier, trees=6, min_data_per_group=5, cat_smooth=1, max_cat_to_onehot=1),
        x,
        (category_effect(x) > 1).astype(int),
        "2 categorical features",
        categorical_feature=[0, 1],
    )
    leaves = [30] * 25 + [300] + [30] * 25
    grown = lgb(lightgbm.LGBMRegressor, trees=len(leaves)).set_params(min_child_samples=1)
    yield lgb_case(
        "lgb_groups", grown, *diabetes, "one tree of 300 leaves among 50 of 30", callbacks=[lightgbm.reset_parameter(num_leaves=leaves)]
    )
    yield lgb_case("lgb_leaf", lgb(lightgbm.LGBMRegressor, trees=3), diabetes[0][:40], np.full(40, 7.25), "constant target: single leaves")


# ---- XGBoost -----------------------------------------------------------------------------------------------------------------------


def xgb(kind, trees=10, **parameters):
    return kind(n_estimators=trees, max_depth=4, random_state=SEED, n_jobs=1, tree_method="hist", **parameters)


def xgb_case(name, estimator, x, y, options="default", rows=None, notes="", raw=False, difference=""):
    estimator.fit(x, y)
    columns = x.shape[1]
    model = onnxmltools.convert_xgboost(estimator, initial_types=[("X", FloatTensorType([None, columns]))], target_opset=15)
    rows = shuffled(np.asarray(x, dtype=np.float32)) if rows is None else rows
    asked = rows
    if isinstance(x, pandas.DataFrame):
        asked = pandas.DataFrame(
            {
                c: pandas.Categorical(rows[:, i].astype(int), categories=x[c].cat.categories) if x[c].dtype == "category" else rows[:, i]
                for i, c in enumerate(x.columns)
            }
        )
    library = predictions(estimator, asked)
    if raw:
        library[1] = estimator.predict(asked, output_margin=True)
    source = f"xgboost {xgboost.__version__} {type(estimator).__name__}"
    return Case(name, source, options, model, [rows], library, [edge_rows(model, rows)], notes=notes, difference=difference)


def xgboost_models():
    iris, cancer, diabetes = float32(load_iris), float32(load_breast_cancer), float32(load_diabetes)
    yield xgb_case("xgb_binary", xgb(xgboost.XGBClassifier), *cancer)
    yield xgb_case("xgb_base_score", xgb(xgboost.XGBClassifier, base_score=0.3), *cancer, "base_score=0.3")
    yield xgb_case("xgb_base_half", xgb(xgboost.XGBClassifier, base_score=0.5), *cancer, "base_score=0.5")
    yield xgb_case("xgb_multiclass", xgb(xgboost.XGBClassifier, trees=6), *iris)
    yield xgb_case("xgb_regressor", xgb(xgboost.XGBRegressor), *diabetes)
    yield xgb_case("xgb_regressor_base", xgb(xgboost.XGBRegressor, base_score=100.0), *diabetes, "base_score=100")
    yield xgb_case(
        "xgb_forest", xgboost.XGBRFRegressor(n_estimators=10, max_depth=5, random_state=SEED, n_jobs=1), *diabetes, "random forest mode"
    )
    yield xgb_case(
        "xgb_missing", xgb(xgboost.XGBClassifier), with_holes(cancer[0]), cancer[1], "trained with NaN", holes_in(shuffled(cancer[0]))
    )
    yield xgb_case(
        "xgb_missing_regressor",
        xgb(xgboost.XGBRegressor),
        with_holes(diabetes[0]),
        diabetes[1],
        "trained with NaN",
        holes_in(shuffled(diabetes[0])),
    )
    x = with_categories(diabetes[0])
    table = pandas.DataFrame(x, columns=[f"f{i}" for i in range(x.shape[1])])
    for column in ("f0", "f1"):
        table[column] = pandas.Categorical(table[column].astype(int))
    yield xgb_case(
        "xgb_categorical",
        xgb(xgboost.XGBRegressor, enable_categorical=True, max_cat_to_onehot=4),
        table,
        category_effect(x),
        "2 categorical features, chains of BRANCH_EQ",
        rows=shuffled(x),
    )


# ---- CatBoost ----------------------------------------------------------------------------------------------------------------------


def cat(kind, trees=12, **parameters):
    return kind(iterations=trees, depth=4, random_seed=SEED, thread_count=1, allow_writing_files=False, verbose=False, **parameters)


def cat_model(estimator):
    """CatBoost writes to a path only; what changes from run to run is removed."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "model.onnx")
        estimator.save_model(path, format="onnx")
        model = onnx.load(path)
    kept = [
        p
        for p in model.metadata_props
        if p.key not in ("model_guid", "train_finish_time", "training", "output_options", "catboost_version_info")
    ]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    return model


def cat_case(name, estimator, x, y, options="default", rows=None, notes="", difference=""):
    estimator.fit(x, y)
    model = cat_model(estimator)
    rows = shuffled(x) if rows is None else rows
    library = predictions(estimator, rows)
    if len(library) > 1:
        library[0] = library[0].reshape(-1)
    source = f"catboost {catboost.__version__} {type(estimator).__name__}"
    return Case(name, source, options, model, [rows], library, [edge_rows(model, rows)], notes=notes, difference=difference)


def catboost_models():
    iris, wine, cancer, diabetes = float32(load_iris), float32(load_wine), float32(load_breast_cancer), float32(load_diabetes)
    names = np.array(["one", "two", "three"])
    biased = "D2: ONNX Runtime flips the sign of the score"
    yield cat_case("cat_binary", cat(catboost.CatBoostClassifier), *cancer, "no bias")
    yield cat_case(
        "cat_binary_bias",
        cat(catboost.CatBoostClassifier, boost_from_average=True),
        *cancer,
        "boost_from_average=True",
        notes=biased,
        difference="D2",
    )
    yield cat_case(
        "cat_binary_labels",
        cat(catboost.CatBoostClassifier),
        cancer[0],
        np.array([10, 20])[cancer[1]],
        "labels 10 and 20",
        notes="D3: ONNX Runtime writes the labels 0 and 1",
        difference="D3",
    )
    yield cat_case("cat_multiclass", cat(catboost.CatBoostClassifier, trees=8), *iris)
    yield cat_case("cat_strings", cat(catboost.CatBoostClassifier, trees=5), wine[0], names[wine[1]], "string labels")
    yield cat_case("cat_regressor", cat(catboost.CatBoostRegressor), *diabetes, "with bias")
    yield cat_case("cat_regressor_plain", cat(catboost.CatBoostRegressor, boost_from_average=False), *diabetes, "boost_from_average=False")
    yield cat_case(
        "cat_missing",
        cat(catboost.CatBoostRegressor),
        with_holes(diabetes[0]),
        diabetes[1],
        "trained with NaN, nan_mode=Min",
        holes_in(shuffled(diabetes[0])),
    )


def cases():
    yield from lightgbm_models()
    yield from xgboost_models()
    yield from catboost_models()
