"""Meta-estimators of scikit-learn over trees."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV, RandomizedSearchCV, TunedThresholdClassifierCV
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier, MultiOutputRegressor, RegressorChain
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from data import SEED
from exporting import graph
from graphs_trees import forest, histogram, tree

TREE, STUMP = tree(DecisionTreeClassifier, max_depth=3), tree(DecisionTreeRegressor, max_depth=3)
FOREST, BOOSTER = forest(RandomForestClassifier, n_estimators=4), forest(GradientBoostingClassifier, max_depth=2)
OPSETS = (9, 11, 12, 13, 15, 18, 21)


def both(estimator, *arguments, **options):
    """With ZipMap and without."""
    yield graph("meta", estimator, *arguments, **options)
    yield graph("meta", estimator, *arguments, **options, zipmap=False)


def adaboost():
    estimator = AdaBoostClassifier(TREE, n_estimators=3, random_state=SEED)
    for target in ("int2", "int3", "str2", "str3"):
        yield from both(estimator, target)
    yield graph("meta", estimator, "int2", zipmap=False, raw_scores=True)
    yield graph("meta", estimator, "int3", zipmap=False, raw_scores=True)
    yield graph("meta", estimator, "str3", zipmap=False, output_class_labels=True)
    yield graph("meta", estimator, "str3", zipmap="columns")
    for dtype in ("float64", "int64"):
        yield graph("meta", estimator, "int2", dtype, zipmap=False)
    for opset in OPSETS:
        yield graph("meta", estimator, "int3", opset=opset, zipmap=False)
    for dtype in ("float32", "float64", "int64"):
        yield graph("meta", AdaBoostRegressor(STUMP, n_estimators=5, random_state=SEED), "real", dtype)
    for opset in (10, 11, 13, 18, 21):
        yield graph("meta", AdaBoostRegressor(STUMP, n_estimators=5, random_state=SEED), "real", opset=opset)


def bagging():
    whole = BaggingClassifier(TREE, n_estimators=3, random_state=SEED)
    part = BaggingClassifier(TREE, n_estimators=4, max_features=3, random_state=SEED)
    linear = BaggingClassifier(LogisticRegression(), n_estimators=3, random_state=SEED)
    for target in ("int2", "str3"):
        yield from both(whole, target)
        yield from both(part, target, note="part of the features")
    yield from both(linear, "int3", note="logistic regressions")
    yield graph("meta", part, "int3", "float64", note="part of the features", zipmap=False)
    yield graph("meta", part, "int3", "int64", note="part of the features", zipmap=False)
    for opset in OPSETS:
        yield graph("meta", part, "int3", opset=opset, note="part of the features", zipmap=False)
        yield graph("meta", BaggingRegressor(STUMP, n_estimators=3, max_features=3, random_state=SEED), "real", opset=opset)
    for dtype in ("float32", "float64", "int64"):
        yield graph("meta", BaggingRegressor(STUMP, n_estimators=3, random_state=SEED), "real", dtype)
    yield graph("meta", BaggingRegressor(forest(RandomForestRegressor), n_estimators=2, random_state=SEED), "real", note="of forests")


def voting():
    members = [("tree", TREE), ("forest", FOREST)]
    mixed = members + [("linear", LogisticRegression())]
    for target in ("int2", "str3"):
        for how in ("soft", "hard"):
            yield from both(VotingClassifier(members, voting=how, flatten_transform=False), target, note=how)
            yield from both(VotingClassifier(mixed, voting=how, flatten_transform=False), target, note=f"{how}, with a linear model")
    yield graph(
        "meta",
        VotingClassifier(members, voting="soft", weights=np.array([2, 1]), flatten_transform=False),
        note="soft, weights",
        zipmap=False,
    )
    yield graph("meta", VotingClassifier(members, voting="hard"), note="flatten_transform", zipmap=False)
    yield graph("meta", VotingClassifier(members, voting="soft", flatten_transform=False), "int2", "float64", note="soft", zipmap=False)
    for opset in (9, 12, 15, 21):
        yield graph(
            "meta", VotingClassifier(members, voting="hard", flatten_transform=False), "int3", opset=opset, note="hard", zipmap=False
        )
    regressors = [("tree", STUMP), ("forest", forest(RandomForestRegressor))]
    for dtype in ("float32", "float64", "int64"):
        yield graph("meta", VotingRegressor(regressors), "real", dtype)
    yield graph("meta", VotingRegressor(regressors + [("linear", LinearRegression())]), "real", note="with a linear model")
    yield graph("meta", VotingRegressor(regressors, weights=np.array([1, 3])), "real", note="weights")


def stacking():
    members = [("tree", TREE), ("forest", FOREST)]
    for target in ("int2", "str3"):
        yield from both(StackingClassifier(members, cv=3), target, tolerance=1e-4)
        yield from both(
            StackingClassifier(members, final_estimator=BOOSTER, passthrough=True, cv=3), target, note="passthrough into boosting"
        )
    yield graph("meta", StackingClassifier(members, cv=3, passthrough=True), "int3", note="passthrough", zipmap=False, tolerance=1e-4)
    yield graph("meta", StackingClassifier(members, cv=3), "int2", "float64", zipmap=False, tolerance=1e-4)
    regressors = [("tree", STUMP), ("forest", forest(RandomForestRegressor))]
    for dtype in ("float32", "float64", "int64"):
        yield graph("meta", StackingRegressor(regressors, cv=3), "real", dtype)
    yield graph("meta", StackingRegressor(regressors, cv=3, passthrough=True), "real", note="passthrough")
    boosted = StackingRegressor(regressors, final_estimator=forest(GradientBoostingRegressor), cv=3, passthrough=True)
    yield graph("meta", boosted, "real", note="passthrough into boosting")


def calibration():
    for method in ("sigmoid", "isotonic"):
        for target in ("int2", "int3", "str2"):
            yield from both(CalibratedClassifierCV(FOREST, method=method, cv=2), target, note=f"{method}, forest")
        yield graph("meta", CalibratedClassifierCV(FOREST, method=method, cv=2), "int2", "float64", note=f"{method}, forest", zipmap=False)
    for inner, name in ((BOOSTER, "boosting"), (histogram(HistGradientBoostingClassifier), "histogram boosting"), (TREE, "tree")):
        yield graph("meta", CalibratedClassifierCV(inner, cv=2), "int2", note=f"sigmoid, {name}", zipmap=False)
    yield graph("meta", CalibratedClassifierCV(FOREST, cv=2, ensemble=False), "int2", note="sigmoid, one calibrator", zipmap=False)
    for opset in OPSETS:
        yield graph("meta", CalibratedClassifierCV(FOREST, cv=2), "int3", opset=opset, note="sigmoid, forest", zipmap=False)


def several():
    for target in ("int3", "str3"):
        yield from both(OneVsRestClassifier(BOOSTER), target, note="boosting")
        yield from both(OneVsRestClassifier(FOREST), target, note="forest")
    yield graph("meta", OneVsRestClassifier(BOOSTER), "int3", note="boosting", zipmap=False, raw_scores=True)
    yield from both(OneVsRestClassifier(TREE), "int2", note="tree")
    yield graph("meta", OneVsRestClassifier(TREE), "labels2", note="several labels", zipmap=False)
    yield graph("meta", OneVsRestClassifier(STUMP), "int3", note="regressors", zipmap=False)
    yield graph("meta", OneVsRestClassifier(FOREST), "int3", "float64", note="forest", zipmap=False)
    yield graph("meta", OneVsOneClassifier(FOREST), "int3", note="forest", zipmap=False)
    yield graph("meta", OneVsOneClassifier(BOOSTER), "int3", note="boosting", zipmap=False)
    for target in ("int2x2", "int3x2"):
        yield from both(MultiOutputClassifier(FOREST), target)
    yield graph("meta", MultiOutputClassifier(FOREST), "int2x2", zipmap=False, output_class_labels=True)
    yield graph("meta", ClassifierChain(FOREST), "int2x2", zipmap=False)
    yield graph("meta", RegressorChain(STUMP), "real2")
    for inner, name in ((STUMP, "tree"), (forest(GradientBoostingRegressor), "boosting"), (Ridge(), "linear model")):
        yield graph("meta", MultiOutputRegressor(inner), "real2", note=name)
    for opset in (11, 13, 18, 21):
        yield graph("meta", OneVsRestClassifier(BOOSTER), "int3", opset=opset, note="boosting", zipmap=False)
        yield graph("meta", MultiOutputClassifier(FOREST), "int2x2", opset=opset, zipmap=False)


def searches():
    grid = {"max_depth": [2, 4]}
    for target in ("int2", "str3"):
        yield from both(GridSearchCV(FOREST, grid, cv=2), target)
    yield from both(RandomizedSearchCV(FOREST, grid, n_iter=2, cv=2, random_state=SEED), "int3")
    yield graph("meta", GridSearchCV(forest(RandomForestRegressor), grid, cv=2), "real")
    for target in ("int2", "str2"):
        yield from both(TunedThresholdClassifierCV(FOREST, cv=2), target)
        yield from both(FixedThresholdClassifier(FOREST, threshold=0.3), target)


def graphs():
    for part in (adaboost, bagging, voting, stacking, calibration, several, searches):
        yield from part()
