"""Models that no exporter writes: real trees of scikit-learn put into every form that the operators allow."""

import numpy as np
import sklearn
from onnx import TensorProto, helper
from scipy.special import expit, softmax
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import tree_builder as build
from case import Case, edge_rows, extreme_rows, integer_edge_rows, threshold_rows
from models_sklearn import SEED, export, float32, predictions, shuffled, with_holes
from rewrite import edited, packed_bytes, values_of, with_modes, with_other_ids

SOURCE = f"sklearn {sklearn.__version__} "


def made(name, estimator, options, model, rows, library, edge=True, source=SOURCE, **more):
    return Case(
        name,
        source + type(estimator).__name__ + ", by hand",
        options,
        model,
        [rows],
        library,
        [edge_rows(model, rows)] if edge else [],
        **more,
    )


def modes():
    x, y = float32(load_iris)
    estimator = RandomForestClassifier(6, max_depth=4, random_state=SEED).fit(x, y)
    plain = export(estimator, x, zipmap=False)
    rows = np.concatenate([shuffled(x), threshold_rows(plain, x)])
    for mode in ("LT", "GTE", "GT"):
        yield made(
            f"hand_{mode.lower()}", estimator, f"BRANCH_{mode}", with_modes(plain, [f"BRANCH_{mode}"]), rows, predictions(estimator, rows)
        )
    mixed = with_modes(plain, ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"])
    yield made("hand_mixed_modes", estimator, "LEQ, LT, GTE and GT in one tree", mixed, rows, predictions(estimator, rows))
    x, y = make_classification(300, 8, n_informative=6, random_state=SEED)
    x = (x > 0).astype(np.float32)
    estimator = RandomForestClassifier(6, random_state=SEED).fit(x, y)
    plain, rows = export(estimator, x, zipmap=False), shuffled(x)
    for mode in ("EQ", "NEQ"):
        yield made(
            f"hand_{mode.lower()}",
            estimator,
            f"BRANCH_{mode} on data of 0 and 1",
            with_modes(plain, [f"BRANCH_{mode}"]),
            rows,
            predictions(estimator, rows),
        )
    six = with_modes(plain, [f"BRANCH_{mode}" for mode in ("LEQ", "EQ", "LT", "NEQ", "GTE", "GT")])
    yield made("hand_six_modes", estimator, "all six modes on data of 0 and 1", six, rows, predictions(estimator, rows))


def aggregates():
    x, y = float32(load_diabetes)
    y = np.column_stack([y - 150, y**0.5])
    for targets, suffix in ((1, ""), (2, "_multi")):
        estimator = RandomForestRegressor(7, max_depth=4, random_state=SEED).fit(x, y[:, :targets].squeeze())
        trees = [build.from_sklearn(e) for e in estimator.estimators_]
        attributes = {**build.node_attributes(trees), **build.weight_attributes(trees, "target"), "n_targets": targets}
        base = np.array([0.5, -2.0], dtype=np.float32)[:targets]
        for aggregate, function in (("AVERAGE", np.mean), ("MIN", np.min), ("MAX", np.max), ("SUM", np.sum)):
            if aggregate == "SUM" and targets == 1:
                continue
            model = build.one_node_model({**attributes, "aggregate_function": aggregate, "base_values": base}, x.shape[1])
            rows = np.concatenate([shuffled(x, 40), threshold_rows(model, x)])
            single = np.stack([e.predict(rows).reshape(len(rows), -1) for e in estimator.estimators_])
            yield made(
                f"hand_{aggregate.lower()}{suffix}", estimator, f"{aggregate}, base values", model, rows, [function(single, axis=0) + base]
            )


def transforms():
    x, y = float32(load_iris)
    estimator = DecisionTreeClassifier(max_depth=4, random_state=SEED).fit(x, y)
    tree, rows = export(estimator, x, zipmap=False), shuffled(x)
    labels, scores = predictions(estimator, rows)
    for transform, result in (("SOFTMAX", softmax(scores, axis=1)), ("LOGISTIC", expit(scores)), ("SOFTMAX_ZERO", None), ("PROBIT", None)):
        model = edited(tree, post_transform=transform)
        yield made(
            f"hand_{transform.lower()}", estimator, f"{transform} of probabilities, zeros among them", model, rows, [labels, result], False
        )
    x, y = float32(load_diabetes)
    y = (y - y.mean()) / y.std()
    estimator = RandomForestRegressor(6, max_depth=5, random_state=SEED).fit(x, np.column_stack([y, y**2, -y]))
    plain, rows = edited(export(estimator, x), n_targets=3), shuffled(x)
    value = estimator.predict(rows)
    for transform, result in (("SOFTMAX", softmax(value, axis=1)), ("LOGISTIC", expit(value)), ("SOFTMAX_ZERO", softmax(value, axis=1))):
        model = edited(plain, post_transform=transform)
        yield made(f"hand_{transform.lower()}_regressor", estimator, f"{transform}, 3 targets", model, rows, [result])
    estimator = RandomForestRegressor(6, max_depth=5, random_state=SEED).fit(x, expit(y))
    model = edited(export(estimator, x), post_transform="PROBIT")
    yield made(
        "hand_probit_regressor", estimator, "PROBIT, 1 target", model, rows, [None], notes="the operator's formula is only near scipy's"
    )


def tensors():
    """Double thresholds and weights: values that lie between floats are compared as such."""
    x, y = load_diabetes(return_X_y=True)
    x[:, 0] += 1e-9 * np.arange(len(x))  # thresholds that a float cannot hold
    estimator = HistGradientBoostingRegressor(max_iter=10, max_leaf_nodes=10, random_state=SEED).fit(with_holes(x), y)
    trees = [build.from_histogram(p) for (p,) in estimator._predictors]
    base = np.asarray(estimator._baseline_prediction, dtype=np.float64).ravel()
    for suffix, form in (("", "double"), ("_raw", "double raw")):
        attributes = {
            **build.node_attributes(trees, form),
            **build.weight_attributes(trees, "target", form),
            "n_targets": 1,
            **build.reals("base_values", base, form),
        }
        model = build.one_node_model(attributes, x.shape[1], "float64", ml=3)
        rows = np.concatenate([shuffled(x, 40), with_holes(shuffled(x, 20)), threshold_rows(model, x)])
        yield made(f"hand_as_tensor_regressor{suffix}", estimator, f"{form} tensors, base value", model, rows, predictions(estimator, rows))
    x, y = load_breast_cancer(return_X_y=True)
    estimator = HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=8, random_state=SEED).fit(with_holes(x), y)
    trees = [build.from_histogram(p) for (p,) in estimator._predictors]
    base = np.asarray(estimator._baseline_prediction, dtype=np.float64).ravel()
    attributes = {
        **build.node_attributes(trees, "double"),
        **build.weight_attributes(trees, "class", "double"),
        **build.reals("base_values", base, "double"),
        "classlabels_int64s": [0, 1],
        "post_transform": "LOGISTIC",
    }
    model = build.one_node_model(attributes, x.shape[1], "float64", ml=3)
    rows = np.concatenate([shuffled(x, 40), with_holes(shuffled(x, 20)), threshold_rows(model, x)])
    yield made("hand_as_tensor_binary", estimator, "double tensors, LOGISTIC", model, rows, predictions(estimator, rows))
    x, y = float32(load_iris)
    estimator = DecisionTreeClassifier(random_state=SEED).fit(x, y)
    trees = [build.from_sklearn(estimator)]
    trees[0].threshold = build.float_below(trees[0].threshold)
    attributes = {
        **build.node_attributes(trees, "float"),
        **build.weight_attributes(trees, "class", "float"),
        "classlabels_strings": ["a", "b", "c"],
    }
    model = build.one_node_model(attributes, 4, ml=3, labels=TensorProto.STRING)
    rows = np.concatenate([shuffled(x), threshold_rows(model, x)])
    labels, scores = predictions(estimator, rows)
    yield made("hand_as_tensor_float", estimator, "float tensors, string labels", model, rows, [np.array(["a", "b", "c"])[labels], scores])


