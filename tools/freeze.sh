#!/bin/sh
# Adds the present results of all models of models/ to the corpus that every later version has to reproduce: tests/frozen/VERSION.tsv. Part of a release.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -n 's/.*ONNXTREE_VERSION_STRING "\(.*\)".*/\1/p' include/onnxtree/version.h)
file=tests/frozen/$version.tsv
[ ! -e "$file" ] || { echo "$file exists: what is released stays" >&2; exit 1; }
cmake -S . -B build/gcc -G Ninja -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build build/gcc --target test_frozen >/dev/null
build/gcc/tests/frozen/test_frozen --write "$file"
wc -l "$file"
