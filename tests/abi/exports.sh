#!/bin/sh
# The shared library exports exactly tests/abi/exports.txt, which is exactly what the headers declare.
# exports.sh LIBRARY [--update]
set -eu
cd "$(dirname "$0")"
LC_ALL=C
export LC_ALL
exported=$(nm -D --defined-only "$1" | awk '$2 != "A" { print $3 }' | sort)
if [ "${2-}" = --update ]; then
  echo "$exported" >exports.txt
  exit
fi
soname=$(objdump -p "$1" | awk '$1 == "SONAME" { print $2 }')
abi=$(awk '$2 == "ONNXTREE_ABI_VERSION" { print $3 }' ../../include/onnxtree/version.h)
[ "$soname" = "libonnxtree.so.$abi" ] || { echo "SONAME is '$soname'"; exit 1; }
if ! echo "$exported" | diff exports.txt -; then
  echo "The exported symbols (>) are not those of tests/abi/exports.txt (<). If this is meant: tests/abi/exports.sh LIBRARY --update"
  exit 1
fi
# A declaration may go over several lines, but its name stands on the first.
declared=$(sed -n 's/^ONNXTREE_API .*[ *]\(onnxtree_[a-z0-9_]*\)(.*/\1@@ONNXTREE_'"$abi"'/p' ../../include/onnxtree/*.h | sort)
echo "$declared" | diff exports.txt - || { echo "The headers (>) do not declare what is exported (<)."; exit 1; }