def integers():
    x, y = make_classification(300, 5, n_informative=4, n_redundant=0, random_state=SEED)
    x = np.round(x * 20).astype(np.int32)
    estimator = RandomForestClassifier(6, max_depth=5, random_state=SEED).fit(x, y)
    trees = [build.from_sklearn(e, 1 / 6) for e in estimator.estimators_]
    for tree in trees:
        tree.weights = tree.weights[:, 1:]
    attributes = {**build.node_attributes(trees), **build.weight_attributes(trees, "class"), "classlabels_int64s": [0, 1]}
    model, rows = build.one_node_model(attributes, 5, "int32"), shuffled(x)
    whole = made("hand_int32", estimator, "int32 input", model, rows, predictions(estimator, rows), False)
    whole.edge = [integer_edge_rows(model, rows)]
    yield whole
    attributes = {**build.node_attributes(trees), **build.weight_attributes(trees, "target"), "n_targets": 1}
    rows = rows.astype(np.int64)
    yield made(
        "hand_int64_regressor",
        estimator,
        "int64 input, no Cast in front",
        build.one_node_model(attributes, 5, "int64"),
        rows,
        [estimator.predict_proba(rows)[:, 1:]],
        False,
        difference="D16",
    )


def layouts():
    x, y = float32(load_iris)
    estimator = RandomForestClassifier(6, max_depth=4, random_state=SEED).fit(x, y)
    plain = export(estimator, x, zipmap=False)
    rows = np.concatenate([shuffled(x), threshold_rows(plain, x)])
    random = np.random.RandomState(SEED)
    yield made(
        "hand_ids",
        estimator,
        "ids with gaps, nodes and weights in random order",
        with_other_ids(plain, random),
        rows,
        predictions(estimator, rows),
    )
    yield made(
        "hand_packed",
        estimator,
        "packed arrays, as proto3 writers encode them",
        plain,
        rows,
        predictions(estimator, rows),
        data=packed_bytes(plain),
    )
    yield two_inputs()


