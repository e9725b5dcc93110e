#!/bin/sh
# install-packages.sh GROUP...: sees to it that the Debian packages of the groups are there.
#
#   build     what compiles the core            io     what the readers, the writers and the command add
#   tests     what the tests and benchmarks add ci     clang, its sanitizers
#
# Installs only what dpkg does not have, as root or through sudo, and touches nothing (no network either) when all
# is there. Without apt or the rights it prints what to install and fails. JOURNEY_SKIP_PACKAGES=1 skips it, for
# machines where the same came from elsewhere.
set -eu

[ -z "${JOURNEY_SKIP_PACKAGES:-}" ] || exit 0

packages=
for group in "$@"; do
  case $group in
    build) packages="$packages g++ cmake ninja-build pkg-config libabsl-dev libfmt-dev libsodium-dev" ;;
    io)
      packages="$packages libsimdjson-dev nlohmann-json3-dev zlib1g-dev libcsv-dev libkainjow-mustache-dev"
      packages="$packages libcli11-dev"
      ;;
    tests) packages="$packages catch2 librapidcheck-dev libbenchmark-dev ccache" ;;
    ci) packages="$packages clang libclang-rt-14-dev" ;;
    *)
      echo "install-packages.sh: no group of packages is called $group" >&2
      exit 2
      ;;
  esac
done

missing=
for package in $packages; do
  case $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true) in
    installed) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

GiveUp() {
  cat >&2 <<MESSAGE
$1 These packages (by their names in Debian 12) are missing:

   $missing

With the rights to install them:

    apt-get update && apt-get install --no-install-recommends$missing

Where they came from elsewhere, set JOURNEY_SKIP_PACKAGES=1 and run this again.
MESSAGE
  exit 1
}

command -v apt-get >/dev/null 2>&1 || GiveUp "There is no apt-get on this machine."
if [ "$(id -u)" -eq 0 ]; then
  as_root="env"
elif command -v sudo >/dev/null 2>&1; then
  as_root="sudo env"
  # Without a terminal nobody can be asked for a password.
  if ! [ -t 0 ] && ! sudo -n true 2>/dev/null; then
    GiveUp "Installing needs root, and sudo wants a password that nobody is there to give."
  fi
else
  GiveUp "Installing needs root, and there is no sudo."
fi

echo "Installing:$missing"
$as_root apt-get -q update || echo "apt-get update failed; trying with the lists that are there" >&2
# shellcheck disable=SC2086  # a list of words
$as_root DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $missing ||
  GiveUp "apt-get could not install what is missing."
