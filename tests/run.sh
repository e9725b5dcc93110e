#!/bin/sh
# Installs what is missing, builds everything, several sources to a compiler's run, and runs all the tests. Arguments go to ctest:
#
#   sh tests/run.sh                     everything
#   sh tests/run.sh -R sessions         the tests whose name has "sessions" in it
set -eu
cd "$(dirname "$0")/.."

sh cmake/install-packages.sh build io tests
cmake --preset tests
cmake --build --preset tests
ctest --preset tests -j "$(nproc)" "$@"
