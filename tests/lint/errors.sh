#!/bin/sh
# docs/errors.md lists exactly the problem codes of src/base/problem_codes.h. With --print: prints the table that it should hold.
set -eu
cd "$(dirname "$0")/../.."
table() {
  sed -n 's/^ *OT_PROBLEM([A-Z_0-9]*, "\([^"]*\)", \([A-Z_]*\), "\(.*\)") \\*$/\1|\2|\3/p; s/^ *OT_PROBLEM([A-Z_0-9]*, "\([^"]*\)", \([A-Z_]*\), "\(.*\)")$/\1|\2|\3/p' \
    src/base/problem_codes.h | awk -F'|' '{ status = tolower($2); gsub(/_/, "-", status); if (status == "ok") status = "(warning)"; print "| `" $1 "` | " status " | " $3 " |" }'
}
[ "${1-}" = --print ] && { table; exit; }
table > "${TMPDIR:-/tmp}/errors.$$"
grep '^| `[a-z]' docs/errors.md | grep -v '^| `-' | diff - "${TMPDIR:-/tmp}/errors.$$" && rm -f "${TMPDIR:-/tmp}/errors.$$"
