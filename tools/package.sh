#!/bin/sh
# Builds, and makes build/packages/*.deb and *.tar.gz.
set -eu
cd "$(dirname "$0")/.."
tools/build.sh
tools/install_packages.sh dpkg-dev file
(cd build/release && cpack -B ../packages)
