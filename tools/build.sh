#!/bin/sh
# Builds the library and the command into build/release, installing the Debian packages that this needs.
set -eu
cd "$(dirname "$0")/.."
tools/install_packages.sh gcc libc6-dev cmake ninja-build pkg-config protobuf-c-compiler libprotobuf-c-dev libonnx-dev
cmake -S . -B build/release -G Ninja -DCMAKE_BUILD_TYPE=Release -DONNXTREE_BUILD_TESTS=OFF >/dev/null
cmake --build build/release
