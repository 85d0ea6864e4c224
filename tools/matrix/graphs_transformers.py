"""Preprocessing of scikit-learn alone, and in front of trees."""

import warnings

import numpy as np
from sklearn.base import clone
from sklearn.decomposition import PCA, IncrementalPCA, TruncatedSVD
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, SelectPercentile, VarianceThreshold, f_regression
from sklearn.impute import KNNImputer, MissingIndicator, SimpleImputer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    LabelBinarizer,
    LabelEncoder,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)

from data import NAMES, SEED, numbers
from exporting import answers, export, graph
from graph import Graph, Made
from graphs_trees import forest, histogram, tree
from sklearn.tree import DecisionTreeClassifier

FOREST = forest(RandomForestClassifier, n_estimators=4)
BOOSTED = forest(GradientBoostingRegressor, max_depth=3)
SCALERS = [
    (StandardScaler(), ""),
    (StandardScaler(with_mean=False), "without mean"),
    (StandardScaler(with_std=False), "without deviation"),
    (MinMaxScaler(), ""),
    (MinMaxScaler(clip=True, feature_range=(-1, 1)), "clip"),
    (MaxAbsScaler(), ""),
    (RobustScaler(), ""),
    (Normalizer("l1"), "l1"),
    (Normalizer("l2"), "l2"),
    (Normalizer("max"), "max"),
    (Binarizer(threshold=0.25), ""),
    (PolynomialFeatures(2), "degree 2"),
    (PolynomialFeatures(3, interaction_only=True, include_bias=False), "interactions"),
    (PCA(3, random_state=SEED), ""),
    (PCA(2, whiten=True, random_state=SEED), "whiten"),
    (IncrementalPCA(2), ""),
    (TruncatedSVD(2, random_state=SEED), ""),
    (VarianceThreshold(), ""),
    (KBinsDiscretizer(4, encode="onehot-dense", random_state=SEED, quantile_method="averaged_inverted_cdf"), "one-hot"),
    (KBinsDiscretizer(4, encode="ordinal", strategy="uniform"), "ordinal"),
    (FunctionTransformer(), "identity"),
    (PowerTransformer(), "yeo-johnson"),
    (PowerTransformer(standardize=False), "yeo-johnson, not standardized"),
    (QuantileTransformer(n_quantiles=20, random_state=SEED), "uniform"),
    (QuantileTransformer(n_quantiles=20, output_distribution="normal", random_state=SEED), "normal"),
]


def numeric():
    for transformer, note in SCALERS:
        for dtype in ("float32", "float64", "int64"):
            yield graph("transformers", transformer, "none", dtype, note=note, tolerance=2e-5)
        yield graph("transformers", make_pipeline(transformer, FOREST), "int2", note=note, title=f"{type(transformer).__name__} + forest")
        yield graph(
            "transformers",
            make_pipeline(transformer, BOOSTED),
            "real",
            "float64",
            note=note,
            title=f"{type(transformer).__name__} + boosting",
        )
    for opset in (11, 13, 18, 21):
        yield graph("transformers", Normalizer("l2"), "none", "float64", opset=opset)
        yield graph("transformers", PolynomialFeatures(2, include_bias=False), "none", opset=opset)
        yield graph("transformers", KBinsDiscretizer(4, encode="ordinal", strategy="uniform"), "none", opset=opset)
        yield graph("transformers", MinMaxScaler(clip=True), "none", opset=opset)
        yield graph("transformers", PCA(2, whiten=True, random_state=SEED), "none", opset=opset)
    yield graph("transformers", FunctionTransformer(np.log1p), "none", note="log1p")
    yield graph("transformers", StandardScaler(), "none", note="option div", div="div")
    yield graph("transformers", StandardScaler(), "none", note="option div_cast", div="div_cast")


