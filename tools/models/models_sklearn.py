"""Models of scikit-learn, exported by skl2onnx."""

import numpy as np
import sklearn
from skl2onnx import to_onnx
from skl2onnx.common.data_types import BooleanTensorType
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine, make_classification, make_regression
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor

from case import Case, edge_rows, extreme_rows, integer_edge_rows, threshold_rows

SEED = 20
ROWS = 60


def float32(loader):
    x, y = loader(return_X_y=True)
    return x.astype(np.float32), y


def shuffled(x, count=ROWS, seed=SEED):
    return x[np.random.RandomState(seed).permutation(len(x))[:count]]


def predictions(estimator, x):
    """Label and probabilities, or values, in the order of the graph's outputs."""
    if hasattr(estimator, "predict_proba"):
        labels = estimator.predict(x)
        return [labels.astype(np.int64) if labels.dtype == bool else labels, estimator.predict_proba(x)]
    return [estimator.predict(x).reshape(len(x), -1)]


def export(estimator, x, **options):
    return to_onnx(estimator, x[:1], options={id(estimator): options} if options else None)


def described(estimator):
    return f"sklearn {sklearn.__version__} {type(estimator).__name__}"


def case(name, estimator, x, y, options="", nan=False, notes="", difference="", **export_options):
    """Trains, exports, and asks the estimator about rows of its data and rows on thresholds."""
    estimator.fit(x, y)
    model = export(estimator, x, **export_options)
    rows = shuffled(x)
    exact = rows.dtype == np.float32 and not nan
    if exact:  # skl2onnx rounds these thresholds so that every float takes scikit-learn's branch
        rows = np.concatenate([rows, threshold_rows(model, rows)])
    edge = [integer_edge_rows(model, rows) if rows.dtype.kind == "i" else extreme_rows(rows) if exact else edge_rows(model, rows)]
    if nan:
        with_nan = shuffled(x, 30, SEED + 1).copy()
        with_nan[np.random.RandomState(SEED).rand(*with_nan.shape) < 0.4] = np.nan
        rows = np.concatenate([rows, with_nan])
    text = ", ".join([options] * bool(options) + [f"{k}={v}" for k, v in export_options.items()])
    return Case(
        name, described(estimator), text or "default", model, [rows], predictions(estimator, rows), edge, notes=notes, difference=difference
    )


def trees():
    iris, wine, cancer, diabetes = float32(load_iris), float32(load_wine), float32(load_breast_cancer), float32(load_diabetes)
    names = np.array(["malignant", "benign"])
    yield case("sk_tree_iris", DecisionTreeClassifier(random_state=SEED), *iris)
    yield case(
        "sk_tree_strings", DecisionTreeClassifier(max_depth=4, random_state=SEED), cancer[0], names[cancer[1]], "string labels, two classes"
    )
    yield case(
        "sk_tree_labels",
        DecisionTreeClassifier(max_depth=4, random_state=SEED),
        wine[0],
        np.array([-5, 7, 100])[wine[1]],
        "labels -5, 7, 100",
        zipmap=False,
    )
    leaves = case(
        "sk_tree_decision_leaf",
        DecisionTreeClassifier(max_depth=3, random_state=SEED),
        *iris,
        zipmap=False,
        decision_leaf=True,
        notes="the third output gives the leaf's id as often as there are classes: the first weight counts",
    )
    leaves.library.append(DecisionTreeClassifier(max_depth=3, random_state=SEED).fit(*iris).apply(leaves.inputs[0]).reshape(-1, 1))
    yield leaves
    yield case("sk_tree_regressor", DecisionTreeRegressor(max_depth=6, random_state=SEED), *diabetes)
    x = np.arange(160, dtype=np.float32).reshape(-1, 1)
    yield case("sk_tree_deep", DecisionTreeRegressor(random_state=SEED), x, 1.3 ** np.arange(160), "unlimited depth on exponential growth")
    yield case("sk_extra_tree_wine", ExtraTreeClassifier(random_state=SEED), *wine, zipmap=False)
    yield case("sk_extra_tree_regressor", ExtraTreeRegressor(max_depth=7, random_state=SEED), *diabetes)
    constant = np.ones((10, 3), dtype=np.float32)
    yield case("sk_leaf_regressor", DecisionTreeRegressor(), constant, np.full(10, 2.5), "a single leaf")
    yield case("sk_leaf_classifier", DecisionTreeClassifier(), constant, np.arange(10) % 5 > 1, "a single leaf, bool labels", zipmap=False)


