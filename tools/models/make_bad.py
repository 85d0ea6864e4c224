#!/usr/bin/env python3
"""Makes models/bad/: files that have to be refused, one for each way of being wrong, and the table of what is expected."""

import argparse
import os
import shutil

import bad_graphs
import bad_indexed
import bad_trees
import bad_wire
from bad_file import statuses

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--output", default=os.path.join(HERE, "..", "..", "models", "bad"), help="directory (default: models/bad of the project)"
    )
    root = parser.parse_args().output
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)
    status_of, lines, names = statuses(), [], set()
    for bad in (bad for module in (bad_wire, bad_graphs, bad_trees, bad_indexed) for bad in module.files()):
        name = f"{bad.code}__{bad.what}.onnx"
        assert name not in names, name
        names.add(name)
        with open(os.path.join(root, name), "wb") as file:
            file.write(bad.data)
        lines.append((name, status_of[bad.code], bad.code, bad.place, bad.description))
    with open(os.path.join(root, "expected.tsv"), "w", encoding="utf-8", newline="\n") as file:
        for line in [("file", "status", "code", "place", "description")] + lines:
            file.write("\t".join(line) + "\n")
    print(
        f"{len(lines)} files, {sum(os.path.getsize(os.path.join(root, n)) for n in names) // 1000} kB, {len({l[2] for l in lines})} problem codes"
    )


if __name__ == "__main__":
    main()