def imputers():
    for strategy in ("mean", "median", "most_frequent", "constant"):
        for dtype in ("float32", "float64"):
            yield graph("transformers", SimpleImputer(strategy=strategy), "none", dtype, nan=True, note=strategy)
    yield graph("transformers", SimpleImputer(add_indicator=True), "none", nan=True, note="indicator")
    yield graph("transformers", SimpleImputer(missing_values=-1, strategy="most_frequent"), "none", "int64", note="missing -1")
    yield graph("transformers", KNNImputer(n_neighbors=2), "none", nan=True)
    yield graph("transformers", MissingIndicator(), "none", nan=True)
    for dtype in ("float32", "float64"):
        for final, target in ((FOREST, "int2"), (BOOSTED, "real"), (histogram(HistGradientBoostingClassifier), "int3")):
            steps = make_pipeline(SimpleImputer(), StandardScaler(), final)
            yield graph("transformers", steps, target, dtype, nan=True, title=f"SimpleImputer + StandardScaler + {type(final).__name__}")
    for opset in (9, 11, 13, 15, 18, 21):
        yield graph(
            "transformers",
            make_pipeline(SimpleImputer(), MinMaxScaler(), FOREST),
            "str2",
            nan=True,
            opset=opset,
            title="SimpleImputer + MinMaxScaler + forest",
        )


def selection():
    for selector in (
        SelectKBest(f_regression, k=2),
        SelectPercentile(f_regression, percentile=50),
        SelectFromModel(BOOSTED, threshold="median"),
        RFE(BOOSTED, n_features_to_select=2),
    ):
        name = type(selector).__name__
        for dtype in ("float32", "float64"):
            yield graph("transformers", selector, "real", dtype)
            yield graph("transformers", make_pipeline(selector, BOOSTED), "real", dtype, title=f"{name} + boosting")
    union = FeatureUnion([("scaled", StandardScaler()), ("reduced", PCA(2, random_state=SEED))], transformer_weights={"reduced": 2.0})
    yield graph("transformers", make_pipeline(union, BOOSTED), "real", title="FeatureUnion + boosting")
    yield graph("transformers", make_pipeline(union, FOREST), "str3", "float64", title="FeatureUnion + forest", zipmap=False)


def texts(missing=False):
    random = np.random.RandomState(SEED)
    columns = [random.choice(["red", "green", "blue", "grün"], 280), random.choice(["S", "M", "L"], 280)]
    table = np.column_stack(columns).astype(object)
    if missing:
        table[random.rand(*table.shape) < 0.1] = ""
    return table


def categorical(name, transformer, x, asked, note, y=None, tolerance=1e-5, zipmap=None):
    """A graph over category columns; `asked` may hold categories that were not trained on."""

    def make():
        fitted = clone(transformer).fit(x, y) if y is not None else clone(transformer).fit(x)
        model = export(fitted, {"X": asked}, {} if zipmap is None else {"zipmap": zipmap}, None)
        return Made(model, {"X": asked}, answers(fitted, asked, model, {}))

    return Graph("categories", name, note, make, tolerance)


def category_tables():
    table = texts()
    strange = table[:40].copy()
    strange[::5, 0] = "pink"
    whole = numbers("int64", columns=3)
    odd = whole[:40].copy()
    odd[::4, 1] = 99
    yield "text", table, table[:40], strange
    for dtype in ("int64", "float32", "float64"):
        yield dtype, whole.astype(dtype), whole[:40].astype(dtype), odd.astype(dtype)


