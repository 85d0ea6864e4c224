#!/bin/sh
# Every allocation, read, open, fstat, rename and close of the command fails, once and from then on; every length of output is the longest that fits.
# The command then says so and exits with 5 (or does without what failed, and is right), leaves no half-written file and does not crash.
# Usage: faults.sh COMMAND MODELS SHIM LIMITER [STEP]     STEP: only every STEP-th call fails
set -eu
command=$1 models=$2 shim=$3 limiter=$4 step=${5:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf 'a,b,c,d\n5.1,3.5,1.4,0.2\n6.3,3.3,6,2.5\n' >rows.csv
cp "$models/sk_tree_iris/input.npy" rows.npy
model=$models/sk_tree_iris/model.onnx
runs=0
failed=no

complain() {
  echo "$1: $2"
  failed=yes
}

# judge CODE WHAT: after a run with a failure.
judge() {
  runs=$((runs + 1))
  case $1 in
    0)
      result=stdout
      [ ! -e out ] || result=out
      cmp -s $result good || complain "$2" "exit code 0, but the output differs" ;;
    3 | 5 | 70) ;; # a model that cannot be read counts as refused
    *) complain "$2" "exit code $1: $(head -n 2 stderr)" ;;
  esac
  [ "$1" = 0 ] || [ -s stderr ] || [ -s stdout ] || complain "$2" "exit code $1 without a word"
  [ "$1" = 0 ] || [ ! -e out ] || cmp -s out good || complain "$2" "a half-written file is left"
  for left in out.*.tmp; do [ ! -e "$left" ] || complain "$2" "$left is left"; done
  rm -f out out.*.tmp
}

# scenario NAME ARGUMENTS...: a command line that writes `out`, or standard output.
scenario() {
  name=$1
  shift
  rm -f out
  FAIL_COUNT=$work/counts LD_PRELOAD=$shim "$command" "$@" >stdout 2>stderr || { complain "$name" "fails without a failure: $(cat stderr)"; return; }
  if [ -e out ]; then mv out good; else mv stdout good; fi
  while read -r call count; do
    for kind in "" +; do
      number=1
      while [ "$number" -le "$count" ]; do
        code=0
        FAIL_CALL=$call:$number$kind LD_PRELOAD=$shim "$command" "$@" >stdout 2>stderr || code=$?
        judge $code "$name, $call $number$kind"
        number=$((number + step))
      done
    done
  done <counts
  code=0
  FAIL_CALL=short LD_PRELOAD=$shim "$command" "$@" >stdout 2>stderr || code=$?
  [ $code = 0 ] || complain "$name" "short reads: exit code $code: $(cat stderr)"
  judge $code "$name, short reads"
  size=$(wc -c <good)
  length=0
  while [ "$length" -lt "$size" ]; do
    code=0
    "$limiter" "$length" "$command" "$@" >stdout 2>stderr || code=$?
    [ $code = 5 ] || complain "$name" "output limited to $length of $size bytes: exit code $code"
    rm -f out
    length=$((length + 1 + size / 20 * (step > 1)))
  done
}

scenario "run csv" run "$model" rows.csv -o out
scenario "run to standard output" run "$model" rows.csv
scenario "run npy" run "$model" rows.npy -o out --to npy
scenario "run jsonl" run "$model" rows.csv -o out --to jsonl --threads 2
scenario "inspect" inspect "$model"
scenario "inspect json" inspect "$model" --json
"$command" run "$model" rows.csv -o expected.csv
scenario "verify" verify "$model" rows.csv expected.csv
scenario "check" check "$model"
scenario "check json" check "$model" --json
echo "$runs runs with a failure"
[ $failed = no ]
