"""The rows that the matrix is trained on and asked about: seeded, small, one function per kind."""

import numpy as np
import pandas

SEED = 20
TRAINED, ASKED, COLUMNS = 240, 40, 5
NAMES = np.array(["ham", "spam", "other è"])
PORTS = np.array(["C", "Q", "S"])


def numbers(dtype="float32", rows=TRAINED + ASKED, columns=COLUMNS, seed=SEED):
    """A matrix of the type: normal numbers, whole numbers from -20 to 20, or truth values."""
    normal = np.random.RandomState(seed).randn(rows, columns)
    if dtype == "bool":
        return normal > 0
    if dtype.startswith("int"):
        return np.clip(np.rint(normal * 7), -20, 20).astype(dtype)
    return normal.astype(dtype)


def with_holes(x, share=0.15, seed=SEED):
    x = x.copy()
    x[np.random.RandomState(seed + 1).rand(*x.shape) < share] = np.nan
    return x


def score_of(x):
    """A smooth function of the columns, whatever their type."""
    x = np.nan_to_num(x.astype(np.float64))
    return x[:, 0] + np.abs(x[:, 1]) - 0.7 * x[:, 2] * (x[:, 3 % x.shape[1]] > 0) + 0.3 * np.random.RandomState(SEED + 2).randn(len(x))


def classes(x, count):
    score = score_of(x)
    return np.searchsorted(np.quantile(score, np.arange(1, count) / count), score)


TARGETS = {
    "int2": lambda x: classes(x, 2),
    "int3": lambda x: classes(x, 3),
    "gaps2": lambda x: np.array([10, 20])[classes(x, 2)],
    "gaps3": lambda x: np.array([-5, 7, 100])[classes(x, 3)],
    "str2": lambda x: NAMES[classes(x, 2)],
    "str3": lambda x: NAMES[classes(x, 3)],
    "bool": lambda x: classes(x, 2) == 1,
    "one": lambda x: np.full(len(x), 3),
    "real": score_of,
    "positive": lambda x: np.exp(score_of(x) / 4),
    "counts": lambda x: np.random.RandomState(SEED).poisson(np.exp(np.clip(score_of(x), -2, 2))).astype(float),
    "share": lambda x: 1 / (1 + np.exp(-score_of(x))),
    "real2": lambda x: np.column_stack([score_of(x), -2 * x[:, 0].astype(float)]),
    "int2x2": lambda x: np.column_stack([classes(x, 2), classes(-x if x.dtype != bool else ~x, 2)]),
    "int3x2": lambda x: np.column_stack([classes(x, 3), classes(x[:, ::-1], 3)]),
    "labels2": lambda x: np.column_stack([classes(x, 2), classes(x[:, ::-1], 2)]),
    "none": lambda x: None,
}


def task(target, dtype="float32", nan=False):
    """Rows to train on, their targets, and rows to ask about (some of them trained on)."""
    x = numbers(dtype)
    y = TARGETS[target](x)
    if nan:
        x = with_holes(x)
    return x[:TRAINED], None if y is None else y[:TRAINED], x[TRAINED - 20 :]


def passengers(rows=TRAINED + ASKED, dtype="float32", missing=True):
    """A table like the Titanic's: numbers with holes, texts with holes, a small whole number, a truth value, and the target."""
    random = np.random.RandomState(SEED)
    age, fare = random.gamma(4, 8, rows).astype(dtype), random.gamma(2, 16, rows).astype(dtype)
    sex, port, klass = random.choice(["male", "female"], rows), random.choice(PORTS, rows), random.randint(1, 4, rows)
    survived = (random.rand(rows) < 0.2 + 0.5 * (sex == "female") + 0.1 * (klass == 1) - 0.004 * age).astype(int)
    if missing:
        age[random.rand(rows) < 0.2] = np.nan
        port[random.rand(rows) < 0.1] = ""
    frame = pandas.DataFrame(
        {"age": age, "fare": fare, "sex": sex, "embarked": port, "pclass": klass.astype("int64"), "alone": random.rand(rows) < 0.5}
    )
    return frame, survived
