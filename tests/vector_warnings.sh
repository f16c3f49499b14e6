#!/bin/sh
# SPDX-License-Identifier: MIT
# Fails where the compiler warns of vector code: tests/vector_warnings.sh PIPELINE COMPILER OPTIONS...
set -eu

pipeline=$1
shift
status=0
for source in "$pipeline"/core/simd/*.cc; do
  "$@" -Werror -fsyntax-only -I"$pipeline" -I"$pipeline/include" "$source" || status=1
done
exit "$status"
