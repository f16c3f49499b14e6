#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds, runs every test, and ends with a line that counts them.
#
#   tests/run.sh                    into ./build, or $CONVOLVE_BUILD
#   tests/run.sh --sanitize         into ./build-asan, with the address and undefined sanitizers
#   tests/run.sh kernel cli         only these test programs
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${CONVOLVE_BUILD:-${BUILD_DIR:-$root/build}}
patience=1
# What compilers warn of is an error here, but not for whoever builds with another one.
options=-Dwerror=true

if [ "${1:-}" = --sanitize ]; then
  shift
  build=${CONVOLVE_BUILD:-${BUILD_DIR:-$root/build-asan}}
  patience=4
  # Lines alone as debug information: more of it takes the compiler minutes a vectorised file.
  # Without errors for warnings: some come of what the sanitizers add.
  options="-Doptimization=1 -Ddebug=false -Dcpp_args=-g1 -Db_ndebug=false"
  options="$options -Db_sanitize=address,undefined -Db_lundef=false"
  # Leaks of other people's libraries that are not ours to mend; each line of the file says whose.
  export LSAN_OPTIONS="suppressions=$root/tests/leaks.supp:print_suppressions=0"
  # Whole stacks, or the file's lines cannot be told from our own leaks.
  export ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1:fast_unwind_on_malloc=0"
  export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"
fi

# shellcheck disable=SC2086  # a list of words
CONVOLVE_BUILD=$build "$root/samples/setup.sh" $options

# Each test program leaves its own account, which the last line counts.
results=$build/test-results
rm -rf "$results"
mkdir -p "$results"
export GTEST_OUTPUT="xml:$results/"

# One more at a time than there are cores: some do little but wait.
status=0
meson test -C "$build" --no-rebuild --print-errorlogs --timeout-multiplier "$patience" \
  --num-processes $(($(nproc) + 1)) "$@" || status=$?
python3 "$root/tests/count_results.py" "$build/meson-logs/testlog.json" "$results" || status=1
exit "$status"
