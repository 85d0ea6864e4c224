#!/bin/sh
# Builds the command and scores five flowers with a random forest that scikit-learn trained.
set -eu
cd "$(dirname "$0")/.."
tools/build.sh
echo '$ onnxtree run models/sk_forest_nocl/model.onnx examples/iris/iris.csv'
build/release/tools/onnxtree run models/sk_forest_nocl/model.onnx examples/iris/iris.csv
