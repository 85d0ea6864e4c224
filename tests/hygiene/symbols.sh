#!/bin/sh
# What the shared library imports and keeps: imports.txt is what it may call (no abort, exit, printf, locale, signals, environment), and it has no
# variable that can be written. Usage: symbols.sh LIBRARY
set -eu
here=$(cd "$(dirname "$0")" && pwd)
failed=no
found=$(nm -D --undefined-only "$1" | awk '$1 == "U" {sub(/@.*/, "", $2); print $2}' | LC_ALL=C sort | LC_ALL=C comm -13 "$here/imports.txt" -)
[ -z "$found" ] || { echo "imports that imports.txt does not allow: $found"; failed=yes; }
# Those of the compiler's start-up code and of its CPU detection, which it fills before main.
found=$(nm -f sysv "$1" | awk -F'|' '{gsub(/ /, "", $1); gsub(/ /, "", $7)} $7 == ".data" || $7 == ".bss" || $7 == ".tbss" || $7 == ".tdata" {print $1}' |
  LC_ALL=C sort -u | grep -vE '^(__TMC_END__|__dso_handle|completed\.[0-9]+|__cpu_model|__cpu_features2)$' || true)
[ -z "$found" ] || { echo "variables that can be written: $found"; failed=yes; }
[ $failed = no ]