def two_inputs():
    x, y = float32(load_diabetes)
    left = DecisionTreeRegressor(max_depth=4, random_state=SEED).fit(x[:, :4], y)
    right = RandomForestClassifier(5, max_depth=4, random_state=SEED).fit(x[:, 4:], y > 140)
    trees = [build.from_sklearn(left)]
    first = build.tree_node(
        "TreeEnsembleRegressor",
        ["a"],
        ["value"],
        {**build.node_attributes(trees), **build.weight_attributes(trees, "target"), "n_targets": 1},
    )
    second = export(right, x[:, 4:], zipmap=False).graph.node[0]
    second.input[0], second.output[0], second.output[1] = "b", "label", "scores"
    casts = [
        helper.make_node("Cast", ["label"], ["label_float"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["scores"], ["scores_double"], to=TensorProto.DOUBLE),
        helper.make_node("Cast", ["value"], ["value_int"], to=TensorProto.INT64),
        helper.make_node("Identity", ["value_int"], ["value_same"]),
        helper.make_node("Cast", ["label"], ["label_bool"], to=TensorProto.BOOL),
    ]
    declared = [("value", 1), ("scores_double", 11), ("label_float", 1), ("value_same", 7), ("label_bool", 9)]
    outputs = [helper.make_tensor_value_info(n, t, [None, None] if n[0] in "vs" else [None]) for n, t in declared]
    inputs = [helper.make_tensor_value_info("a", 1, [None, 4]), helper.make_tensor_value_info("b", 1, [None, 6])]
    model = build.model_of([first, second] + casts, inputs, outputs)
    arrays = [shuffled(x)[:, :4].copy(), shuffled(x)[:, 4:].copy()]
    value, (labels, scores) = predictions(left, arrays[0])[0], predictions(right, arrays[1])
    library = [value, scores, labels.astype(np.float32), value.astype(np.int64), labels.astype(bool)]
    edge = [extreme_rows(rows) for rows in arrays]
    return Case(
        "hand_two_inputs",
        SOURCE + "DecisionTreeRegressor and RandomForestClassifier, by hand",
        "two inputs, two tree operators, Cast to 4 types, Identity",
        model,
        arrays,
        library,
        edge,
    )


def accepted():
    """What loads with a warning: weights of interior nodes, numbers that are not finite, an input that nothing reads."""
    x, y = float32(load_diabetes)
    tree = DecisionTreeRegressor(max_depth=5, random_state=SEED).fit(x, y)
    plain, rows = export(tree, x), shuffled(x)
    attributes = values_of(plain)
    branches = [i for i, mode in enumerate(attributes["nodes_modes"]) if mode != b"LEAF"]
    more = {
        "target_treeids": [0] * len(branches),
        "target_nodeids": [attributes["nodes_nodeids"][i] for i in branches],
        "target_ids": [0] * len(branches),
        "target_weights": [1000.0] * len(branches),
    }
    model = edited(plain, **{name: more[name] + attributes[name] for name in more})
    yield made("warn_branch_weights", tree, "weights on interior nodes", model, rows, predictions(tree, rows))
    values, weights = list(attributes["nodes_values"]), list(attributes["target_weights"])
    values[branches[3]], values[branches[4]], weights[0], weights[1], weights[2] = np.nan, np.inf, np.nan, np.inf, -np.inf
    model = edited(plain, nodes_values=values, target_weights=weights)
    yield made("warn_not_finite", tree, "a NaN and an infinite threshold, NaN and infinite weights", model, rows, [None])
    model = edited(plain)
    model.graph.input.append(helper.make_tensor_value_info("unused", TensorProto.INT64, [None, 1]))
    counted = np.arange(len(rows), dtype=np.int64).reshape(-1, 1)
    yield Case(
        "warn_unused_input",
        SOURCE + "DecisionTreeRegressor, by hand",
        "a second input that nothing reads",
        model,
        [rows, counted],
        predictions(tree, rows),
    )


def differences():
    """The rows of docs/semantics.md, section Differences, that no exporter of this list writes."""
    x, y = float32(load_breast_cancer)
    x, rows = x[:, :8].copy(), shuffled(x[:, :8])
    forest = RandomForestClassifier(5, max_depth=4, random_state=SEED).fit(x, y)
    plain = export(forest, x, zipmap=False)
    share = forest.predict_proba(rows)[:, 1]
    probability = expit(share)
    yield made(
        "diff_d1_label",
        forest,
        "LOGISTIC on weights that are not negative",
        edited(plain, post_transform="LOGISTIC"),
        rows,
        [(share > 0).astype(np.int64), np.column_stack([1 - probability, probability])],
        difference="D1",
    )
    tree = DecisionTreeClassifier(max_depth=3, random_state=SEED).fit(x, y)
    trees = [build.from_sklearn(tree)]
    nodes = build.node_attributes(trees)
    both = {**nodes, **build.weight_attributes(trees, "class"), "classlabels_int64s": [10, 20]}
    labels, scores = predictions(tree, rows)
    yield made(
        "diff_d3_labels",
        tree,
        "weights for both classes, labels 10 and 20",
        build.one_node_model(both, 8),
        rows,
        [np.array([10, 20])[labels], scores],
        difference="D3",
    )
    sparse = {**nodes, **build.weight_attributes(trees, "class", drop_zeros=True), "classlabels_int64s": [0, 1]}
    yield made(
        "diff_d4_one_class", tree, "leaves of one class only", build.one_node_model(sparse, 8), rows, [labels, scores], difference="D4"
    )
    single = [build.from_sklearn(tree)]
    single[0].weights = single[0].weights[:, 1:]
    one = {**nodes, **build.weight_attributes(single, "class")}
    yield made(
        "diff_d6_one_label",
        tree,
        "one class label, 7",
        build.one_node_model({**one, "classlabels_int64s": [7]}, 8),
        rows,
        [np.full(len(rows), 7), scores[:, 1:]],
        difference="D6",
    )
    pair = build.one_node_model({**one, "classlabels_int64s": [0, 1], "base_values": np.array([0.25, 9.0], dtype=np.float32)}, 8)
    total = scores[:, 1] + 0.25
    yield made(
        "diff_d12_base_pair",
        tree,
        "two base values, weights for class 0 only",
        pair,
        rows,
        [(total > 0.5).astype(np.int64), np.column_stack([1 - total, total])],
        difference="D12",
    )
    second = {**one, "class_ids": np.ones(len(one["class_ids"]), dtype=np.int64), "classlabels_int64s": [0, 1]}
    yield made(
        "hand_class_one",
        tree,
        "weights for class 1 only",
        build.one_node_model(second, 8),
        rows,
        [None, np.column_stack([0 * total, scores[:, 1]])],
    )
    second["base_values"] = np.array([0.125, 0.25], dtype=np.float32)
    yield made(
        "diff_d13_base",
        tree,
        "weights for class 1 only, two base values",
        build.one_node_model(second, 8),
        rows,
        [(total > 0.5).astype(np.int64), np.column_stack([0 * total + 0.125, total])],
        difference="D13",
    )
    yield from differences_of_targets()


def differences_of_targets():
    x, y = float32(load_iris)
    rows = shuffled(x)
    tree = DecisionTreeClassifier(random_state=SEED).fit(x, y)
    trees = [build.from_sklearn(tree)]
    nodes = build.node_attributes(trees)
    scores = tree.predict_proba(rows)
    base = np.array([0.5, 1.5, 2.5], dtype=np.float32)
    target = {**nodes, **build.weight_attributes(trees, "target", drop_zeros=True), "n_targets": 3}
    yield made(
        "diff_d8_base",
        tree,
        "leaves with one of 3 targets, base values",
        build.one_node_model({**target, "base_values": base}, 4),
        rows,
        [scores + base],
        difference="D8",
    )
    yield made(
        "diff_d10_base",
        tree,
        "one base value for 3 targets",
        build.one_node_model({**target, "base_values": base[:1]}, 4),
        rows,
        [scores + 0.5],
        False,
        difference="D10",
    )
    trees[0].weights = -trees[0].weights
    negative = {**nodes, **build.weight_attributes(trees, "class", drop_zeros=True), "classlabels_int64s": [3, 4, 5]}
    yield made(
        "diff_d5_absent",
        tree,
        "negative weights for one of 3 classes",
        build.one_node_model(negative, 4),
        rows,
        [3 + np.argmax(-scores, axis=1), -scores],
        difference="D5",
    )
    x, y = float32(load_diabetes)
    rows = shuffled(x)
    y = (y - y.mean()) / y.std()
    forest = RandomForestRegressor(5, max_depth=4, random_state=SEED).fit(x, y)
    yield made(
        "diff_d7_logistic",
        forest,
        "LOGISTIC on one target",
        edited(export(forest, x), post_transform="LOGISTIC"),
        rows,
        [expit(forest.predict(rows)).reshape(-1, 1)],
        difference="D7",
    )
    tree = DecisionTreeRegressor(max_depth=3, random_state=SEED).fit(x, np.where(y > 0, y, 0))
    trees = [build.from_sklearn(tree)]
    leaf = np.flatnonzero(trees[0].feature < 0)[2]
    attributes = {**build.node_attributes(trees), "n_targets": 1}
    attributes["nodes_values"][leaf] = 5.0
    trees[0].weights[leaf] = 0
    attributes.update(build.weight_attributes(trees, "target", drop_zeros=True))
    value = tree.predict(rows) * (tree.apply(rows) != leaf)
    yield made(
        "diff_d9_leaf",
        tree,
        "a leaf without weight",
        build.one_node_model(attributes, x.shape[1]),
        rows,
        [value.reshape(-1, 1)],
        difference="D9",
    )


def cases():
    for group in (modes, aggregates, transforms, tensors, integers, layouts, accepted, differences):
        yield from group()
