"""Pipelines over tables with columns of several types, as to_onnx(pipeline, frame) exports them: one input per column."""

import numpy as np
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier

from data import NAMES, SEED, TRAINED, numbers, passengers
from exporting import answers, export, frame_inputs, graph, text_of
from graph import Graph, Made
from graphs_trees import forest, histogram, tree

FOREST = forest(RandomForestClassifier)
NUMBERS, TEXTS, WHOLE = ["age", "fare"], ["sex", "embarked"], ["pclass"]


def one_hot(**options):
    return OneHotEncoder(handle_unknown="ignore", **options)


def columns(*parts, remainder="drop", **options):
    return ColumnTransformer([(f"part{i}", step, names) for i, (step, names) in enumerate(parts)], remainder=remainder, **options)


def filled(scaler):
    return make_pipeline(SimpleImputer(strategy="median"), scaler)


PREPARATIONS = {
    "median, standard scaler; one-hot": columns((filled(StandardScaler()), NUMBERS), (one_hot(), TEXTS)),
    "mean, min-max; ordinal": columns(
        (filled(MinMaxScaler()), NUMBERS), (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), TEXTS)
    ),
    "median, robust scaler; one-hot of all categories": columns((filled(RobustScaler()), NUMBERS), (one_hot(), TEXTS), (one_hot(), WHOLE)),
    "imputer and passthrough; one-hot": columns((SimpleImputer(), NUMBERS), (one_hot(), TEXTS), remainder="passthrough"),
    "texts imputed, then one-hot": columns(
        (filled(StandardScaler()), NUMBERS),
        (make_pipeline(SimpleImputer(missing_values="", strategy="most_frequent"), one_hot()), TEXTS),
    ),
    "weights": columns((filled(StandardScaler()), NUMBERS), (one_hot(), TEXTS), transformer_weights={"part0": 2.0, "part1": 0.5}),
    "bins; one-hot": columns(
        (make_pipeline(SimpleImputer(), KBinsDiscretizer(4, encode="ordinal", strategy="uniform")), NUMBERS), (one_hot(), TEXTS)
    ),
}
FINALS = {
    "forest": (FOREST, {}),
    "forest, no zipmap": (FOREST, {"zipmap": False}),
    "boosting": (forest(GradientBoostingClassifier, max_depth=3), {"zipmap": False}),
    "histogram boosting": (histogram(HistGradientBoostingClassifier), {"zipmap": False}),
    "tree": (tree(DecisionTreeClassifier), {}),
}


def passenger_graph(
    note, preparation, final, dtype="float32", opset=None, labels=None, columns_used=None, title="ColumnTransformer", **options
):
    """A pipeline on the table of passengers."""

    def make():
        frame, y = passengers(dtype=dtype)
        frame = frame[columns_used] if columns_used else frame
        y = y if labels is None else labels[y]
        fitted = clone(make_pipeline(preparation, final)).fit(frame[:TRAINED], y[:TRAINED])
        asked = frame[TRAINED - 20 :]
        inputs = frame_inputs(asked)
        model = export(fitted, inputs, options, opset)
        return Made(model, inputs, answers(fitted, asked, model, options))

    words = (
        [note] + ([dtype] if dtype != "float32" else []) + ([f"opset {opset}"] if opset else []) + ([text_of(options)] if options else [])
    )
    return Graph("pipelines", title, ", ".join(words), make)


def tables():
    used = NUMBERS + TEXTS + WHOLE
    for note, preparation in PREPARATIONS.items():
        for name, (final, options) in FINALS.items():
            yield passenger_graph(f"{note}; {name}", preparation, final, columns_used=used, **options)
        yield passenger_graph(f"{note}; forest", preparation, FOREST, "float64", columns_used=used)
    first = PREPARATIONS["median, standard scaler; one-hot"]
    for opset in (9, 11, 12, 13, 15, 17, 18, 21):
        yield passenger_graph("median, standard scaler; one-hot; forest", first, FOREST, opset=opset, columns_used=used, zipmap=False)
    yield passenger_graph("unused column; forest", first, FOREST, zipmap=False)
    yield passenger_graph("text labels; forest", first, FOREST, labels=NAMES[:2], columns_used=used)
    yield passenger_graph("text labels; forest", first, FOREST, labels=NAMES[:2], columns_used=used, zipmap="columns")
    truth = columns((filled(StandardScaler()), NUMBERS), (one_hot(), TEXTS), ("passthrough", ["alone"]))
    yield passenger_graph("truth value passed through; forest", truth, FOREST, zipmap=False)


