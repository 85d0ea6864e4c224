#!/bin/sh
# Every number of the catalogue stands in tests/catalogue/README.md, and is tested, or docs/security-model.md tells why not. Prints how many.
set -eu
cd "$(dirname "$0")/../.."
readme=tests/catalogue/README.md
differences=$(sed -n '/^## Where the catalogue is not followed/,/^## Checkers/s/^| \([A-Z][0-9, A-Z]*\) |.*/\1/p' docs/security-model.md | tr -d ' ' | tr ',' '\n')
not_applicable=$(sed -n 's/^| \([A-Z][0-9]*\) | not applicable |.*/\1/p' docs/security-model.md)
numbers=$(for section in W:34 M:32 T:72 V:24 I:12 C:11 N:7 O:12; do seq -f "${section%:*}%.0f" "${section#*:}"; done)
sources=$(find tests -name '*.c' -o -name '*.test')
failed=no
complain() { echo "$1"; failed=yes; }

[ "$(sed -n 's/^| \([A-Z][0-9]*\) |.*/\1/p' $readme)" = "$numbers" ] || complain "$readme does not list exactly the numbers W1 to O12 in order"
# An entry, a marked command, or a comment.
# shellcheck disable=SC2086 # a list of files is meant
tested=$(sed -nE 's/.*[{(]"([A-Z][0-9]+)[" ].*/\1/p; s/^# ([A-Z][0-9]+) .*/\1/p' $sources
         grep -hoE '/\*.*' $sources | grep -oE '\b[A-Z][0-9]+\b'
         grep -hoE '(\(|GONE\(|LENGTH\(|"|, )"?[A-Z][0-9]+"' tests/catalogue/*.c | grep -oE '[A-Z][0-9]+')
has() { printf '%s\n' "$1" | grep -qx "$2"; }
for number in $numbers; do
  if has "$tested" "$number"; then
    ! has "$not_applicable" "$number" || complain "$number is tested, but said to be not applicable"
  else
    has "$not_applicable" "$number" || complain "$number is not tested"
  fi
  if grep -q "^| $number |.* ≠ |$" $readme; then has "$differences" "$number" || complain "$number: docs/security-model.md does not tell how its outcome differs"; fi
  if has "$differences" "$number"; then grep -q "^| $number |.* ≠ |$" $readme || complain "$number differs, but $readme does not mark it"; fi
done
count() { printf '%s\n' "$1" | grep -c . || true; }
echo "$(count "$numbers") numbers: $(($(count "$numbers") - $(count "$not_applicable"))) tested, $(count "$not_applicable") not applicable, $(count "$differences") with another outcome"
[ $failed = no ]
