#!/bin/sh
# Instructions that it takes to refuse files made to exhaust: counted by callgrind, the same on every run. Usage: robustness.sh COMMAND MODELS
set -eu
command -v valgrind >/dev/null || { echo "valgrind is not installed: skipped"; exit 77; }
budget=60000000 # about 20 ms; starting the command under valgrind takes some of it
failed=no
for name in limit-nesting wire-duplicate limit-columns limit-graph-nodes; do
  for file in "$2"/bad/$name*.onnx; do
    count=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null "$1" check "$file" 2>&1 >/dev/null | sed -n 's/.*Collected : //p')
    echo "$(basename "$file"): $count instructions"
    [ "$count" -lt $budget ] || { echo "more than $budget"; failed=yes; }
  done
done
[ $failed = no ]