def forests():
    iris, wine, cancer, diabetes = float32(load_iris), float32(load_wine), float32(load_breast_cancer), float32(load_diabetes)
    digits = float32(load_digits)
    yield case("sk_forest_binary", RandomForestClassifier(25, max_depth=5, random_state=SEED), *cancer, zipmap=False)
    yield case(
        "sk_forest_binary_zipmap", RandomForestClassifier(10, random_state=SEED), cancer[0], cancer[1] == 1, "bool labels, pure leaves"
    )
    yield case("sk_forest_digits", RandomForestClassifier(8, max_depth=6, random_state=SEED), *digits, "10 classes", zipmap=False)
    yield case(
        "sk_forest_strings",
        RandomForestClassifier(12, max_depth=4, random_state=SEED),
        wine[0],
        np.array(["Barolo", "Grignolino", "Barbera è"])[wine[1]],
        "string labels, one of them not ASCII",
    )
    yield case("sk_forest_nocl", RandomForestClassifier(5, max_depth=3, random_state=SEED), *iris, zipmap=False, nocl=True)
    yield case("sk_forest_100", RandomForestClassifier(100, max_depth=3, random_state=SEED), *iris, "100 trees", zipmap=False)
    yield case("sk_forest_regressor", RandomForestRegressor(20, max_depth=5, random_state=SEED), *diabetes)
    targets = np.column_stack([diabetes[1], diabetes[1] ** 0.5, -diabetes[1]])
    yield case(
        "sk_forest_multi",
        RandomForestRegressor(10, max_depth=5, random_state=SEED),
        diabetes[0],
        targets,
        "3 targets",
        notes="output declared with 1 column, has 3",
    )
    yield missing_forest(*diabetes)
    yield case("sk_extra_trees_binary", ExtraTreesClassifier(15, max_depth=6, random_state=SEED), *cancer, zipmap=False)
    yield case("sk_extra_trees_regressor", ExtraTreesRegressor(15, max_depth=6, random_state=SEED), *diabetes)


def missing_forest(x, y):
    """skl2onnx leaves out where these trees send NaN: the file sends it to the false branch, so rows with NaN are edge rows."""
    made = case(
        "sk_forest_missing",
        RandomForestRegressor(8, max_depth=5, random_state=SEED),
        with_holes(x),
        y,
        "trained with NaN",
        notes="the export lost missing_go_to_left: rows with NaN are not what scikit-learn predicts",
    )
    rows = shuffled(x)
    estimator = RandomForestRegressor(8, max_depth=5, random_state=SEED).fit(with_holes(x), y)
    made.inputs, made.library = [rows], predictions(estimator, rows)
    made.edge = [np.concatenate([edge_rows(made.model, rows), shuffled(with_holes(x), 30)])]
    return made


def other_inputs():
    x, y = make_classification(300, 6, n_informative=5, n_redundant=0, n_classes=3, random_state=SEED)
    whole = np.round(x * 10).astype(np.int64)
    yield case("sk_int64_forest", RandomForestClassifier(8, max_depth=5, random_state=SEED), whole, y, "int64 input", zipmap=False)
    yield case("sk_int64_regressor", RandomForestRegressor(8, max_depth=5, random_state=SEED), whole, x[:, 0], "int64 input, Cast in front")
    flags = x > 0
    estimator = RandomForestClassifier(8, random_state=SEED).fit(flags, y > 0)
    model = to_onnx(estimator, initial_types=[("X", BooleanTensorType([None, 6]))], options={id(estimator): {"zipmap": False}})
    yield Case(
        "sk_bool_input", described(estimator), "bool input, zipmap=False", model, [flags[:ROWS]], predictions(estimator, flags[:ROWS])
    )


