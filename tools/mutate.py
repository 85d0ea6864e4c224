#!/usr/bin/env python3
"""Mutation testing of the checks that keep hostile files out: changes one comparison or connective at a time, and asks the tests whether they notice.
All changes are compiled into one copy of the sources, where a variable of the environment picks one, so that only the tests run for each. Prints the
survivors; tools/mutants_equivalent.tsv lists those that change nothing, each with the reason.

    tools/mutate.py [FILE[:LINE]...]        default: the validator, the wire scan, and the readers of trees
"""
import collections
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "mutants"
FILES = ["src/ensemble/validate.c", "src/onnx/scan.c", "src/onnx/wire.h", "src/ensemble/read_nodes.c", "src/ensemble/read_indexed.c",
         "src/ensemble/read_weights.c", "src/ensemble/reader.c"]
# The cheapest first: most mutants are noticed by the first that looks at their file.
TESTS = ["tests/test_validate", "tests/test_readers", "tests/test_sums", "tests/test_trees", "tests/fuzz/replay_load tests/fuzz/seeds/load.pack", "tests/test_conformance", "tests/test_wire",
         "tests/test_catalogue", "tests/test_golden", "tests/test_bounds"]
CHANGES = {"<=": "<", ">=": ">", "<": "<=", ">": ">=", "==": "!=", "!=": "==", "&&": "||", "||": "&&"}
OPERATOR = re.compile(r"(?<![-<>=!&|])(<=|>=|==|!=|&&|\|\||<|>)(?![<>=&|])")
NO_CODE = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|^#.*?$""", re.S | re.M)
Mutant = collections.namedtuple("Mutant", "file line label start end new")

PICK = """
#ifndef MUTANT
#define MUTANT(number) (mutant_number == (number))
#include <stdlib.h>
static int mutant_number;
__attribute__((constructor)) static void pick_mutant(void) {
  const char *text = getenv("MUTANT");
  mutant_number = text ? atoi(text) : -1;
}
#endif
"""


def bare(text):
    """The text with blanks in place of comments, strings, includes and macros' definitions."""
    return NO_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)


def mutants(name):
    """One for each operator."""
    text = (ROOT / name).read_text()
    for match in OPERATOR.finditer(bare(text)):
        start, end, old = match.start(), match.end(), match.group(1)
        before, after = text[text.rfind("\n", 0, start) + 1:start].strip(), text[end:text.find("\n", end)].strip()
        new = CHANGES[old]
        yield Mutant(name, text.count("\n", 0, start) + 1, f"{before} [{old} -> {new}] {after}", start, end, new)


def expression(code, mutant):
    """Where the expression that the operator stands in begins and ends: up to what binds less than any operator that is changed."""
    depth, start = 0, mutant.start
    while depth or not (code[start - 1] in "([{};,?:" or re.search(r"(?<![=!<>])=$|\breturn$|\belse$", code[start - 10:start])
                     and code[start] != "="):
        start -= 1
        depth += (code[start] in ")]}") - (code[start] in "([{")
    end = mutant.end
    while depth or code[end] not in ")]};,?:":
        depth += (code[end] in "([{") - (code[end] in ")]}")
        end += 1
    return start, end


def with_mutants(name, numbered):
    """The file with all its mutants, of which each is a number."""
    text = (ROOT / name).read_text()
    code = bare(text)
    groups = collections.defaultdict(list)
    for number, mutant in numbered:
        groups[expression(code, mutant)].append((number, mutant))

    def render(first, last):
        """The text from first to last, in which every expression may be another one."""
        result, at = "", first
        for (start, end), group in sorted(groups.items(), key=lambda item: (item[0][0], -item[0][1])):
            if start < at or end > last or (start, end) == (first, last):
                continue
            changed = "".join(f"MUTANT({number}) ? ({text[start:m.start]}{m.new}{text[m.end:end]}) : " for number, m in group)
            result += f"{text[at:start]} ({changed}({render(start, end)}))"
            at = end
        return result + text[at:last]

    begin = text.index("\n#define ") + 1 if name.endswith(".h") else 0 # inside of the guard
    begin = text.index("\n", begin) + 1 if begin else 0
    return text[:begin] + PICK + render(begin, len(text))


def build(numbered):
    """A copy of the sources with the mutants, built with sanitizers."""
    tree = WORK / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    files = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    for name in {mutant.file for _, mutant in numbered}:
        (tree / name).write_text(with_mutants(name, [(number, mutant) for number, mutant in numbered if mutant.file == name]))
    launcher = ["-DCMAKE_C_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    targets = [test.split()[0].split("/")[-1] for test in TESTS]
    for command in (["cmake", "-S", tree, "-B", WORK / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DONNXTREE_SANITIZE=address,undefined",
                     "-DONNXTREE_BUILD_SHARED=OFF", *launcher], ["cmake", "--build", WORK / "build", "--target", *targets]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)


def is_noticed(number):
    for test in TESTS:
        # Seconds of processor time: on a busy machine a bound on the clock would count as noticed.
        if subprocess.run(f"ulimit -t 20; {WORK}/build/{test}", shell=True, cwd=WORK / "tree", env=os.environ | {"MUTANT": str(number)}, capture_output=True).returncode:
            return True
    return False


def main():
    wanted = [name.partition(":") for name in sys.argv[1:] or FILES]
    todo = [mutant for name, _, line in wanted for mutant in mutants(name) if not line or int(line) == mutant.line]
    lines = (ROOT / "tools/mutants_equivalent.tsv").read_text().splitlines()[1:]
    equivalent = {tuple(line.split("\t")[:2]) for line in lines}
    build(list(enumerate(todo)))
    if is_noticed(-1):
        sys.exit("the tests fail without a mutant")
    killed = known = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for mutant, noticed in zip(todo, pool.map(is_noticed, range(len(todo)))):
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
