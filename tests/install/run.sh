#!/bin/sh
# Installs the library, moves the installed tree, and builds and runs programs against it in every way that is documented:
# find_package, pkg-config, add_subdirectory, FetchContent, each static and shared, each in C11 and C++17.
# run.sh SOURCE_DIR BUILD_DIR installed|source     CC, CXX: compilers
set -eu
source=$1
build=$2
here=$source/tests/install/consumer
model=$source/models/sk_forest_nocl/model.onnx
cc=${CC:-cc}
cxx=${CXX:-c++}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CCACHE_NOHASHDIR=1

# quietly COMMAND...: its output is shown if it fails.
quietly() {
  "$@" >"$work/log" 2>&1 || { echo "failed: $*"; cat "$work/log"; exit 1; }
}

# runs NAME PROGRAM static|shared: the program predicts, and needs the shared library only if it should.
runs() {
  printed=$(LD_LIBRARY_PATH=${library_path-} "$2" "$model") || { echo "$1: $2 failed"; exit 1; }
  case $printed in
    "onnxtree "*": label 0") ;;
    *) echo "$1: '$printed'"; exit 1 ;;
  esac
  needs=static
  ! objdump -p "$2" | grep -q 'NEEDED *libonnxtree' || needs=shared
  [ "$needs" = "$3" ] || { echo "$1: linked $needs, $3 was meant"; exit 1; }
  echo "ok: $1"
}

# cmake_project WAY static|shared OPTION...
cmake_project() {
  way=$1
  kind=$2
  shift 2
  out=$work/$way-$kind
  quietly cmake -S "$here" -B "$out" -G Ninja -DCMAKE_C_COMPILER="$cc" -DCMAKE_CXX_COMPILER="$cxx" -DWAY="$way" -DCMAKE_C_COMPILER_LAUNCHER="${LAUNCHER-}" "$@"
  quietly cmake --build "$out"
  runs "$way, $kind, C11" "$out/consumer_c" "$kind"
  runs "$way, $kind, C++17" "$out/consumer_cpp" "$kind"
}

# with_pkg_config static|shared FLAG...
with_pkg_config() {
  kind=$1
  option=""
  [ "$kind" = shared ] || option=--static
  # shellcheck disable=SC2046,SC2086 # lists of words are meant
  quietly "$cc" -std=c11 -pedantic -Wall -Werror "$here/consumer.c" -o "$work/c-$kind" $([ "$kind" = shared ] || echo -static) $(pkg-config $option --cflags --libs onnxtree)
  # shellcheck disable=SC2046,SC2086
  quietly "$cxx" -std=c++17 -pedantic -Wall -Werror "$here/consumer.cpp" -o "$work/cpp-$kind" $([ "$kind" = shared ] || echo -static) $(pkg-config $option --cflags --libs onnxtree)
  runs "pkg-config, $kind, C11" "$work/c-$kind" "$kind"
  runs "pkg-config, $kind, C++17" "$work/cpp-$kind" "$kind"
}

if [ "$3" = source ]; then
  for way in add_subdirectory FetchContent; do
    cmake_project $way static "-DONNXTREE_SOURCE=$source" -DCMAKE_BUILD_TYPE=Debug
    cmake_project $way shared "-DONNXTREE_SOURCE=$source" -DCMAKE_BUILD_TYPE=Debug -DBUILD_SHARED_LIBS=ON
  done
  exit
fi

quietly cmake --install "$build" --prefix "$work/first"
mv "$work/first" "$work/moved"
prefix=$work/moved
# Nothing that was installed knows where it was built or installed first.
! grep -rlIF -e "$work/first" -e "$build" "$prefix" || { echo "these files hold paths of the build"; exit 1; }

cmake_project find_package shared -DCMAKE_PREFIX_PATH="$prefix"
rm -rf "$work/find_package-shared"
cmake_project find_package shared -DCMAKE_PREFIX_PATH="$prefix" -DCOMPONENT=shared -DBUILD_SHARED_LIBS=OFF
cmake_project find_package static -DCMAKE_PREFIX_PATH="$prefix" -DCOMPONENT=static
rm -rf "$work/find_package-static"
cmake_project find_package static -DCMAKE_PREFIX_PATH="$prefix" -DBUILD_SHARED_LIBS=OFF

PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name onnxtree.pc)")
export PKG_CONFIG_PATH
library_path=$(dirname "$PKG_CONFIG_PATH")
# Users of the shared library need nothing else installed: no other .pc file is in reach.
PKG_CONFIG_LIBDIR=$PKG_CONFIG_PATH
export PKG_CONFIG_LIBDIR
with_pkg_config shared
unset PKG_CONFIG_LIBDIR
with_pkg_config static

# The three components are installed each on its own, and together they are everything.
for component in runtime development command; do
  quietly cmake --install "$build" --prefix "$work/parts" --component $component
done
(cd "$prefix" && find . | sort) >"$work/all"
(cd "$work/parts" && find . | sort) | diff "$work/all" - || { echo "the components differ from the whole"; exit 1; }
"$prefix/bin/onnxtree" --version
