#!/bin/sh
# pkg_config.sh LIBDIR WORK PKG_CONFIG IO COMPILER...: builds the clients with nothing but what pkg-config says of an
# installed tree, without and with --static, and runs them.
set -eu
libdir=$1 work=$2 pkg_config=$3 io=$4
shift 4
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work"
export PKG_CONFIG_PATH="$libdir/pkgconfig" LD_LIBRARY_PATH="$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

Client() {  # name, package, options of pkg-config
  name=$1 package=$2
  shift 2
  rm -f "$work/$name"
  # shellcheck disable=SC2046,SC2086  # the words of the answer are the arguments
  "$compiler" $launched -std=c++20 "$here/$name.cc" $("$pkg_config" "$@" --cflags --libs "$package") -o "$work/$name"
  "$work/$name"
}
compiler=$1 launched=${2-}
version=$("$pkg_config" --modversion journey)
grep -q "kVersion = \"$version\"" "$("$pkg_config" --variable=includedir journey)/journey/version.h"
Client core_client journey
if [ "$io" = 1 ]; then
  Client io_client journey-io --static
fi
