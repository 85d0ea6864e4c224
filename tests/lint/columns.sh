#!/bin/sh
# Lines of C, C++ and CMake have at most 150 columns.
set -eu
cd "$(dirname "$0")/../.."
if LC_ALL=C.UTF-8 grep -rnE '^.{151}' --include='*.[ch]' --include='*.[ch]pp' --include='*.inc' --include=CMakeLists.txt --include='*.cmake' \
     CMakeLists.txt cmake examples include src tests tools
then exit 1; fi
