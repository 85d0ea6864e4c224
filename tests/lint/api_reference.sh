#!/bin/sh
# The API reference is made without a warning: everything public is documented.
set -eu
cd "$(dirname "$0")/../.."
command -v doxygen >/dev/null || { echo "doxygen is not installed"; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
(cat docs/Doxyfile; echo "OUTPUT_DIRECTORY = $out") | doxygen -
