#!/bin/sh
# Installs the Debian packages named as arguments that are not installed yet.
set -eu
missing=""
for package in "$@"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || { echo "please install:$missing" >&2; exit 1; }
sudo=""
[ "$(id -u)" -eq 0 ] || sudo=sudo

# A mirror that is being updated serves lists that do not fit together for a few minutes, often for one section or architecture only. Old or partial
# lists may do, so a failed update is no reason to stop; a failed installation is, after some attempts.
install() {
  $sudo apt-get update -qq -o Acquire::Retries=3 || true
  # shellcheck disable=SC2086 # a list of words is meant
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 $missing >/dev/null
}
for pause in 5 20 60 120 240; do
  install && exit 0
  echo "installing$missing failed; again in $pause s" >&2
  sleep $pause
done
install
