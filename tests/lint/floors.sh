#!/bin/sh
# Each floor of src/ includes lower floors only; the command includes the public headers and its own.
set -eu
cd "$(dirname "$0")/../.."
bad=$(
  # allowed FOLDER REGEX: prints the includes of the folder's files that do not match.
  allowed() {
    grep -rn '#include "' "$1" --include='*.[ch]' | grep -vE "#include \"($2)" || true
  }
  allowed src/base 'base/'
  allowed src/onnx 'base/|onnx/|onnx\.pb-c\.h'
  allowed src/ensemble 'base/|onnx/|ensemble/'
  allowed src/kernels 'base/|ensemble/(ensemble|accumulate|real|reference)\.h|kernels/'
  allowed src/ops 'base/|onnx/|ensemble/|kernels/|ops/'
  allowed src/plan 'base/|onnx/|ops/|plan/'
  allowed src/api 'base/|onnx/|ensemble/|kernels/|ops/|plan/|api/'
  # The canonical ensemble and what kernels use of it know no protobuf.
  grep -n '#include "onnx' src/ensemble/ensemble.h src/ensemble/accumulate.[ch] src/ensemble/reference.[ch] src/ensemble/real.h src/ensemble/finish.[ch] src/ensemble/transform.[ch] || true
  grep -rnE '#include "(base|onnx|ensemble|kernels|ops|plan|api)/' tools --include='*.[ch]' || true
)
[ -z "$bad" ] || { echo "includes that point upwards:"; echo "$bad"; exit 1; }
