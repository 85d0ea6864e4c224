#!/bin/sh
# The long part of continuous integration in one command: every checker that is too slow for each change. tools/check.sh [STAGE...]
# Prints what is found and, at the end, a table of stages; fails if anything was found. docs/security-model.md tells what each stage proves and how long it takes.
#   analyzer    gcc -fanalyzer            |  no findings but those that tools/accepted_findings.tsv
#   tidy        clang-tidy (.clang-tidy)  |  explains, place by place
#   cppcheck                              |
#   warnings    clang -Weverything, less the kinds that are listed below
#   stack       no function takes more than 40 KiB of stack, none an unbounded amount
#   threads     ThreadSanitizer: 16 threads on one model, every test that runs threads
#   integer     AddressSanitizer, undefined, float casts and implicit conversions over the whole suite
#   faults      every call of the system under the command fails
#   coverage    the gate: lines and branches of decode, validation and readers, and of the rest of src/
#   mutants     tools/mutate.py
#   machines    tools/test_machines.sh: aarch64, s390x, i686, x86-64 without AVX
#   fuzz        tools/fuzz.sh, ten minutes for each target
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C # quotes of gcc
stages=${*:-analyzer tidy cppcheck warnings stack threads integer faults coverage mutants machines fuzz}
tools/install_packages.sh gcc g++ clang clang-tidy libclang-rt-dev cppcheck gcovr libc6-dev cmake ninja-build pkg-config protobuf-c-compiler libprotobuf-c-dev \
  libonnx-dev libcunit1-dev python3 valgrind
log=build/check
mkdir -p $log

# configure NAME OPTION...: a build of its own.
configure() {
  name=$1
  shift
  cmake -S . -B "build/$name" -G Ninja "$@" >"$log/$name.log" 2>&1 || { tail -n 30 "$log/$name.log"; return 1; }
}
build() { cmake --build "build/$@" >>"$log/$1.log" 2>&1 || { tail -n 30 "$log/$1.log"; return 1; }; }
tests() { ctest --test-dir "build/$@" --output-on-failure -j "$(nproc)" --timeout 3600 >"$log/$1.txt" 2>&1 || { tail -n 60 "$log/$1.txt"; return 1; }; }

# findings TOOL FILE: lines of a compiler's kind in our own files that tools/accepted_findings.tsv does not list; fails if there are any.
findings() {
  grep -E '^[^ ]+:[0-9]+:[0-9]+: (warning|error|style|performance|portability): ' "$2" | sed "s|^$PWD/||" | grep -v '^build/' | sort -u >$log/all
  awk -F '\t' -v tool="$1" '
    NR == FNR {if ($1 == tool) {file[++count] = $2; text[count] = $3}; next}
    {
      path = $0
      sub(/:.*/, "", path)
      for (i = 1; i <= count; i++)
        if (path == file[i] && index($0, text[i])) {used[i] = 1; next}
      print
    }
    END {for (i = 1; i <= count; i++) if (!used[i]) print "note: accepted, but not found any more: " file[i] ": " text[i]}' tools/accepted_findings.tsv $log/all >$log/new
  cat $log/new
  ! grep -v '^note: ' $log/new >"$log/$1.found"
}

stage_analyzer() {
  configure analyzer -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="-O1 -fanalyzer" -DONNXTREE_BUILD_TESTS=OFF &&
    cmake --build build/analyzer --clean-first --target onnxtree_objects onnxtree_command >$log/analyzer.txt 2>&1 || { tail -n 30 $log/analyzer.txt; return 1; }
  findings analyzer $log/analyzer.txt
}

# Commands of all our files, and the generated ones.
list_commands() {
  configure static -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DONNXTREE_BUILD_TESTS=OFF && build static --target onnxtree_proto
}

# One run for each file: several in one run make clang-tidy 14 see ghosts in va_list.
stage_tidy() {
  list_commands || return 1
  sed -n 's/.*"file": "\(.*\)".*/\1/p' build/static/compile_commands.json | grep -v "^$PWD/build/" | xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p build/static >$log/tidy.txt 2>$log/tidy.log ||
    { grep -h 'error:' $log/tidy.txt $log/tidy.log; return 1; }
  findings tidy $log/tidy.txt
}

stage_cppcheck() {
  list_commands || return 1
  cppcheck --project=build/static/compile_commands.json --std=c11 --enable=warning,performance,portability --quiet -j "$(nproc)" -D__GNUC__=12 "-i$PWD/build" \
    '--suppress=*:*/onnx.pb-c.h' 2>$log/cppcheck.txt || return 1
  findings cppcheck $log/cppcheck.txt
}

# Left out: declarations among statements and padding are the house's style; equality and widening of floating-point numbers are exact, and meant; switches
# have a default; the C library's macros; a result that is an int or a size_t may become an enumeration; formats are handed on by functions that check
# them; a comma steps two things at once.
stage_warnings() {
  configure warnings -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DONNXTREE_BUILD_TESTS=OFF -DCMAKE_C_FLAGS="-Weverything -Wno-declaration-after-statement -Wno-padded \
-Wno-float-equal -Wno-double-promotion -Wno-switch-enum -Wno-disabled-macro-expansion -Wno-bad-function-cast -Wno-format-nonliteral -Wno-comma" &&
    cmake --build build/warnings --clean-first --target onnxtree_objects onnxtree_command >$log/warnings.txt 2>&1 || { tail -n 30 $log/warnings.txt; return 1; }
  findings warnings $log/warnings.txt
}

stage_stack() {
  configure stack -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release -DONNXTREE_BUILD_TESTS=OFF -DCMAKE_C_FLAGS=-Wstack-usage=40960 &&
    cmake --build build/stack --clean-first --target onnxtree_objects onnxtree_command >$log/stack.txt 2>&1 || { tail -n 30 $log/stack.txt; return 1; }
  findings stack $log/stack.txt
}

stage_threads() {
  configure threads -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo -DONNXTREE_SANITIZE=thread -DONNXTREE_BUILD_SHARED=OFF &&
    build threads && tests threads -R 'hygiene|library|arrow|trees|wrapper|splits|example|cli.run|cli.pipeline'
}

# Unsigned numbers may wrap: hashes, countdowns and bit tricks use what C defines.
stage_integer() {
  configure integer -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo -DONNXTREE_BUILD_SHARED=OFF \
    -DONNXTREE_SANITIZE=address,undefined,float-cast-overflow,implicit-conversion,integer-divide-by-zero && build integer && tests integer -LE install
}

stage_faults() { configure faults -DCMAKE_BUILD_TYPE=RelWithDebInfo -DONNXTREE_FAULT_STEP=1 && build faults && tests faults -R faults; }

stage_coverage() {
  configure coverage -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug -DONNXTREE_COVERAGE=ON && build coverage && tests coverage && tools/coverage.sh build/coverage
}

stage_mutants() { tools/mutate.py; }
stage_machines() { tools/test_machines.sh; }
stage_fuzz() { tools/fuzz.sh --seconds 600; }

status=0
: >$log/table
for stage in $stages; do
  echo "== $stage"
  start=$(date +%s)
  : >"$log/$stage.found"
  result=0
  "stage_$stage" || result=1
  found=$(wc -l <"$log/$stage.found")
  [ $result = 0 ] || { status=1; [ "$found" -gt 0 ] || found=failed; }
  printf '%-9s  %8s  %6d s\n' "$stage" "$found" $(($(date +%s) - start)) >>$log/table
done
echo
echo "stage      findings      time"
cat $log/table
exit $status