def over_tables():
    """Other final estimators on the table."""
    used = NUMBERS + TEXTS
    first = PREPARATIONS["median, standard scaler; one-hot"]
    stump = tree(DecisionTreeClassifier, max_depth=2)
    finals = {
        "calibrated forest": CalibratedClassifierCV(FOREST, cv=2),
        "voting": VotingClassifier([("tree", stump), ("linear", LogisticRegression())], voting="soft", flatten_transform=False),
        "AdaBoost": AdaBoostClassifier(stump, n_estimators=3, random_state=SEED),
        "extra trees": forest(ExtraTreesClassifier),
        "regression forest": forest(RandomForestRegressor),
        "regression boosting": forest(GradientBoostingRegressor, max_depth=3),
        "regression histogram boosting": histogram(HistGradientBoostingRegressor),
        "stacking": StackingClassifier([("tree", stump), ("forest", FOREST)], cv=2),
    }
    for note, final in finals.items():
        options = {} if "regression" in note else {"zipmap": False}
        for dtype in ("float32", "float64"):
            yield passenger_graph(f"median, standard scaler; one-hot; {note}", first, final, dtype, columns_used=used, **options)


def plain_frames():
    """Several numeric inputs into a pipeline that does not name columns."""
    import pandas

    def made(dtype, steps, names, options):
        def make():
            x = numbers(dtype, columns=3)
            frame = pandas.DataFrame(x, columns=names)
            y = (x[:, 0] + x[:, 1] > 0).astype(int)
            fitted = clone(steps).fit(frame[:TRAINED], y[:TRAINED])
            asked = frame[TRAINED - 20 :]
            inputs = frame_inputs(asked)
            model = export(fitted, inputs, options, None)
            renamed = dict(zip((info.name for info in model.graph.input), inputs.values()))  # spaces become _
            return Made(model, renamed, answers(fitted, asked, model, options))

        return make

    for dtype in ("float32", "float64", "int64"):
        for title, steps in (
            ("StandardScaler + forest", make_pipeline(StandardScaler(), FOREST)),
            ("SimpleImputer + forest", make_pipeline(SimpleImputer(), FOREST)),
            ("MinMaxScaler + boosting", make_pipeline(MinMaxScaler(), forest(GradientBoostingClassifier, max_depth=3))),
        ):
            yield Graph("pipelines", title, f"one input per column, {dtype}", made(dtype, steps, ["my col", "b-1", "c"], {"zipmap": False}))


def matrices():
    """ColumnTransformers over one matrix."""
    halves = columns((StandardScaler(), [0, 1]), (MinMaxScaler(), [2, 3]), remainder="passthrough")
    part = columns((StandardScaler(), [0, 2]), ("passthrough", [4]))
    bins = columns((KBinsDiscretizer(3, encode="onehot-dense", strategy="uniform"), [1, 3]), remainder="passthrough")
    for title, preparation in (("two scalers", halves), ("part of the columns", part), ("bins", bins)):
        for dtype in ("float32", "float64", "int64"):
            yield graph(
                "pipelines",
                make_pipeline(preparation, FOREST),
                "str3",
                dtype,
                note=title,
                title="ColumnTransformer on a matrix",
                zipmap=False,
            )
            steps = make_pipeline(preparation, forest(GradientBoostingRegressor, max_depth=3))
            yield graph("pipelines", steps, "real", dtype, note=title, title="ColumnTransformer on a matrix")
    target = TransformedTargetRegressor(forest(RandomForestRegressor), func=np.log1p, inverse_func=np.expm1)
    yield graph("pipelines", target, "positive")
    yield graph("pipelines", make_pipeline(FunctionTransformer(), FOREST), "int2", title="FunctionTransformer + forest", zipmap=False)


def graphs():
    for part in (tables, over_tables, plain_frames, matrices):
        yield from part()
