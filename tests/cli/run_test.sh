#!/bin/sh
# Runs the commands of one test file and compares what they print. README.md explains the format.
# Usage: run_test.sh COMMAND MODELS FILE [LAUNCHER...]
set -u

program=$1

MODELS=$2
DATA=$(cd "$(dirname "$0")" && pwd)/data
file=$(cd "$(dirname "$3")" && pwd)/$(basename "$3")
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$scratch/bin" "$scratch/work" || exit 1
shift 3
# Valgrind needs a standard error of its own: where a test closes it, the program runs without the launcher.
case ${1-} in
  *valgrind) bare=$program ;;
  *) bare="$* $program" ;;
esac
cat > "$scratch/bin/onnxtree" << END || exit 1
#!/bin/sh
if true >&2; then exec $* "$program" "\$@"; else exec $bare "\$@"; fi
END
chmod +x "$scratch/bin/onnxtree" || exit 1
PATH=$scratch/bin:$PATH
export MODELS DATA PATH
cd "$scratch/work" || exit 1

failures=0
command=

complain() {
  printf '%s:%s: %s\n  $ %s\n' "$(basename "$file")" "$line_of_command" "$1" "$command"
  failures=$((failures + 1))
}

# compare NAME: the stream's exact lines, pieces, or anything
compare() {
  if [ -e "$scratch/$1.any" ]; then
    return
  fi
  if [ -s "$scratch/$1.pieces" ]; then
    while IFS= read -r piece; do
      grep -qF -e "$piece" "$scratch/$1" || { complain "$1 lacks: $piece"; sed 's/^/    /' "$scratch/$1"; }
    done < "$scratch/$1.pieces"
    [ -s "$scratch/$1.expected" ] || return
  fi
  cmp -s "$scratch/$1" "$scratch/$1.expected" || { complain "$1 differs (< expected, > found)"; diff "$scratch/$1.expected" "$scratch/$1"; }
}

finish_command() {
  if [ -n "$command" ]; then
    sh -c "$command" > "$scratch/stdout" 2> "$scratch/stderr" < /dev/null
    found=$?
    [ "$found" -eq "$code" ] || complain "exit code $found, expected $code"
    compare stdout
    compare stderr
  fi
  rm -f "$scratch"/std*
  : > "$scratch/stdout.expected"
  : > "$scratch/stderr.expected"
  command=
  code=0
}

finish_command
number=0
while IFS= read -r line || [ -n "$line" ]; do
  number=$((number + 1))
  case $line in
    '$ '*) finish_command; command=${line#??}; line_of_command=$number ;;
    '>~ '*) printf '%s\n' "${line#???}" >> "$scratch/stdout.pieces" ;;
    '!~ '*) printf '%s\n' "${line#???}" >> "$scratch/stderr.pieces" ;;
    '>*') : > "$scratch/stdout.any" ;;
    '!*') : > "$scratch/stderr.any" ;;
    '> '*) printf '%s\n' "${line#??}" >> "$scratch/stdout.expected" ;;
    '! '*) printf '%s\n' "${line#??}" >> "$scratch/stderr.expected" ;;
    '>') printf '\n' >> "$scratch/stdout.expected" ;;
    '!') printf '\n' >> "$scratch/stderr.expected" ;;
    '? '*) code=${line#??} ;;
    '#'* | '') ;;
    *) printf '%s:%s: not understood: %s\n' "$file" "$number" "$line"; failures=$((failures + 1)) ;;
  esac
done < "$file"
finish_command
[ "$failures" -eq 0 ]
