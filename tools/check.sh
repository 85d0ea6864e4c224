#!/bin/sh
# The long part of continuous integration: every checker that is too slow for each change. tools/check.sh [STAGE...]; all stages take about an hour on two cores.
#   static    cppcheck, gcc -fanalyzer, clang-tidy: no findings but those that tools/accepted_findings.txt explains
#   stack     no function takes more than 40 KiB of stack, none an unbounded amount
#   threads   ThreadSanitizer: 16 threads on one model, runs with threads, fork
#   integer   clang's integer and float-cast groups over the whole suite, less the wrapping of unsigned numbers, which C defines and hashes and countdowns use
#   faults    every call of the system under the command fails
#   coverage  the gate: lines and branches of decode, validation and readers, and of the rest of src/
#   mutants   tools/mutate.py
#   fuzz      tools/fuzz.sh, ten minutes for each target
set -eu
cd "$(dirname "$0")/.."
stages=${*:-static stack threads integer faults coverage mutants fuzz}
tools/install_packages.sh gcc g++ clang clang-tidy libclang-rt-dev cppcheck gcovr libc6-dev cmake ninja-build pkg-config protobuf-c-compiler libprotobuf-c-dev \
  libonnx-dev libcunit1-dev python3 valgrind
failed=""
log=build/check
mkdir -p $log

# configure NAME OPTION...: a build of its own.
configure() {
  name=$1
  shift
  cmake -S . -B "build/$name" -G Ninja "$@" >"$log/$name.log" 2>&1 || { tail -n 30 "$log/$name.log"; return 1; }
}
build() { cmake --build "build/$1" >"$log/$1.log" 2>&1 || { tail -n 30 "$log/$1.log"; return 1; }; }

# findings FILE: those lines of a log that no pattern of the list of accepted ones matches.
findings() {
  grep -E '(warning|error|style|performance|portability):' "$1" | sort -u | grep -vE -f $log/accepted >$log/found || return 0
  cat $log/found
  return 1
}

sources() { find src tools/cli tools/commands tools/input tools/inspect tools/output tools/run tools/text -name '*.c' ! -name '*avx*' ! -name '*neon*' | sort; }
flags="-std=c17 -DONNXTREE_BUILDING -D_POSIX_C_SOURCE=200809L -Iinclude -Isrc -Itools -isystem build/static/src/proto"

stage_static() {
  grep -vE '^(#|$)' tools/accepted_findings.txt >$log/accepted
  configure static -DCMAKE_BUILD_TYPE=Debug
  cmake --build build/static --target onnxtree_proto >/dev/null
  # shellcheck disable=SC2046,SC2086 # lists of words are meant
  {
    cppcheck --std=c11 --enable=warning,performance,portability --inline-suppr -q -D__GNUC__=12 -DONNXTREE_BUILDING -Iinclude -Isrc -Itools $(sources) 2>$log/cppcheck.txt
    for file in $(sources); do gcc -O1 $flags -fanalyzer -c "$file" -o /dev/null; done 2>$log/analyzer.txt
    clang-tidy --quiet "--checks=-*,bugprone-*,clang-analyzer-*,cert-*,-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-macro-parentheses,-bugprone-reserved-identifier,-cert-dcl37-c,-cert-dcl51-cpp,-cert-err33-c,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling" \
      $(sources) -- $flags >$log/tidy.txt 2>/dev/null || true
  }
  result=0
  for tool in cppcheck analyzer tidy; do findings $log/$tool.txt || result=1; done
  return $result
}

stage_stack() {
  configure stack -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Release "-DCMAKE_C_FLAGS=-Wstack-usage=40960" && cmake --build build/stack --target onnxtree_static onnxtree_command >$log/stack.log 2>&1
  ! grep -E 'stack usage (is|might be)' $log/stack.log
}

stage_threads() {
  configure threads -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo -DONNXTREE_SANITIZE=thread -DONNXTREE_BUILD_SHARED=OFF &&
    cmake --build build/threads --target test_hygiene test_library onnxtree_command >$log/threads.log 2>&1 &&
    build/threads/tests/hygiene/test_hygiene >$log/threads.txt 2>&1 && build/threads/tests/test_library >>$log/threads.txt 2>&1 || { tail -n 40 $log/threads.txt; return 1; }
}

stage_integer() {
  configure integer -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo -DONNXTREE_BUILD_SHARED=OFF \
    -DONNXTREE_SANITIZE=undefined,float-cast-overflow,implicit-conversion,integer-divide-by-zero && build integer &&
    ctest --test-dir build/integer --output-on-failure -j "$(nproc)" --timeout 900 -LE install >$log/integer.txt 2>&1 || { tail -n 40 $log/integer.txt; return 1; }
}

stage_faults() {
  configure faults -DCMAKE_BUILD_TYPE=RelWithDebInfo -DONNXTREE_FAULT_STEP=1 && build faults && ctest --test-dir build/faults -R faults --output-on-failure
}

stage_coverage() {
  configure coverage -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug -DONNXTREE_COVERAGE=ON && build coverage &&
    ctest --test-dir build/coverage -j "$(nproc)" --timeout 900 >$log/coverage.txt 2>&1 || { tail -n 20 $log/coverage.txt; return 1; }
  tools/coverage.sh build/coverage
}

stage_mutants() { tools/mutate.py; }
stage_fuzz() { tools/fuzz.sh --seconds 600; }

for stage in $stages; do
  echo "== $stage"
  "stage_$stage" || { failed="$failed $stage"; echo "-- $stage failed"; }
done
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
