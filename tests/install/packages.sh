#!/bin/sh
# Makes the .deb and the .tar.gz, unpacks both, and runs what was in them. packages.sh SOURCE_DIR BUILD_DIR MOST_BYTES_OF_THE_LIBRARY
set -eu
source=$1
build=$2
most=$3
command -v dpkg-shlibdeps >/dev/null && command -v file >/dev/null || { echo "dpkg-dev or file is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$build" && cpack -B "$work/packages") >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
deb=$(echo "$work"/packages/*.deb)
mkdir "$work/deb" "$work/tar"
dpkg-deb -x "$deb" "$work/deb"
tar -xzf "$work"/packages/*.tar.gz -C "$work/tar" --strip-components=1

dpkg-deb -f "$deb" Package Version Depends Maintainer
for package in libc6 libprotobuf-c1; do
  dpkg-deb -f "$deb" Depends | grep -q "$package" || { echo "the .deb does not depend on $package"; exit 1; }
done
dpkg-deb --ctrl-tarfile "$deb" | tar -t | grep -qE "triggers|postinst" || { echo "the .deb does not run ldconfig"; exit 1; }

for prefix in "$work/deb/usr" "$work/tar"; do
  scores=$("$prefix/bin/onnxtree" run "$source/models/sk_forest_nocl/model.onnx" "$source/examples/iris/iris.csv" | sed -n 2p)
  [ "$scores" = 0,1,0,0 ] || { echo "$prefix: '$scores'"; exit 1; }
  library=$(find "$prefix" -name 'libonnxtree.so.*.*')
  [ "$(wc -c <"$library")" -lt "$most" ] || { echo "$library is larger than $most bytes"; ls -l "$library"; exit 1; }
  ls -l "$library" | awk '{ print $5 " bytes: libonnxtree.so, stripped" }'
  for file in bin/onnxtree include/onnxtree/onnxtree.hpp share/doc/onnxtree/LICENSE; do
    [ -f "$prefix/$file" ] || { echo "$prefix/$file is missing"; exit 1; }
  done
done
