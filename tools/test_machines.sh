#!/bin/sh
# Runs the tests as other machines do: aarch64 (NEON), s390x (big-endian) and x86-64 without AVX under QEMU, i686 (32 bits) on this processor.
# Without arguments all of them, else those that are named. The system stays as it is but for cross compilers and QEMU: the libraries of the
# other machines are unpacked under build/machines, fetched with an apt state of our own there.
set -eu
cd "$(dirname "$0")/.."

machines="aarch64 s390x i686 x86-64"
[ $# -eq 0 ] || machines=$*
for machine in $machines; do
  case $machine in
    aarch64 | s390x | i686 | x86-64) ;;
    *) echo "usage: tools/test_machines.sh [aarch64] [s390x] [i686] [x86-64]" >&2; exit 2 ;;
  esac
done
tools/install_packages.sh gcc g++ libc6-dev cmake ninja-build pkg-config protobuf-c-compiler libprotobuf-c-dev libonnx-dev libcunit1-dev qemu-user \
  gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-s390x-linux-gnu libc6-dev-s390x-cross gcc-i686-linux-gnu libc6-dev-i386-cross
root=$(pwd)/build/machines

# fetch ARCHITECTURE: the libraries that we link, unpacked in $root/ARCHITECTURE.
fetch() {
  [ ! -e "$root/$1/complete" ] || return 0
  rm -rf "${root:?}/$1"
  mkdir -p "$root/$1/apt/state/lists/partial" "$root/$1/apt/cache/archives/partial"
  : > "$root/$1/apt/status"
  (
    cd "$root/$1/apt"
    set -- -qq -o Acquire::Retries=5 -o APT::Sandbox::User=root -o Dir::State="$PWD/state" -o Dir::State::status="$PWD/status" -o Dir::Cache="$PWD/cache" \
      -o APT::Architecture="$1" -o APT::Architectures="$1"
    apt-get "$@" update 2>/dev/null || true # part of the lists may do, see install_packages.sh
    apt-get "$@" download libprotobuf-c1 libprotobuf-c-dev libcunit1 libcunit1-dev
    for package in *.deb; do dpkg -x "$package" ..; done
  )
  rm -rf "$root/$1/apt"
  : > "$root/$1/complete"
}

# run NAME LAUNCHER [CMAKE OPTION...]: from configuring to testing. Lints, packages and instruction counts have nothing to do with the machine, and some
# scripts start the command without a launcher.
run() {
  name=$1
  launcher=$2
  shift 2
  echo "== $name: $launcher"
  build=$root/build-$name
  cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DONNXTREE_WERROR=ON "-DONNXTREE_TEST_LAUNCHER=$launcher" "$@" > "$build.log" 2>&1 ||
    { cat "$build.log"; exit 1; }
  cmake --build "$build" >> "$build.log" 2>&1 || { tail -n 60 "$build.log"; exit 1; }
  ctest --test-dir "$build" --output-on-failure -j "$(nproc)" --timeout 1800 -LE 'lint|robustness|install|html' -E 'one_source|bad_data_kinds|example'
}

# cross NAME TRIPLE ARCHITECTURE TRIPLE_OF_DEBIAN LAUNCHER
cross() {
  name=$1 triple=$2 architecture=$3 debian_triple=$4 emulator=$5
  fetch "$architecture"
  PKG_CONFIG_LIBDIR="$root/$architecture/usr/lib/$debian_triple/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root/$architecture" \
    run "$name" "$emulator" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$name" -DCMAKE_C_COMPILER="$triple-gcc" -DCMAKE_CXX_COMPILER=NOTFOUND \
    "-DCMAKE_CROSSCOMPILING_EMULATOR=$emulator"
}

mkdir -p "$root"
for machine in $machines; do
  case $machine in
    aarch64 | s390x)
      case $machine in aarch64) architecture=arm64 ;; *) architecture=$machine ;; esac
      cross $machine $machine-linux-gnu $architecture $machine-linux-gnu "qemu-$machine;-L;/usr/$machine-linux-gnu"
      ;;
    # QEMU 7.2 hangs in 32-bit programs with threads; the processor itself runs them, through the loader of the cross compiler's libraries.
    i686) cross i686 i686-linux-gnu i386 i386-linux-gnu "/usr/i686-linux-gnu/lib/ld-linux.so.2;--library-path;/usr/i686-linux-gnu/lib" ;;
    x86-64) run x86-64 "qemu-x86_64;-cpu;Nehalem" -DCMAKE_C_COMPILER=gcc ;;
  esac
done
