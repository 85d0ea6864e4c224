#!/bin/sh
# Runs a test that needs Python packages; 77 if they are not there. run.sh PYTHON "PACKAGE..." SCRIPT [ARGUMENT...]
set -eu
python=$1
packages=$2
shift 2
# shellcheck disable=SC2086 # a list of words is meant
missing=$("$python" -c 'import importlib.util, sys; print(*(p for p in sys.argv[1:] if not importlib.util.find_spec(p)))' $packages 2>&1) || missing="(it does not run: $missing)"
[ -z "$missing" ] || { echo "skipped: $python lacks $missing; cmake -DONNXTREE_TEST_PYTHON=... names another Python"; exit 77; }
exec "$python" "$@"
