"""TreeEnsemble (ai.onnx.ml 5), which no exporter of the list writes: trees of scikit-learn and LightGBM put into its form, and the specification's
own examples."""

import os

import lightgbm
import numpy as np
import onnx
import onnx.backend.test
from scipy.special import expit, softmax
from sklearn.datasets import load_diabetes, load_iris, make_classification
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor

import tree_builder as build
from case import Case, threshold_rows
from indexed_builder import Indexed
from models_boosting import category_effect, lgb, with_categories
from models_handmade import made
from models_sklearn import SEED, float32, predictions, shuffled, with_holes


def forest(targets=1, trees=7):
    x, y = float32(load_diabetes)
    y = (y - y.mean()) / y.std()
    y = np.column_stack([y, y**2, -y])[:, :targets]
    estimator = RandomForestRegressor(trees, max_depth=4, random_state=SEED).fit(x, y.squeeze())
    return x, estimator, [build.from_sklearn(e) for e in estimator.estimators_]


def aggregates():
    x, estimator, trees = forest()
    for aggregate, number, function in (("AVERAGE", 0, np.mean), ("SUM", 1, np.sum), ("MIN", 2, np.min), ("MAX", 3, np.max)):
        made_of = Indexed()
        for tree in trees:
            made_of.tree(tree)
        model = made_of.model(x.shape[1], **({} if aggregate == "SUM" else {"aggregate_function": number}))
        rows = np.concatenate([shuffled(x, 40), threshold_rows(model, x)])
        single = np.stack([e.predict(rows).reshape(-1, 1) for e in estimator.estimators_])
        yield made(f"v5_{aggregate.lower()}", estimator, aggregate, model, rows, [function(single, axis=0)])


def transforms():
    x, estimator, trees = forest(3)
    rows = shuffled(x)
    total = estimator.predict(rows) * len(trees)
    results = (
        (1, "softmax", softmax(total, axis=1), "D20"),
        (2, "logistic", expit(total), "D20"),
        (3, "softmax_zero", None, ""),
        (4, "probit", None, ""),
    )
    for number, name, result, difference in results:
        made_of = Indexed(3)
        for tree in trees:
            for target in range(3):
                made_of.tree(tree, target, target)
        if name == "probit":
            for i, (target, weight) in enumerate(made_of.leaves):
                made_of.leaves[i] = target, expit(weight) / len(trees)
        model = made_of.model(x.shape[1], post_transform=number)
        yield made(f"v5_{name}", estimator, f"{name.upper()}, 3 targets", model, rows, [result], difference=difference)


def doubles():
    x, y = load_diabetes(return_X_y=True)
    x[:, 0] += 1e-9 * np.arange(len(x))  # thresholds that a float cannot hold
    estimator = HistGradientBoostingRegressor(max_iter=10, max_leaf_nodes=10, random_state=SEED).fit(with_holes(x), y)
    base = float(np.ravel(estimator._baseline_prediction)[0])
    for name, number, result in (("double", 0, lambda v: v), ("double_logistic", 2, None)):
        made_of = Indexed(dtype="float64")
        for (predictor,) in estimator._predictors:
            made_of.tree(build.from_histogram(predictor))
        made_of.root(made_of.leaf(base))
        model = made_of.model(x.shape[1], post_transform=number)
        rows = np.concatenate([shuffled(x, 40), with_holes(shuffled(x, 20)), threshold_rows(model, x)])
        value = estimator.predict(rows).reshape(-1, 1)
        transformed = {"difference": "D7"} if number else {}
        yield made(
            f"v5_{name}",
            estimator,
            "doubles, missing values, a single leaf",
            model,
            rows,
            [expit(value) if number else value],
            **transformed,
        )
    x, estimator, trees = forest(3)
    x = x.astype(np.float64)
    made_of = Indexed(3, "float64")
    for tree in trees:
        for target in range(3):
            made_of.tree(tree, target, target)
    model = made_of.model(x.shape[1], post_transform=3)
    rows = shuffled(x)
    total = estimator.predict(rows) * len(trees)
    yield made("v5_double_softmax_zero", estimator, "SOFTMAX_ZERO of doubles, 3 targets", model, rows, [softmax(total, axis=1)])


def modes():
    x, y = make_classification(300, 8, n_informative=6, random_state=SEED)
    x = (x > 0).astype(np.float32)
    estimator = RandomForestRegressor(6, random_state=SEED).fit(x, y)
    made_of = Indexed()
    for tree in (build.from_sklearn(e, 1 / 6) for e in estimator.estimators_):
        made_of.tree(tree)
    for i, node in enumerate(made_of.nodes):
        mode = ("LEQ", "EQ", "LT", "NEQ", "GTE", "GT", "MEMBER")[i % 7]
        node[1] = mode
        node[2] = {"LEQ": 0.5, "LT": 0.5, "GTE": 0.5, "GT": 0.5, "MEMBER": [0.0, 7.0]}.get(mode, 0.0)
        if mode in ("NEQ", "GTE", "GT"):
            node[-2:] = node[:-3:-1]
    rows = shuffled(x)
    yield made("v5_modes", estimator, "all seven modes on data of 0 and 1", made_of.model(8), rows, predictions(estimator, rows))


