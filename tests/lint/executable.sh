#!/bin/sh
# Every file that names its interpreter can be run by its name, as the documents do.
set -eu
cd "$(dirname "$0")/../.."
bad=$(find .ci cmake docs examples models proto src tests tools -type f ! -perm -u+x -exec awk 'FNR == 1 { if (/^#!/) print FILENAME; nextfile }' {} +)
[ -z "$bad" ] || { echo "not executable (chmod +x):"; echo "$bad"; exit 1; }
