#!/bin/sh
# --help, the manual pages and the completion scripts are made from one table of options for each command. They must not disagree: each knows
# exactly the same options, and the command accepts them.
# one_source.sh COMMAND
set -eu
command=$1
LC_ALL=C
export LC_ALL
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
for shell in bash zsh fish; do "$command" completion $shell > $shell; done
failures=0
complain() { echo "$1"; failures=$((failures + 1)); }

commands=$("$command" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | grep -v '^help$')
[ "$(echo "$commands" | wc -l)" -ge 6 ] || complain "--help lists too few commands"
for name in $commands; do
  "$command" "$name" --help > help
  sed -n 's/^  \(-., \|    \)--\([a-z-]*\).*/\2/p' help | sort > options
  [ -s options ] || complain "$name --help lists no options"
  "$command" man "$name" | sed 's/\\-/-/g; s/\\f.//g' > page
  sed -n '/^\.SH OPTIONS/,/^\.SH/s/^\(-., \)\{0,1\}--\([a-z-]*\).*/\2/p' page | sort | cmp -s - options || complain "the manual page of $name has other options"
  sed -n "/^    $name)/,/^      ;;/s/^      options='\(.*\)'/\1/p" bash | tail -n 1 | tr -s ' ' '\n' | sed -n 's/^--//p' | sort | cmp -s - options || complain "bash: $name has other options"
  sed -n "/^    $name)/,/;;/s/.*--\([a-z-]*\)[=\[}].*/\1/p" zsh | sort | cmp -s - options || complain "zsh: $name has other options"
  sed -n "s/.*__fish_seen_subcommand_from $name' -l \([a-z-]*\).*/\1/p" fish | sort | cmp -s - options || complain "fish: $name has other options"
  # Options that take a value are known too: without one the message is about the value, else about something later.
  while read -r option; do
    if "$command" "$name" "--$option" 2>&1 < /dev/null | grep -q 'unknown option'; then complain "$name does not know --$option"; fi
  done < options
  # Exit codes of the notes are those of the whole.
  grep -q 'Exit codes: 0' help || complain "$name --help tells no exit codes"
  grep -qF "$("$command" "$name" --help | sed -n 's/^onnxtree [a-z]*: //p')" page || complain "the manual page of $name has another summary"
done

# The scripts are well-formed, for those shells that are here.
for shell in bash zsh fish; do
  if command -v $shell > /dev/null; then $shell -n $shell || complain "the completion for $shell is not well-formed"; fi
done
if command -v bash > /dev/null; then
  cat > try << 'END'
. ./bash
complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _onnxtree; echo "${COMPREPLY[*]}"; }
complete_words onnxtree ins
complete_words onnxtree run --pro
complete_words onnxtree run --progress a
complete_words onnxtree completion f
END
  printf 'inspect\n--progress\nauto always\nfish\n' > expected
  bash try 2>&1 | cmp -s - expected || { complain "bash completes other words"; bash try; }
fi
# Every page is formatted without a warning.
if command -v groff > /dev/null; then
  for name in '' $commands; do
    "$command" man $name | groff -man -Tascii -ww > /dev/null 2> warnings || true
    [ ! -s warnings ] || { complain "groff on the page '$name':"; head -n 3 warnings; }
  done
fi
[ "$failures" -eq 0 ]
