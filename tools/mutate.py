#!/usr/bin/env python3
"""Mutation testing of the checks that keep hostile files out: changes one comparison or connective at a time in a copy of the sources, and asks the
tests whether they notice. Prints the survivors; tools/mutants_equivalent.tsv lists those that change nothing, each with the reason.

    tools/mutate.py [FILE...]        default: the validator and the wire scan
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "mutants"
FILES = ["src/ensemble/validate.c", "src/onnx/scan.c", "src/onnx/wire.h"]
TESTS = ["tests/test_catalogue", "tests/fuzz/replay_validate tests/fuzz/seeds/validate.pack", "tests/fuzz/replay_load tests/fuzz/seeds/load.pack", "tests/test_bounds"]
CHANGES = {"<=": ["<"], ">=": [">"], "<": ["<="], ">": [">="], "==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"]}
OPERATOR = re.compile(r"(?<![-<>=!&|])(<=|>=|==|!=|&&|\|\||<|>)(?![<>=&|])")


def mutants(text):
    """(offset, old, new) for each operator outside comments, strings, includes and macros' definitions."""
    blank = lambda match: re.sub(r"[^\n]", " ", match.group(0))
    bare = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|^#.*?$', blank, text, flags=re.S | re.M)
    for match in OPERATOR.finditer(bare):
        for new in CHANGES[match.group(1)]:
            yield match.start(), match.group(1), new


def build():
    targets = sorted({test.split()[0].split("/")[-1] for test in TESTS})
    return subprocess.run(["cmake", "--build", WORK / "build", "--target", *targets], capture_output=True, text=True)


def notices():
    for test in TESTS:
        # Seconds of processor time: on a busy machine a bound on the clock would count as noticed.
        result = subprocess.run(f"ulimit -t 60; {WORK}/build/{test}", shell=True, cwd=WORK / "tree", capture_output=True)
        if result.returncode:
            return True
    return False


def main():
    tree = WORK / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    subprocess.run(["cmake", "-S", tree, "-B", WORK / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DONNXTREE_SANITIZE=address", "-DONNXTREE_BUILD_SHARED=OFF"], check=True, capture_output=True)
    first = build()
    if first.returncode or notices():
        sys.exit("the tests fail without a mutant:\n" + first.stdout[-2000:])
    equivalent = {tuple(line.split("\t")[:2]) for line in (ROOT / "tools/mutants_equivalent.tsv").read_text().splitlines()[1:]}
    total = killed = known = 0
    for name in sys.argv[1:] or FILES:
        path = tree / name
        text = path.read_text()
        for offset, old, new in mutants(text):
            total += 1
            line_start = text.rfind("\n", 0, offset) + 1
            line = text[line_start:text.find("\n", offset)]
            label = (name, line[:offset - line_start].strip() + f" [{old} -> {new}] " + line[offset - line_start + len(old):].strip())
            path.write_text(text[:offset] + new + text[offset + len(old):])
            if build().returncode or notices():
                killed += 1
            elif label in equivalent:
                known += 1
            else:
                print(f"survives: {name}:{text.count(chr(10), 0, offset) + 1}\t{label[1]}", flush=True)
        path.write_text(text)
    print(f"{total} mutants, {killed} noticed, {known} equivalent, {total - killed - known} survive")
    sys.exit(total != killed + known)


main()
