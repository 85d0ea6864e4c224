"""Trees, forests and boosting of scikit-learn, with every export option of skl2onnx."""

from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    RandomTreesEmbedding,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier, ExtraTreeRegressor

from data import SEED
from exporting import graph

OPSETS = (9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21)
ISOLATION_OPSET = {"": 17, "ai.onnx.ml": 3}


def tree(kind, **options):
    return kind(**({"max_depth": 5, "random_state": SEED} | options))


def forest(kind, **options):
    return tree(kind, **({"n_estimators": 6} | options))


def histogram(kind, **options):
    return kind(**({"max_iter": 8, "max_leaf_nodes": 8, "min_samples_leaf": 5, "random_state": SEED} | options))


PLAIN = [tree(DecisionTreeClassifier), tree(ExtraTreeClassifier), forest(RandomForestClassifier), forest(ExtraTreesClassifier)]
BOOSTED = [forest(GradientBoostingClassifier, max_depth=3), histogram(HistGradientBoostingClassifier)]
REGRESSORS = [
    tree(DecisionTreeRegressor),
    tree(ExtraTreeRegressor),
    forest(RandomForestRegressor),
    forest(ExtraTreesRegressor),
    forest(GradientBoostingRegressor, max_depth=3),
    histogram(HistGradientBoostingRegressor),
]


def classifiers():
    for estimator in PLAIN + BOOSTED:
        for target in ("int2", "int3", "gaps2", "str2", "str3", "bool"):
            yield graph("trees", estimator, target)
            yield graph("trees", estimator, target, zipmap=False)
        for target in ("gaps3", "str2"):
            yield graph("trees", estimator, target, zipmap="columns")
        yield graph("trees", estimator, "str3", zipmap=False, nocl=True)
        yield graph("trees", estimator, "str2", nocl=True)
        yield graph("trees", estimator, "int3", zipmap=False, output_class_labels=True)
        yield graph("trees", estimator, "str2", zipmap=False, output_class_labels=True)
        for dtype in ("float64", "int64", "bool"):
            yield graph("trees", estimator, "int2", dtype, zipmap=False)
        yield graph("trees", estimator, "int3", "float64")
        yield graph("trees", estimator, "one", zipmap=False)


def outputs():
    """Leaves, paths, raw scores."""
    for estimator in PLAIN:
        for target in ("int2", "int3"):
            yield graph("trees", estimator, target, zipmap=False, decision_leaf=True)
            yield graph("trees", estimator, target, zipmap=False, decision_path=True)
        yield graph("trees", estimator, "str3", decision_path=True, decision_leaf=True)
    for estimator in REGRESSORS[:4]:
        yield graph("trees", estimator, "real", decision_path=True, decision_leaf=True)
    for estimator in BOOSTED:
        for target in ("int2", "int3", "str2"):
            yield graph("trees", estimator, target, zipmap=False, raw_scores=True)
        yield graph("trees", estimator, "int2", raw_scores=True)


def boosting():
    yield graph("trees", forest(GradientBoostingClassifier, loss="exponential"), note="exponential loss")
    yield graph("trees", forest(GradientBoostingClassifier, loss="exponential"), note="exponential loss", zipmap=False)
    yield graph("trees", forest(GradientBoostingClassifier, init="zero"), note="init zero", zipmap=False)
    for loss in ("absolute_error", "huber", "quantile"):
        yield graph("trees", forest(GradientBoostingRegressor, loss=loss), "real", note=loss)
    yield graph("trees", forest(GradientBoostingRegressor, init="zero"), "real", note="init zero")
    for target in ("int2", "int3"):
        yield graph("trees", histogram(HistGradientBoostingClassifier), target, nan=True, zipmap=False)
        yield graph("trees", histogram(HistGradientBoostingClassifier), target, nan=True)
    yield graph("trees", histogram(HistGradientBoostingClassifier), "int2", "float64", nan=True, zipmap=False)
    yield graph("trees", histogram(HistGradientBoostingRegressor), "real", nan=True)
    for loss, target in (("absolute_error", "real"), ("quantile", "real"), ("poisson", "counts"), ("gamma", "positive")):
        options = {"quantile": 0.8} if loss == "quantile" else {}
        yield graph("trees", histogram(HistGradientBoostingRegressor, loss=loss, **options), target, note=loss)
    yield graph("trees", histogram(HistGradientBoostingRegressor, categorical_features=[0]), "real", note="categorical feature")


def regressors():
    for estimator in REGRESSORS:
        for dtype in ("float32", "float64", "int64", "bool"):
            yield graph("trees", estimator, "real", dtype)
    for estimator in REGRESSORS[:4]:
        yield graph("trees", estimator, "real2")
        yield graph("trees", estimator, "real2", "float64")
    for estimator in REGRESSORS[:3]:
        yield graph("trees", estimator, "real", nan=True)


def several_outputs():
    for estimator in PLAIN:
        for target in ("int2x2", "int3x2"):
            for dtype in ("float32", "float64"):
                yield graph("trees", estimator, target, dtype, zipmap=False)


def isolation():
    for count in (3, 20):
        estimator = IsolationForest(n_estimators=count, max_samples=64, random_state=SEED)
        yield graph("trees", estimator, "none", opset=ISOLATION_OPSET, note=f"{count} trees")
        yield graph("trees", estimator, "none", opset=ISOLATION_OPSET, note=f"{count} trees", score_samples=True)
    yield graph("trees", IsolationForest(max_features=0.6, random_state=SEED), "none", opset=ISOLATION_OPSET, note="part of the features")
    strict = IsolationForest(n_estimators=5, max_samples=64, contamination=0.1, random_state=SEED)
    yield graph("trees", strict, "none", opset={"": 11, "ai.onnx.ml": 2}, note="contamination")
    for dtype in ("float32", "int64", "float64"):
        yield graph("trees", strict, "none", dtype, opset=ISOLATION_OPSET, note="contamination")
    embedding = RandomTreesEmbedding(n_estimators=4, max_depth=3, sparse_output=False, random_state=SEED)
    yield graph("trees", embedding, "none")
    yield graph("trees", embedding, "none", "float64")


def opsets():
    for opset in OPSETS:
        yield graph("trees", forest(RandomForestClassifier), "str3", opset=opset, zipmap="columns")
    for opset in (9, 11, 13, 17, 21):
        yield graph("trees", tree(DecisionTreeClassifier), "int2x2", opset=opset, zipmap=False)
        yield graph("trees", forest(RandomForestClassifier), "int3x2", opset=opset, zipmap=False)
        yield graph("trees", forest(GradientBoostingClassifier, loss="exponential"), opset=opset, note="exponential loss")
        yield graph("trees", forest(RandomForestRegressor), "real", opset=opset, decision_path=True)


def graphs():
    for part in (classifiers, outputs, boosting, regressors, several_outputs, isolation, opsets):
        yield from part()
