#!/bin/sh
# tools/test_machines.sh [--bits [--all]] [aarch64] [s390x] [i686] [x86-64]
#
# Runs the tests as other machines do: aarch64 (NEON), s390x (big-endian) and x86-64 without AVX under QEMU, i686 (32 bits) on this processor.
# Without arguments all of them, else those that are named. The system stays as it is but for cross compilers and QEMU: the libraries of the
# other machines are unpacked under build/machines, fetched with an apt state of our own there.
# --bits instead compares results: each machine's tests/golden/test_splits, built by gcc and clang with -O0 and -O3, hashes the results of every model
# after comparing all kernels, threads and splits; prints a table, in which what earlier runs found on machines that are not named stays. QEMU looks at
# a quarter of the models, at the next with the next compiler and optimisation; with --all at all of them.
set -eu
cd "$(dirname "$0")/.."

machines=""
bits=no
all=no
while [ $# -gt 0 ]; do
  case $1 in
    --bits) bits=yes ;;
    --all) all=yes ;;
    aarch64 | s390x | i686 | x86-64) machines="$machines $1" ;;
    *) sed -n '2,12s/^# //p' "$0" >&2; exit 2 ;;
  esac
  shift
done
[ -n "$machines" ] || machines="x86-64 i686 aarch64 s390x"
tools/install_packages.sh gcc g++ libc6-dev cmake ninja-build pkg-config protobuf-c-compiler libprotobuf-c-dev libonnx-dev libcunit1-dev qemu-user clang \
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

# bits NAME LAUNCHER [CMAKE OPTION...]: the results of one machine by each compiler and optimisation; x86-64 also without AVX.
bits() {
  name=$1 launcher=$2 share=0
  shift 2
  for compiler in gcc clang; do
    for level in 0 3; do
      build=$root/bits-$name-$compiler-O$level
      case $compiler in gcc) found=$triple-gcc flags="" ;; *) found=clang flags="--target=$triple" ;; esac
      cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=None -DONNXTREE_BUILD_SHARED=OFF -DONNXTREE_BUILD_COMMAND=OFF -DCMAKE_C_COMPILER="$found" \
        "-DCMAKE_C_FLAGS=-O$level $flags" -DCMAKE_CXX_COMPILER=NOTFOUND "$@" > "$build.log" 2>&1 && cmake --build "$build" --target test_splits >> "$build.log" 2>&1 ||
        { tail -n 40 "$build.log"; exit 1; }
      compare "$name" "$compiler -O$level" "$launcher" "$build"
      [ "$name" != x86-64 ] || compare "x86-64 without AVX" "$compiler -O$level" "qemu-x86_64;-cpu;Nehalem" "$build"
      share=$((share + 1))
    done
  done
}

# compare NAME COMPILER LAUNCHER BUILD: a line for the table, and the hashes. QEMU keeps memory of every thread that has ended, of those that all
# models take more than there is: a process of it looks at a quarter.
compare() {
  file="$root/bits/$1 $2"
  case $3 in qemu*) of=4 ;; *) of=1 ;; esac
  case $all in no) parts=$((share % of)) ;; yes) parts=$(seq 0 $((of - 1))) ;; esac
  runner=$3
  for part in $parts; do
    # shellcheck disable=SC2086
    (IFS=';'; $runner "$4/tests/test_splits" $of "$file.part" "$part") > "$file.log" 2>&1 || { cat "$file.log"; failed=yes; }
    cat "$file.part" >> "$file.tsv"
    sed -n 's/.*models, .* looked at, \([0-9]*\) evaluations, \([0-9]*\) differences$/\1 \2/p' "$file.log" >> "$file.counts"
  done
  echo "$1, $2" >&2
}

# The table: rows files of models, how many of them differ from one combination, which looked at all.
table() {
  first="$root/bits/x86-64 gcc -O3.tsv"
  echo "| machine, compiler | models × rows | evaluations | splits that differ | models × rows that differ from x86-64 gcc -O3 | hash of the results |"
  echo "|---|---|---|---|---|---|"
  for file in "$root"/bits/*.tsv; do
    name=${file##*/}
    read -r evaluations splits <<EOF
$(awk '{evaluations += $1; splits += $2} END {print evaluations + 0, NR ? splits : "?"}' "${file%.tsv}.counts")
EOF
    differ=$(grep -cvxFf "$first" "$file" || true)
    [ "$splits$differ" = 00 ] || failed=yes
    echo "| ${name%.tsv} | $(wc -l < "$file") | $evaluations | $splits | $differ | $(LC_ALL=C sort "$file" | sha256sum | cut -c1-12) |"
  done
}

# cross NAME TRIPLE ARCHITECTURE TRIPLE_OF_DEBIAN LAUNCHER
cross() {
  name=$1 triple=$2 architecture=$3 debian_triple=$4 emulator=$5
  fetch "$architecture"
  set -- -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$name" "-DCMAKE_CROSSCOMPILING_EMULATOR=$emulator"
  export PKG_CONFIG_LIBDIR="$root/$architecture/usr/lib/$debian_triple/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root/$architecture"
  if [ $bits = yes ]; then
    bits "$name" "$emulator" "$@"
  else
    run "$name" "$emulator" "$@" -DCMAKE_C_COMPILER="$triple-gcc" -DCMAKE_CXX_COMPILER=NOTFOUND
  fi
  unset PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
}

mkdir -p "$root/bits"
failed=no
for machine in $machines; do
  [ $bits = no ] || rm -f "$root/bits/$machine"*
  case $machine in
    aarch64 | s390x)
      case $machine in aarch64) architecture=arm64 ;; *) architecture=$machine ;; esac
      cross $machine $machine-linux-gnu $architecture $machine-linux-gnu "qemu-$machine;-L;/usr/$machine-linux-gnu"
      ;;
    # QEMU 7.2 hangs in 32-bit programs with threads; the processor itself runs them, through the loader of the cross compiler's libraries.
    i686) cross i686 i686-linux-gnu i386 i386-linux-gnu "/usr/i686-linux-gnu/lib/ld-linux.so.2;--library-path;/usr/i686-linux-gnu/lib" ;;
    x86-64)
      triple=x86_64-linux-gnu
      if [ $bits = yes ]; then bits x86-64 ""; else run x86-64 "qemu-x86_64;-cpu;Nehalem" -DCMAKE_C_COMPILER=gcc; fi
      ;;
  esac
done
[ $bits = no ] || table
[ $failed = no ]