def shapes():
    x, estimator, trees = forest(1, 2)
    made_of = Indexed()
    for tree in trees:
        made_of.tree(tree)
    made_of.roots = [made_of.roots[1], made_of.roots[0], made_of.roots[1]]
    model, rows = made_of.model(x.shape[1]), shuffled(x)
    first, second = (e.predict(rows) for e in estimator.estimators_)
    yield made("v5_roots", estimator, "one root is listed twice, in another order", model, rows, [(first + 2 * second).reshape(-1, 1)])
    right = made_of.nodes[made_of.roots[0]][-1][1]
    made_of.roots.append(right)
    rows = rows[rows[:, trees[1].feature[0]] > trees[1].threshold[0]]
    first, second = (e.predict(rows) for e in estimator.estimators_)
    result = (first + 3 * second).reshape(-1, 1)
    yield made("v5_inner_root", estimator, "a root is the child of another one", made_of.model(x.shape[1]), rows, [result])
    constant = DummyRegressor(strategy="constant", constant=7.25).fit(x, x[:, 0])
    made_of = Indexed()
    made_of.root(made_of.leaf(7.25))
    yield made("v5_leaf", constant, "a single leaf", made_of.model(x.shape[1]), rows, [constant.predict(rows).reshape(-1, 1)])


# ---- sets --------------------------------------------------------------------------------------------------------------------------


def add_dumped(made_of, structure):
    """A tree of LightGBM's dump; categories stay sets."""
    waiting, root = [(structure, None, None)], None
    links = {}
    while waiting:
        part, parent, side = waiting.pop()
        if "leaf_value" in part and "left_child" not in part:
            child = made_of.leaf(part["leaf_value"])
        elif part["decision_type"] == "==":
            child = made_of.node(part["split_feature"], "MEMBER", [float(c) for c in part["threshold"].split("||")], 0)
        else:
            child = made_of.node(part["split_feature"], "LEQ", part["threshold"], int(part["default_left"]))
        if parent is None:
            root = child
        else:
            links[parent, side] = child
        if child[0] == "node":
            waiting += [(part["right_child"], child[1], 1), (part["left_child"], child[1], 0)]
    for (parent, side), child in links.items():
        made_of.nodes[parent][side - 2] = child
    made_of.root(root)


def categories():
    x = with_categories(float32(load_diabetes)[0])
    y = category_effect(x)
    for name, wide in (("v5_sets", 1), ("v5_wide_sets", 7)):
        codes = x.copy()
        codes[:, 1] *= wide
        estimator = lgb(lightgbm.LGBMRegressor, min_data_per_group=5, cat_smooth=1, max_cat_to_onehot=1, max_cat_threshold=64)
        estimator.fit(codes, y, categorical_feature=[0, 1])
        made_of = Indexed()
        for tree in estimator.booster_.dump_model()["tree_info"]:
            add_dumped(made_of, tree["tree_structure"])
        rows = shuffled(codes)
        yield made(
            name,
            estimator,
            f"BRANCH_MEMBER, sets of up to {max(len(n[2]) for n in made_of.nodes if n[1] == 'MEMBER')} categories",
            made_of.model(x.shape[1]),
            rows,
            predictions(estimator, rows),
            edge=False,
            source=f"lightgbm {lightgbm.__version__} ",
        )


def awkward_sets():
    """Members that no category has: fractions, zeros of both signs, infinities, repeats."""
    x = np.array([-np.inf, -1.5, -1, -0.0, 0.0, 0.1, 0.5, 1, 1.5, 2, 3, 29, 30, 31, 40, 40.7, 1e9, np.inf, np.nan])
    for dtype in ("float32", "float64"):
        column = x.astype(dtype).reshape(-1, 1)
        made_of, expected = Indexed(4, dtype), []
        sets = ([0.5, 0.1, 0.5, -1.5], [-0.0, 3], [np.inf, -np.inf, 1e9], [2])
        for target, members in enumerate(sets):
            for flag in (0, 1):
                node = made_of.node(0, "MEMBER", members, flag)
                made_of.link(node, made_of.leaf(1.0 + 10 * flag, target), made_of.leaf(0.25, target))
                made_of.root(node)
            inside = np.isin(column, np.array(members, dtype=dtype))
            expected.append(np.where(inside, 1.0, 0.25) + np.where(inside | np.isnan(column), 11.0, 0.25))
        yield Case(
            f"v5_awkward_sets_{dtype}",
            "by hand, numpy.isin",
            "fractions, signed zeros, infinities and repeats as members",
            made_of.model(1),
            [column],
            [np.column_stack(expected).astype(dtype)],
            difference="D21",
        )


def fractions():
    """Between the members of a set so large that ONNX Runtime keeps it as integers."""
    members = np.arange(0.0, 80, 2)
    x = np.arange(-1, 81, 0.25, dtype=np.float32).reshape(-1, 1)
    made_of = Indexed()
    node = made_of.node(0, "MEMBER", members, 0)
    made_of.link(node, made_of.leaf(1.0), made_of.leaf(0.0))
    made_of.root(node)
    yield Case(
        "v5_fractions",
        "by hand, numpy.isin",
        "fractions between the 40 members of a set",
        made_of.model(1),
        [x],
        [np.isin(x, members).astype(np.float32)],
        difference="D21",
        imitated=False,
    )


def specification():
    root = os.path.join(os.path.dirname(onnx.backend.test.__file__), "data", "node")
    for name in ("set_membership", "single_tree"):
        directory = os.path.join(root, f"test_ai_onnx_ml_tree_ensemble_{name}")

        def tensor(path):
            return onnx.numpy_helper.to_array(onnx.load_tensor(os.path.join(directory, "test_data_set_0", path)))

        yield Case(
            f"spec_{name}",
            f"onnx {onnx.__version__} test_ai_onnx_ml_tree_ensemble_{name}",
            "example of the specification",
            onnx.load(os.path.join(directory, "model.onnx")),
            [tensor("input_0.pb")],
            [tensor("output_0.pb")],
        )


def cases():
    for group in (aggregates, transforms, doubles, modes, shapes, categories, awkward_sets, fractions, specification):
        yield from group()
