#!/bin/sh
# Prints the coverage of src/ from a build with ONNXTREE_COVERAGE whose tests have run, and holds it against the gates; what is missing is listed in BUILD/missing.txt.
# docs/security-model.md#coverage tells what is counted. Usage: coverage.sh BUILD
set -eu
cd "$(dirname "$0")/.."
build=$1
result=0

# leave_out FLAG FILES: kernels that this processor cannot run are not counted.
left_out=
leave_out() {
  grep -q "^flags.* $1\( \|\$\)" /proc/cpuinfo && return
  left_out="$left_out --exclude $2"
  echo "not counted, for want of $1: $2"
}
leave_out avx2 'src/.*avx2'
leave_out avx512vbmi 'src/.*avx512|src/kernels/(row|ranked)_'

# report ARGUMENT...: of what has been measured once.
report() { gcovr --root . --add-tracefile "$build/coverage.json" "$@"; }

# gate NAME LINES BRANCHES FILTER...: percentages that must be reached.
gate() {
  name=$1 lines=$2 branches=$3
  shift 3
  report "$@" --json-summary "$build/coverage_summary.json" --json-summary-pretty
  awk -F '[:,]' -v name="$name" -v lines="$lines" -v branches="$branches" '
    /^     / {next} # of a file
    /"branch_covered"/ {b = $2} /"branch_total"/ {bt = $2} /"line_covered"/ {l = $2} /"line_total"/ {lt = $2}
    END {
      low = !lt || 100 * l < lines * lt || 100 * b < branches * bt
      printf "%s: %d of %d lines, %.2f %% (gate %s); %d of %d branches, %.2f %% (gate %s)%s\n", name, l, lt, 100 * l / lt, lines, b, bt, 100 * b / bt, branches, low ? " TOO LOW" : ""
      exit low
    }' "$build/coverage_summary.json"
}

# shellcheck disable=SC2086 # a list of words is meant
gcovr --root . --filter src/ $left_out --exclude-throw-branches --exclude-unreachable-branches --json "$build/coverage.json" "$build"
report --txt "$build/missing.txt"
gate "decode, validation, readers" "${GATE_LINES-100}" "${GATE_BRANCHES-95}" --filter 'src/onnx/' --filter 'src/ensemble/(read|valid)' || result=1
gate "the rest of src/" "${GATE_REST_LINES-95}" "${GATE_REST_BRANCHES-90}" --filter src/ --exclude 'src/onnx/' --exclude 'src/ensemble/(read|valid)' || result=1
[ $result = 0 ] || grep -v ' 100%' "$build/missing.txt"
exit $result
