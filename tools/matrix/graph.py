"""One graph of the matrix: how it is made, and how it is kept on disk."""

import json
import os
import re
import shutil
from dataclasses import dataclass, field
from typing import Callable

import numpy as np
import onnx


@dataclass
class Made:
    """What making a graph yields."""

    model: onnx.ModelProto
    inputs: dict  # input name -> array; texts as arrays of str
    library: (
        dict  # output name -> what the training library says (an array, or a list of arrays for a sequence); absent where it says nothing
    )


@dataclass
class Graph:
    group: str  # heading of the table
    estimator: str
    options: str  # data, training and export options in words
    make: Callable[[], Made]
    tolerance: float = 1e-5  # against the library: of 1 or of the value, whichever is larger
    must_refuse: bool = False
    name: str = field(init=False)

    def __post_init__(self):
        self.name = re.sub(r"[^a-z0-9]+", "_", f"{self.group}__{self.estimator}__{self.options}".lower()).strip("_")


def write(graph, made, root):
    directory = os.path.join(root, graph.name)
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    made.model.graph.name = graph.name[:60]
    with open(os.path.join(directory, "model.onnx"), "wb") as file:
        file.write(made.model.SerializeToString(deterministic=True))
    for i, (_, array) in enumerate(made.inputs.items()):
        np.save(os.path.join(directory, f"input_{i}.npy"), plain(array))
    kept = {}
    for name, value in made.library.items():
        parts = {f"{name}.{i}": part for i, part in enumerate(value)} if isinstance(value, list) else {name: value}
        for part, array in parts.items():
            kept[part] = f"library_{len(kept)}.npy"
            np.save(os.path.join(directory, kept[part]), plain(array))
    record = {key: getattr(graph, key) for key in ("group", "estimator", "options", "tolerance", "must_refuse")}
    with open(os.path.join(directory, "graph.json"), "w", encoding="utf-8") as file:
        json.dump(record | {"inputs": list(made.inputs), "library": kept}, file, indent=1)


def plain(array):
    """Texts without Python objects, so that nothing has to be unpickled."""
    array = np.asarray(array)
    return array.astype(str) if array.dtype.kind in "OUS" else array


@dataclass
class Stored:
    """A graph read back."""

    name: str
    path: str
    record: dict
    inputs: dict
    library: dict


def read(root, name):
    directory = os.path.join(root, name)
    with open(os.path.join(directory, "graph.json"), encoding="utf-8") as file:
        record = json.load(file)
    inputs = {key: np.load(os.path.join(directory, f"input_{i}.npy")) for i, key in enumerate(record["inputs"])}
    library = {key: np.load(os.path.join(directory, path)) for key, path in record["library"].items()}
    return Stored(name, os.path.join(directory, "model.onnx"), record, inputs, library)
