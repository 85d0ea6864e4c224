#!/usr/bin/env python3
"""Mutation testing of the checks that keep hostile files out: changes one comparison or connective at a time in a copy of the sources, and asks the
tests whether they notice. Prints the survivors; tools/mutants_equivalent.tsv lists those that change nothing, each with the reason.

    tools/mutate.py [FILE[:LINE]...]        default: the validator and the wire scan
"""
import collections
import concurrent.futures
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "mutants"
FILES = ["src/ensemble/validate.c", "src/onnx/scan.c", "src/onnx/wire.h", "src/ensemble/read_nodes.c", "src/ensemble/read_indexed.c"]
# The cheapest first: most mutants are noticed by the first that looks at their file.
TESTS = ["tests/test_validate", "tests/test_readers", "tests/test_wire", "tests/test_trees", "tests/fuzz/replay_load tests/fuzz/seeds/load.pack", "tests/test_catalogue",
         "tests/test_conformance", "tests/test_golden", "tests/test_bounds"]
CHANGES = {"<=": "<", ">=": ">", "<": "<=", ">": ">=", "==": "!=", "!=": "==", "&&": "||", "||": "&&"}
OPERATOR = re.compile(r"(?<![-<>=!&|])(<=|>=|==|!=|&&|\|\||<|>)(?![<>=&|])")
Mutant = collections.namedtuple("Mutant", "file line label text")


def mutants(name):
    """One for each operator outside comments, strings, includes and macros' definitions."""
    text = (ROOT / name).read_text()
    blank = lambda match: re.sub(r"[^\n]", " ", match.group(0))
    bare = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|^#.*?$', blank, text, flags=re.S | re.M)
    for match in OPERATOR.finditer(bare):
        start, end, old = match.start(), match.end(), match.group(1)
        before, after = text[text.rfind("\n", 0, start) + 1:start].strip(), text[end:text.find("\n", end)].strip()
        new = CHANGES[old]
        yield Mutant(name, text.count("\n", 0, start) + 1, f"{before} [{old} -> {new}] {after}", text[:start] + new + text[end:])


def prepare(place):
    """A copy of the sources, and a build of it."""
    tree = place / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    files = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name) # as new: what was built from a mutant is built again
    launcher = ["-DCMAKE_C_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    subprocess.run(["cmake", "-S", tree, "-B", place / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DONNXTREE_SANITIZE=address", "-DONNXTREE_BUILD_SHARED=OFF",
                    *launcher], check=True, capture_output=True)
    if is_noticed(place):
        sys.exit("the tests fail without a mutant, or do not build")


def is_noticed(place):
    for test in TESTS:
        build = subprocess.run(["cmake", "--build", place / "build", "-j1", "--target", test.split()[0].split("/")[-1]], capture_output=True)
        # Seconds of processor time: on a busy machine a bound on the clock would count as noticed.
        if build.returncode or subprocess.run(f"ulimit -t 15; {place}/build/{test}", shell=True, cwd=place / "tree", capture_output=True).returncode:
            return True
    return False


def main():
    wanted = [name.partition(":") for name in sys.argv[1:] or FILES]
    todo = [mutant for name, _, line in wanted for mutant in mutants(name) if not line or int(line) == mutant.line]
    lines = (ROOT / "tools/mutants_equivalent.tsv").read_text().splitlines()[1:]
    equivalent = {tuple(line.split("\t")[:2]) for line in lines}
    places = queue.Queue()
    count = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        for place in [WORK / str(i) for i in range(count)]:
            places.put(place)
        list(pool.map(prepare, list(places.queue)))

        def is_killed(mutant):
            place = places.get()
            path = place / "tree" / mutant.file
            path.write_text(mutant.text)
            noticed = is_noticed(place)
            path.write_text((ROOT / mutant.file).read_text())
            places.put(place)
            return noticed

        killed = known = 0
        for mutant, noticed in zip(todo, pool.map(is_killed, todo)):
            killed += noticed
            if noticed:
                continue
            if (mutant.file, mutant.label) in equivalent:
                known += 1
            else:
                print(f"survives: {mutant.file}:{mutant.line}\t{mutant.label}", flush=True)
    print(f"{len(todo)} mutants, {killed} noticed, {known} equivalent, {len(todo) - killed - known} survive")
    sys.exit(len(todo) != killed + known)


main()