def boosting():
    iris, cancer, diabetes = float32(load_iris), float32(load_breast_cancer), float32(load_diabetes)
    yield case("sk_gb_binary", GradientBoostingClassifier(n_estimators=20, max_depth=3, random_state=SEED), *cancer)
    yield case("sk_gb_multiclass", GradientBoostingClassifier(n_estimators=8, max_depth=3, random_state=SEED), *iris, zipmap=False)
    yield case("sk_gb_regressor", GradientBoostingRegressor(n_estimators=25, max_depth=3, random_state=SEED), *diabetes)
    raw = case(
        "sk_gb_raw", GradientBoostingClassifier(n_estimators=8, max_depth=3, random_state=SEED), *iris, zipmap=False, raw_scores=True
    )
    estimator = GradientBoostingClassifier(n_estimators=8, max_depth=3, random_state=SEED).fit(*iris)
    raw.library[1] = estimator.decision_function(raw.inputs[0])
    yield raw


def with_holes(x, share=0.15):
    x = x.copy()
    x[np.random.RandomState(SEED).rand(*x.shape) < share] = np.nan
    return x


def histogram_boosting():
    """Their thresholds are rounded to the nearest float, above some numbers that the library sends the other way: threshold rows are edge rows."""
    iris, cancer, diabetes = float32(load_iris), float32(load_breast_cancer), float32(load_diabetes)
    yield case(
        "sk_hgb_binary",
        HistGradientBoostingClassifier(max_iter=15, max_leaf_nodes=12, random_state=SEED),
        with_holes(cancer[0]),
        cancer[1],
        "trained with NaN",
        nan=True,
        zipmap=False,
    )
    yield case(
        "sk_hgb_multiclass",
        HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=8, random_state=SEED),
        with_holes(iris[0]),
        iris[1],
        "trained with NaN",
        nan=True,
    )
    yield case(
        "sk_hgb_regressor",
        HistGradientBoostingRegressor(max_iter=15, max_leaf_nodes=12, random_state=SEED),
        with_holes(diabetes[0]),
        diabetes[1],
        "trained with NaN",
        nan=True,
    )


def doubles():
    """Exports of data in float64. Rows are numbers that a float holds: between them and thresholds scikit-learn rounds its input."""
    x, y = load_breast_cancer(return_X_y=True)
    x = x.astype(np.float32).astype(np.float64)
    yield case("sk_double_forest", RandomForestClassifier(10, max_depth=5, random_state=SEED), x, y, "float64 input", zipmap=False)
    x, y = load_diabetes(return_X_y=True)
    x = x.astype(np.float32).astype(np.float64)
    declared = "D17: output declared double"
    forest = case(
        "sk_double_regressor",
        RandomForestRegressor(10, max_depth=5, random_state=SEED),
        x,
        y,
        "float64 input",
        notes=declared,
        difference="D17",
    )
    yield forest
    # The same file with the declaration that the operator has, which ONNX Runtime loads.
    model = type(forest.model)()
    model.CopyFrom(forest.model)
    for output in model.graph.output:
        output.type.tensor_type.elem_type = 1
    rows = forest.inputs[0]
    yield Case(
        "sk_double_regressor_declared",
        forest.source,
        "float64 input, output declared float by hand",
        model,
        [rows],
        forest.library,
        [edge_rows(model, rows)],
        notes="edge rows lie between thresholds and their float neighbours: compared in double",
    )
    x, y = make_regression(200, 5, noise=3.0, random_state=SEED)
    x = x.astype(np.float32).astype(np.float64)
    yield case(
        "sk_double_gb",
        GradientBoostingRegressor(n_estimators=10, random_state=SEED),
        x,
        y,
        "float64 input",
        notes=declared,
        difference="D17",
    )


def cases():
    for group in (trees, forests, other_inputs, boosting, histogram_boosting, doubles):
        yield from group()
