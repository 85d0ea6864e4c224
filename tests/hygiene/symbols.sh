#!/bin/sh
# What the shared library exports, imports and keeps: exports.txt is the interface (a name that disappears breaks programs), imports.txt what it may
# call (no abort, exit, printf, locale, signals, environment), and it has no variable that can be written. Usage: symbols.sh LIBRARY | --print LIBRARY
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exports() { nm -D --defined-only "$1" | awk '$2 == "T" {sub(/@.*/, "", $3); print $3}' | LC_ALL=C sort; }
imports() { nm -D --undefined-only "$1" | awk '$1 == "U" {sub(/@.*/, "", $2); print $2}' | LC_ALL=C sort; }
writable() { nm -f sysv "$1" | awk -F'|' '{gsub(/ /, "", $1); gsub(/ /, "", $7)} $7 == ".data" || $7 == ".bss" || $7 == ".tbss" || $7 == ".tdata" {print $1}' | LC_ALL=C sort -u; }
if [ "$1" = --print ]; then exports "$2"; exit; fi
failed=no
exports "$1" | diff "$here/exports.txt" - || { echo "the exported functions differ from exports.txt (< listed, > found); symbols.sh --print LIBRARY"; failed=yes; }
found=$(imports "$1" | LC_ALL=C comm -13 "$here/imports.txt" -)
[ -z "$found" ] || { echo "imports that imports.txt does not allow: $found"; failed=yes; }
# Those of the compiler's start-up code and of its CPU detection, which it fills before main.
found=$(writable "$1" | grep -vE '^(__TMC_END__|__dso_handle|completed\.[0-9]+|__cpu_model|__cpu_features2)$' || true)
[ -z "$found" ] || { echo "variables that can be written: $found"; failed=yes; }
[ $failed = no ]
