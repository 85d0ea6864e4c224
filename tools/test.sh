#!/bin/sh
# Builds and runs the tests. Without arguments: one build (gcc), under three minutes. --all: what .ci/run does, both compilers, plain and
# with sanitizers, then valgrind and coverage. Installs the Debian packages that it needs.
set -eu
cd "$(dirname "$0")/.."

all=no
case "${1-}" in
  "") ;;
  --all) all=yes ;;
  *) echo "usage: tools/test.sh [--all]" >&2; exit 2 ;;
esac

packages="gcc g++ libc6-dev cmake ninja-build pkg-config protobuf-c-compiler libprotobuf-c-dev libonnx-dev libcunit1-dev"
[ $all = no ] || packages="$packages doxygen dpkg-dev file clang libclang-rt-dev valgrind gcovr chromium"
# shellcheck disable=SC2086 # a list of words is meant
tools/install_packages.sh $packages

# run NAME [CMAKE OPTION...]: one configuration, from configuring to testing; the tests with the label $only, if that is set.
only=
run() {
  name=$1
  shift
  echo "== $name"
  cmake -S . -B "build/$name" -G Ninja "$@" >"build/$name.log" 2>&1 || { cat "build/$name.log"; exit 1; }
  cmake --build "build/$name" >>"build/$name.log" 2>&1 || { tail -n 60 "build/$name.log"; exit 1; }
  ctest --test-dir "build/$name" --output-on-failure -j "$(nproc)" --timeout 900 ${only:+-L "$only"}
}

mkdir -p build
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
if [ $all = no ]; then
  run gcc -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release -DONNXTREE_WERROR=ON
  exit
fi
run gcc -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release -DONNXTREE_WERROR=ON -DONNXTREE_TEST_SOURCE_CONSUMERS=ON
run clang -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Release -DONNXTREE_WERROR=ON
# Results do not depend on optimisation. gcc without it is what measures coverage.
only=golden
run clang-debug -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug
only=
# protobuf-c comes from the distribution here and is not instrumented; the wire scan in front of it is.
run gcc-sanitizers -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=RelWithDebInfo -DONNXTREE_WERROR=ON -DONNXTREE_SANITIZE=address,undefined
run clang-sanitizers -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DONNXTREE_WERROR=ON -DONNXTREE_SANITIZE=address,undefined
run valgrind -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DONNXTREE_TEST_LAUNCHER=valgrind;-q;--error-exitcode=99;--leak-check=full;--errors-for-leak-kinds=all"
run coverage -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug -DONNXTREE_COVERAGE=ON
echo "== coverage of src/"
tools/coverage.sh build/coverage
