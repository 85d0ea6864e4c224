"""Large models for tests and measurements on demand; they are not kept in the repository."""

import numpy as np
from sklearn.ensemble import RandomForestRegressor

import tree_builder as build


def forest(path, rows=20000, columns=30, trees=100, seed=20):
    """A real random forest, unlimited depth, on targets that are noise: each tree has about 1.26 nodes for each row (2.5 million in all). Trained by
    scikit-learn in minutes; written by our own vectorised writer, because skl2onnx needs many minutes and gigabytes for it."""
    return write_forest(train_forest(rows, columns, trees, seed), path)


def train_forest(rows=20000, columns=30, trees=100, seed=20):
    random = np.random.RandomState(seed)
    x = random.standard_normal((rows, columns)).astype(np.float32)
    return RandomForestRegressor(trees, max_features=4, n_jobs=2, random_state=seed).fit(x, random.standard_normal(rows))


def write_forest(estimator, path):
    built = [build.from_sklearn(e, 1 / len(estimator.estimators_)) for e in estimator.estimators_]
    attributes = {**build.node_attributes(built), **build.weight_attributes(built, "target"), "n_targets": 1}
    attributes["nodes_hitrates"] = np.ones(len(attributes["nodes_treeids"]), dtype=np.float32)  # what skl2onnx writes too
    attributes["nodes_missing_value_tracks_true"] = np.zeros(len(attributes["nodes_treeids"]), dtype=np.int64)
    return write(build.one_node_model(attributes, estimator.n_features_in_), path)


def chain(path, nodes):
    """One tree in which each false branch tests the next threshold: as deep as it has branches. The prediction of x is ceil(x) within its ends."""
    branches = nodes // 2
    feature = np.full(2 * branches + 1, -1)
    feature[:branches] = 0
    numbers = np.arange(branches)
    left, right = np.zeros(2 * branches + 1, dtype=np.int64), np.zeros(2 * branches + 1, dtype=np.int64)
    left[:branches] = branches + numbers
    right[:branches] = numbers + 1
    if branches:
        right[branches - 1] = 2 * branches
    threshold = np.zeros(2 * branches + 1)
    threshold[:branches] = numbers
    weights = np.zeros((2 * branches + 1, 1))
    weights[branches:, 0] = np.arange(branches + 1)
    tree = build.Tree(feature, threshold, left, right, weights)
    attributes = {**build.node_attributes([tree]), **build.weight_attributes([tree], "target"), "n_targets": 1}
    return write(build.one_node_model(attributes, 1), path)


def write(model, path):
    with open(path, "wb") as file:
        return file.write(model.SerializeToString(deterministic=True))