def categories():
    for kind, x, known, strange in category_tables():
        target = (np.arange(len(x)) % 3 == 0) * 1.5 + (x[:, 0] == x[0, 0]) + np.arange(len(x)) / 1000
        yield categorical(
            "OneHotEncoder", OneHotEncoder(handle_unknown="ignore", sparse_output=False), x, strange, f"{kind}, unknown ignored"
        )
        yield categorical("OneHotEncoder", OneHotEncoder(handle_unknown="ignore"), x, strange, f"{kind}, sparse, unknown ignored")
        yield categorical("OneHotEncoder", OneHotEncoder(sparse_output=False), x, known, f"{kind}, unknown refused")
        yield categorical("OneHotEncoder", OneHotEncoder(drop="first", sparse_output=False), x, known, f"{kind}, first dropped")
        rare = OneHotEncoder(min_frequency=30, handle_unknown="infrequent_if_exist", sparse_output=False)
        yield categorical("OneHotEncoder", rare, x, known, f"{kind}, rare categories together")
        yield categorical("OrdinalEncoder", OrdinalEncoder(), x, known, kind)
        unknown = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
        yield categorical("OrdinalEncoder", unknown, x, strange, f"{kind}, unknown -1")
        lost = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
        yield categorical("OrdinalEncoder", lost, x, strange, f"{kind}, unknown NaN")
        yield categorical("OrdinalEncoder", OrdinalEncoder(dtype=np.int64), x, known, f"{kind}, int64")
        yield categorical("TargetEncoder", TargetEncoder(random_state=SEED), x, known, kind, target)
        labels = (target > 1).astype(int)
        yield categorical("OneHotEncoder + forest", make_pipeline(OneHotEncoder(handle_unknown="ignore"), FOREST), x, strange, kind, labels)
        yield categorical(
            "OrdinalEncoder + tree",
            make_pipeline(unknown, tree(DecisionTreeClassifier)),
            x,
            strange,
            f"{kind}, zipmap=False",
            labels,
            zipmap=False,
        )
    table = texts(missing=True)
    for strategy, value in (("most_frequent", None), ("constant", "unknown")):
        imputer = SimpleImputer(missing_values="", strategy=strategy, fill_value=value)
        yield categorical("SimpleImputer", imputer, table, table[:40], f"text, {strategy}")
        both = make_pipeline(imputer, OneHotEncoder(handle_unknown="ignore"), FOREST)
        yield categorical(
            "SimpleImputer + OneHotEncoder + forest", both, table, table[:40], f"text, {strategy}", (np.arange(280) % 3 == 0).astype(int)
        )


def labels():
    words = NAMES[np.random.RandomState(SEED).randint(0, 3, 280)]
    yield categorical("LabelEncoder", LabelEncoder(), words, words[:40], "text")
    yield categorical("LabelEncoder", LabelEncoder(), np.arange(280) % 7 - 3, np.arange(40) % 7 - 3, "int64")
    yield categorical("LabelBinarizer", LabelBinarizer(), np.arange(280) % 4, np.arange(40) % 4, "int64")
    yield categorical("LabelBinarizer", LabelBinarizer(neg_label=-1, pos_label=2), np.arange(280) % 4, np.arange(40) % 4, "int64, -1 and 2")


def texts_of_words():
    """Text pipelines; all of their operators have to be named in the refusal."""
    phrases = np.array(["the quick brown fox", "jumps over the lazy dog", "the dog sleeps", "a fox and a dog"] * 12)
    y = np.arange(len(phrases)) % 4 % 2
    for vectorizer in (CountVectorizer(), TfidfVectorizer(), TfidfVectorizer(norm=None, sublinear_tf=True)):
        for final in (None, FOREST):
            steps = vectorizer if final is None else make_pipeline(vectorizer, final)

            def make(steps=steps):
                fitted = clone(steps).fit(phrases, y)
                model = export(fitted, {"text": phrases[:8].reshape(-1, 1).astype(object)}, {}, None)
                return Made(model, {"text": phrases[:8].reshape(-1, 1)}, {})

            note = "sublinear" if getattr(vectorizer, "sublinear_tf", False) else "default"
            yield Graph("text", type(vectorizer).__name__ + (" + forest" if final is not None else ""), note, make, must_refuse=True)


def graphs():
    warnings.filterwarnings("ignore")
    for part in (numeric, imputers, selection, categories, labels, texts_of_words):
        yield from part()
