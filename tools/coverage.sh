#!/bin/sh
# Prints the coverage of src/ from a build with ONNXTREE_COVERAGE whose tests have run, and holds it against the gate. Usage: coverage.sh BUILD
set -eu
cd "$(dirname "$0")/.."
# gate NAME LINES BRANCHES FILTER...: percentages that must be reached.
gate() {
  name=$1 lines=$2 branches=$3
  shift 3
  gcovr --root . --exclude-throw-branches --exclude-unreachable-branches "$@" --print-summary "$build" >"$build/coverage.txt"
  awk -v name="$name" -v lines="$lines" -v branches="$branches" '
    /^lines:/ {l = $2 + 0} /^branches:/ {b = $2 + 0}
    END {low = l < lines || b < branches; printf "%s: lines %.1f %% (gate %s), branches %.1f %% (gate %s)%s\n", name, l, lines, b, branches, low ? " TOO LOW" : ""; exit low}' "$build/coverage.txt"
}
build=$1
result=0
gate "decode, validation, readers" "${GATE_LINES-99}" "${GATE_BRANCHES-90}" --filter 'src/onnx/' --filter 'src/ensemble/(read|valid)' || result=1
gate "all of src/" "${GATE_ALL_LINES-95}" "${GATE_ALL_BRANCHES-85}" --filter src/ || result=1
exit $result
