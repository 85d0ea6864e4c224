#!/bin/sh
# Instructions that `onnxtree run` takes to read data made to take long, each at three sizes n, 2n, 4n: at most 600 a byte and 3 million more beyond those of no
# data, with the rows scored and written, and at most 2.3 times those of half the size. Usage: data.sh COMMAND MODELS [SHIM]     SHIM: lets reads deliver one byte (tests/faults)
set -eu
command -v valgrind >/dev/null || { echo "valgrind is not installed: skipped"; exit 77; }
command=$1 model=$2/sk_tree_iris/model.onnx shim=${3-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=no

# repeat TEXT BYTES: the text again and again
repeat() { yes "$1" | tr -d '\n' | head -c "$2"; }

rows() { yes 5,3,1.5,0.2 | head -c "$1"; }
long_numbers() { yes 5.0000000000000000001,3.33333333333333333333333333333333333333333333333333,1.50000095367431640625000000001,2e-44 | head -c "$1"; }
one_number() { printf 0.1; repeat 1234567890 "$1"; echo ,1,1,1; }
quotes() { yes '"5","3","1.5","0.2"' | head -c "$1"; }
quoted_lines() { printf 'a,b,c,"'; repeat 'x
y' "$1"; printf '"\n1,2,3,4\n'; }
doubled_quotes() { printf 'a,b,c,"'; repeat '""' "$1"; printf '"\n1,2,3,4\n'; }
open_quote() { printf '1,2,3,4\n1,2,3,"'; yes '' | head -c "$1"; }
one_line() { repeat 1 "$1"; }
columns() { repeat , "$1"; echo; }
headings() { repeat 'a heading,' "$1"; echo; }
blank_lines() { yes '' | head -c "$1"; }
missing() { yes ,NA,NaN,null | head -c "$1"; }
array() { printf '\223NUMPY\001\000\166\000%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': ($(($1 / 16)), 4), }"; head -c "$1" /dev/zero; }
array_of_doubles() { printf '\223NUMPY\001\000\166\000%-117s\n' "{'descr': '<f8', 'fortran_order': False, 'shape': ($(($1 / 32)), 4), }"; head -c "$1" /dev/zero; }

# count NAME SIZE PRELOADED: instructions of a run with these data
count() {
  "$1" "$2" >"$work/data" 2>/dev/null
  LD_PRELOAD=$3 FAIL_CALL=${3:+short} valgrind --tool=callgrind --callgrind-out-file=/dev/null "$command" run "$model" -o "$work/out" <"$work/data" 2>&1 >/dev/null |
    sed -n 's/.*Collected : //p'
}

nothing() { :; }
# family NAME SIZE [PRELOADED]
family() {
  preloaded=${3-}
  start=$(count nothing 0 "$preloaded")
  before=0
  for size in "$2" $((2 * $2)) $((4 * $2)); do
    instructions=$(($(count "$1" "$size" "$preloaded") - start))
    verdict=
    [ -n "$preloaded" ] || [ "$instructions" -le $((600 * size + 3000000)) ] || verdict=" TOO MANY"
    [ "$before" = 0 ] || [ "$instructions" -lt 1000000 ] || [ $((instructions * 10)) -le $((before * 23)) ] || verdict=" TOO MANY"
    [ -z "$verdict" ] || failed=yes
    echo "$instructions instructions, $((instructions / size)) a byte$verdict: $1${preloaded:+, byte by byte}, $size bytes"
    before=$instructions
  done
}

for name in rows long_numbers one_number quotes quoted_lines doubled_quotes open_quote one_line columns headings blank_lines missing array array_of_doubles; do family $name 50000; done
[ -z "$shim" ] || for name in rows open_quote one_line headings array; do family $name 15000 "$shim"; done
[ $failed = no ]
