"""Rows to train on and rows to time: seeded, and different from each other."""

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits

RING = 65536  # rows that are timed in turn


def waves(rows, seed, columns=28):
    """Normal features and a smooth target in which most of them take part, so that trees stay busy for many rounds."""
    random = np.random.default_rng(seed)
    x = random.standard_normal((rows, columns)).astype(np.float32)
    y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] + np.abs(x[:, 3]) * x[:, 4] - np.cos(3 * x[:, 5]) * x[:, 6] + 0.5 * x[:, 7] ** 2
    y += 0.06 * x[:, 8:].sum(1) + 0.5 * random.standard_normal(rows)
    return x, y.astype(np.float32)


def holed(x, seed):
    """A tenth of the cells missing."""
    x = x.copy()
    x[np.random.default_rng(seed).random(x.shape) < 0.1] = np.nan
    return x


CATEGORIES = (12, 40, 7, 24)  # levels of the first columns


def categorical(rows, seed):
    """The same with four columns of categories in front, on which the target depends."""
    x, y = waves(rows, seed)
    random = np.random.default_rng(seed + 1)
    effects = np.random.default_rng(99)
    for column, levels in enumerate(CATEGORIES):
        codes = random.integers(0, levels, rows)
        y += effects.standard_normal(levels)[codes].astype(np.float32)
        x[:, column] = codes
    return x, y


def mixed(sample, rows=RING, seed=7):
    """New rows like those of a sample: a row of it with three in ten cells taken from other rows of it."""
    random = np.random.default_rng(seed)
    made = sample[random.integers(0, len(sample), rows)].copy()
    swap = random.random(made.shape) < 0.3
    donors = sample[random.integers(0, len(sample), made.shape), np.arange(made.shape[1])]
    made[swap] = donors[swap]
    return np.ascontiguousarray(made, dtype=np.float32)


def digits():
    x, y = load_digits(return_X_y=True)
    return x.astype(np.float32), y


def breast_cancer():
    x, y = load_breast_cancer(return_X_y=True)
    return x.astype(np.float32), y
