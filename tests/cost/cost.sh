#!/bin/sh
# Instructions of each load, counted by callgrind: the same on every run. Usage: cost.sh PROGRAM [scaling]
# PROGRAM prints a line "load N: WHAT, SIZE bytes, MEMORY of memory, ..." for each load. Every load has to stay below 300 instructions a byte
# and 3 million more (at three instructions a nanosecond 100 ms a megabyte), and 16 bytes of memory a byte and 1 MiB more. "scaling": three loads in a row are one family at n, 2n and 4n, and must not grow by more than 2.3 times.
set -eu
command -v valgrind >/dev/null || { echo "valgrind is not installed: skipped"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
valgrind -q --tool=callgrind --collect-atstart=no --toggle-collect=onnxtree_model_load_memory --dump-after=onnxtree_model_load_memory \
  --callgrind-out-file="$work/count" "$1" >"$work/loads" 2>"$work/errors" || { cat "$work/errors"; exit 1; }
grep '^load ' "$work/loads" | while read -r line; do
  number=${line#load }
  number=${number%%:*}
  echo "$(sed -n 's/^totals: //p' "$work/count.$number") $line"
done | awk -v scaling="${2-}" '
  { size = 0
    memory = 0
    for (i = 2; i <= NF; i++) {
      if ($i == "bytes,") size = $(i - 1)
      if ($i == "of" && $(i + 1) == "memory,") memory = $(i - 1)
    }
    share = 100 * $1 / (300 * size + 3000000)
    memory_share = 100 * memory / (16 * size + 1048576)
    per_byte = size ? $1 / size : 0
    bad = share > 100 || memory_share > 100
    position = (NR - 1) % 3
    if (scaling != "" && position > 0 && $1 > 2.3 * previous && $1 > 1000000) bad = 1
    if (scaling != "" || bad) printf "%12d instructions, %7.1f a byte%s: %s\n", $1, per_byte, bad ? " TOO MANY" : "", substr($0, index($0, "load"))
    what = substr($0, index($0, "load"))
    if (share > worst) { worst = share; slowest = what }
    if (memory_share > most) { most = memory_share; largest = what }
    failed = failed || bad
    previous = $1 }
  END { print NR " loads, all within both bounds but for those marked"
    printf "instructions: at most %.0f %% of 300 a byte and 3 million (%s)\n", worst, slowest
    printf "memory: at most %.0f %% of 16 x file + 1 MiB (%s)\n", most, largest
    exit failed || NR == 0 }'
