#!/bin/sh
# Installs what is missing, builds the developer preset, and runs all the tests. Arguments go to ctest:
#
#   sh tests/run.sh                     everything
#   sh tests/run.sh -R sessions         the tests whose name has "sessions" in it
set -eu
cd "$(dirname "$0")/.."

sh cmake/install-packages.sh build io tests
cmake --preset dev
cmake --build --preset dev
ctest --preset dev -j "$(nproc)" "$@"
