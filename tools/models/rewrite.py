"""Edits of exported models that keep their meaning, or change it in a way whose result is known."""

import numpy as np
import onnx

import wire
from tree_builder import attribute


def copy(message):
    made = type(message)()
    made.CopyFrom(message)
    return made


def tree_node_of(model):
    return next(node for node in model.graph.node if node.op_type.startswith("TreeEnsemble"))


def edited(model, **changes):
    """A copy with attributes of its tree operator set, or removed where the value is None."""
    made = copy(model)
    node = tree_node_of(made)
    kept = [a for a in node.attribute if a.name not in changes]
    del node.attribute[:]
    node.attribute.extend(kept + [attribute(name, value) for name, value in changes.items() if value is not None])
    return made


def values_of(model):
    return {a.name: onnx.helper.get_attribute_value(a) for a in tree_node_of(model).attribute}


def with_modes(model, modes):
    """Replaces BRANCH_LEQ by the given modes in turn. x <= t is x < next(t); GT and GTE swap the children, and NaN, which fails every test, with
    them. EQ and NEQ are only right for data of zeros and ones and thresholds between."""
    values = values_of(model)
    up = np.float32(np.inf)
    out = {name: list(values[name]) for name in ("nodes_modes", "nodes_values", "nodes_truenodeids", "nodes_falsenodeids")}
    missing = list(values.get("nodes_missing_value_tracks_true") or [0] * len(out["nodes_modes"]))
    branch = 0
    for i, mode in enumerate(out["nodes_modes"]):
        if mode == b"LEAF":
            continue
        new = modes[branch % len(modes)]
        branch += 1
        threshold = np.float32(out["nodes_values"][i])
        swap = new in ("BRANCH_GT", "BRANCH_GTE", "BRANCH_NEQ")
        if new in ("BRANCH_LT", "BRANCH_GTE"):
            threshold = np.nextafter(threshold, up)
        if new in ("BRANCH_EQ", "BRANCH_NEQ"):
            threshold = np.float32(0)
        if swap:
            out["nodes_truenodeids"][i], out["nodes_falsenodeids"][i] = out["nodes_falsenodeids"][i], out["nodes_truenodeids"][i]
            missing[i] = 1 - missing[i]
        out["nodes_modes"][i], out["nodes_values"][i] = new.encode(), threshold
    return edited(
        model,
        nodes_modes=out["nodes_modes"],
        nodes_values=np.array(out["nodes_values"], dtype=np.float32),
        nodes_truenodeids=out["nodes_truenodeids"],
        nodes_falsenodeids=out["nodes_falsenodeids"],
        nodes_missing_value_tracks_true=missing,
    )


def with_other_ids(model, random):
    """Tree ids with gaps, node ids shuffled, nodes behind the root and all weights listed in random order."""
    values = {name: np.array(value) for name, value in values_of(model).items() if isinstance(value, list)}
    prefix = "class" if "class_ids" in values else "target"
    trees, order, new_ids = values["nodes_treeids"], [], {}
    for tree in np.unique(trees):
        places = np.flatnonzero(trees == tree)
        ids = random.permutation(len(places)) * 3 + 5
        new_ids.update({(tree, old): new for old, new in zip(values["nodes_nodeids"][places], ids)})
        order += [places[0]] + random.permutation(places[1:]).tolist()
    leaf = values["nodes_modes"] == b"LEAF"

    def renamed(tree_ids, ids, unused):
        return np.array([0 if skip else new_ids[t, i] for t, i, skip in zip(tree_ids, ids, unused)])

    changed = {name: array[order] for name, array in values.items() if name.startswith("nodes_") and len(array)}
    for name, unused in (("nodes_nodeids", leaf & False), ("nodes_truenodeids", leaf), ("nodes_falsenodeids", leaf)):
        changed[name] = renamed(trees, values[name], unused)[order]
    changed["nodes_treeids"] = trees[order] * 10 + 7
    shuffle = random.permutation(len(values[f"{prefix}_ids"]))
    none = np.zeros(len(shuffle), dtype=bool)
    changed[f"{prefix}_nodeids"] = renamed(values[f"{prefix}_treeids"], values[f"{prefix}_nodeids"], none)[shuffle]
    changed[f"{prefix}_treeids"] = values[f"{prefix}_treeids"][shuffle] * 10 + 7
    changed[f"{prefix}_ids"] = values[f"{prefix}_ids"][shuffle]
    changed[f"{prefix}_weights"] = values[f"{prefix}_weights"][shuffle].astype(np.float32)
    changed["nodes_values"] = changed["nodes_values"].astype(np.float32)
    if "nodes_hitrates" in changed:
        changed["nodes_hitrates"] = changed["nodes_hitrates"].astype(np.float32)
    changed["nodes_modes"] = changed["nodes_modes"].tolist()
    return edited(model, **changed)


def packed_attribute(source):
    """An attribute as proto3 writers encode it: AttributeProto fields 1 name, 7 floats, 8 ints, 20 type."""
    arrays = wire.packed_ints(8, source.ints) if source.ints else wire.packed_floats(7, source.floats)
    return wire.text(1, source.name) + arrays + wire.number(20, source.type)


def packed_bytes(model):
    """The file of a model with one node, whose arrays are packed: the protobuf package writes them unpacked."""
    body, rest = copy(model.graph.node[0]), copy(model)
    attributes = b"".join(wire.message(5, packed_attribute(a) if a.ints or a.floats else a.SerializeToString()) for a in body.attribute)
    del body.attribute[:], rest.graph.node[:]
    graph = wire.message(1, body.SerializeToString() + attributes) + rest.graph.SerializeToString()
    rest.ClearField("graph")
    return rest.SerializeToString(deterministic=True) + wire.message(7, graph)
