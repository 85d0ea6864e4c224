#!/bin/sh
# A fuzzing campaign: builds the targets of tests/fuzz with clang, libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer, runs them, and prints
# for each: executions, edges covered, inputs kept, the slowest input, failures. Corpora and logs are in build/fuzz-work; campaigns continue there.
#
# tools/fuzz.sh [--seconds N] [OPTION...] [TARGET...]     N seconds for each target, as many at a time as there are processors (default 60; all targets)
# --minimise  writes a small set of inputs with the same coverage to tests/fuzz/seeds; those that once failed, in found-*.pack, stay
# --fresh     begins with an empty corpus and adds it to the other: quick inputs, many executions
# --plain     builds without sanitizers: some times as many executions, of which only wrong bits and crashes are noticed
# --summary   only adds up the logs
set -eu
cd "$(dirname "$0")/.."
seconds=60
minimise=no
only_summary=no
fresh=no
targets=""
programs=build/fuzz sanitizers=,address,undefined
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=$2; shift ;;
    --minimise) minimise=yes ;;
    --plain) programs=build/fuzz-plain sanitizers="" ;;
    --fresh) fresh=yes ;;
    --summary) only_summary=yes ;;
    -*) sed -n '2,9s/^# //p' "$0" >&2; exit 2 ;;
    *) targets="$targets $1" ;;
  esac
  shift
done
[ -n "$targets" ] || targets="load predict splits allocation validate kernels csv npy numbers"
work=build/fuzz-work
failed=no

# build FOLDER FLAGS TARGET...
build() {
  folder=$1 flags=$2
  shift 2
  cmake -S . -B "$folder" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=RelWithDebInfo -DONNXTREE_FUZZ=ON \
    -DONNXTREE_SANITIZE="fuzzer-no-link$sanitizers" -DONNXTREE_BUILD_SHARED=OFF "-DCMAKE_C_FLAGS=$flags" >/dev/null
  cmake --build "$folder" --target "$@" >"$folder.log" 2>&1 || { tail -n 40 "$folder.log"; exit 1; }
}

# An input of kernels is a shape and a seed: comparisons have nothing to tell about it, and tracing them takes most of the time.
build_all() {
  tools/install_packages.sh clang libclang-rt-dev gcc libc6-dev cmake ninja-build pkg-config protobuf-c-compiler libprotobuf-c-dev libonnx-dev libcunit1-dev
  case " $targets " in *" kernels "*) build $programs-kernels -fno-sanitize-coverage=trace-cmp,indirect-calls fuzz_kernels replay_kernels ;; esac
  others=$(for target in $targets; do [ "$target" = kernels ] || echo "fuzz_$target replay_$target"; done)
  # shellcheck disable=SC2086 # a list of words is meant
  [ -z "$others" ] || build $programs "" $others
}

# program TARGET KIND
program() {
  case $1 in kernels) echo "$programs-kernels/tests/fuzz/$2_$1" ;; *) echo "$programs/tests/fuzz/$2_$1" ;; esac
}

# The inputs that a corpus starts with: the committed ones, and for models all small files of models/.
start_corpus() {
  mkdir -p "$work/$1/found" "$work/logs"
  case $1 in splits) seeds=predict ;; *) seeds=$1 ;; esac
  [ ! -e tests/fuzz/seeds/$seeds.pack ] || "$(program "$1" replay)" --unpack tests/fuzz/seeds/$seeds.pack "$work/$1"
  [ ! -e tests/fuzz/seeds/found-$seeds.pack ] || "$(program "$1" replay)" --unpack tests/fuzz/seeds/found-$seeds.pack "$work/$1/found"
  case "$1" in load | predict | splits | allocation) ;; *) return 0 ;; esac
  find models -name "*.onnx" -size -20k | while read -r file; do cp "$file" "$work/$1/model-$(echo "$file" | tr / -)"; done
}

fuzz() {
  result=0
  start_corpus "$1"
  set -- "$1" "$work/logs/$1-$(date +%s).log" "$work/$1"
  [ $fresh = no ] || { rm -rf "$work/$1.fresh"; mkdir "$work/$1.fresh"; set -- "$1" "$2" "$work/$1.fresh"; }
  # Quick inputs are chosen more often, for the number of executions.
  ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 "$(program "$1" fuzz)" -entropic_scale_per_exec_time=1 -max_total_time="$seconds" -max_len=20480 \
    -timeout=60 -report_slow_units=60 -rss_limit_mb=2048 -print_final_stats=1 -dict="$work/words.dict" -artifact_prefix="$work/failure-$1-" "$3" >"$2" 2>&1 || result=1
  [ $fresh = no ] || find "$3" -type f -exec cp -t "$work/$1" {} +
  return $result
}

# lane I OF N: every Nth target from the Ith on, one after the other.
lane() {
  status=0
  number=0
  for target in $targets; do
    number=$((number + 1))
    [ $((number % $3 + 1)) != "$1" ] || fuzz "$target" || status=1
  done
  return $status
}

fuzz_all() {
  lanes=""
  for i in $(seq "$(nproc)"); do
    lane "$i" of "$(nproc)" &
    lanes="$lanes $!"
  done
  for process in $lanes; do wait "$process" || failed=yes; done
}

minimise() {
  [ "$1" != splits ] || return 0 # it shares those of predict
  case $1 in load | predict) largest=3 ;; *) largest=2 ;; esac
  rm -rf "$work/$1.small"
  mkdir "$work/$1.small"
  "$(program "$1" fuzz)" -merge=1 -max_len=20480 "$work/$1.small" "$work/$1" >"$work/logs/$1-merge.txt" 2>&1
  find "$work/$1.small" -type f -size -"$largest"k | sort | xargs "$(program "$1" replay)" --pack "tests/fuzz/seeds/$1.pack"
  ls -l "tests/fuzz/seeds/$1.pack"
}

# One line of the table: sums over all logs of the target.
summary() {
  executions=$(cat "$work/logs/$1"-*.log 2>/dev/null | awk '/stat::number_of_executed_units/ {sum += $2} END {print sum + 0}')
  slowest=$(cat "$work/logs/$1"-*.log 2>/dev/null | awk '/stat::slowest_unit_time_sec/ {if ($2 > most) most = $2} END {print most + 0}')
  edges=$(cat "$work/logs/$1"-*.log 2>/dev/null | sed -n 's/.* cov: \([0-9]*\) .*/\1/p' | sort -n | tail -n 1)
  failures=$(find "$work" -maxdepth 1 -name "failure-$1-*" | wc -l)
  printf '| %s | %s | %s | %s | %s | %s |\n' "$1" "$executions" "${edges:-0}" "$(find "$work/$1" -type f 2>/dev/null | wc -l)" "$slowest" "$failures"
}

mkdir -p "$work"
if [ $only_summary = no ]; then
  build_all
  grep -o '"[^"][^"]*"' tests/fuzz/model_words.inc >"$work/words.dict"
  fuzz_all
  if [ $minimise = yes ]; then for target in $targets; do minimise "$target"; done; fi
fi
echo "| target | executions | edges | inputs kept | slowest input, s | failures |"
echo "|---|---|---|---|---|---|"
for target in $targets; do summary "$target"; done
[ $failed = no ] || { echo "a target failed: see $work/logs and $work/failure-*" >&2; exit 1; }
