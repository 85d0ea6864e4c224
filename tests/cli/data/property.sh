#!/bin/sh
# A model with one more metadata property, to standard output; both texts of fewer than 100 bytes. Usage: property.sh MODEL KEY VALUE
set -eu
bytes() { printf '%s' "$1" | wc -c; }
octal() { printf '\\%03o' "$1"; }
key=$(bytes "$2")
value=$(bytes "$3")
cat "$1"
# Field 14 of the model, with the fields 1 and 2 of the property. A property of 128 bytes or more has a length of two bytes.
size=$((key + value + 4))
[ $size -lt 128 ] || size="$((size % 128 + 128)) 1"
# shellcheck disable=SC2059 # the octal numbers are a format
printf "\\162$(for byte in $size; do octal "$byte"; done)\\012$(octal "$key")"
printf '%s' "$2"
printf "\\022$(octal "$value")"
printf '%s' "$3"
