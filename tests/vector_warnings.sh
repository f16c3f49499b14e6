#!/bin/sh
# SPDX-License-Identifier: MIT
# Fails where the compiler warns of vector code: tests/vector_warnings.sh PIPELINE COMPILER OPTIONS...
set -eu

pipeline=$1
shift
set -- "$@" -Werror -I"$pipeline" -I"$pipeline/include"

# What all sources include takes longer than what is theirs, so it is compiled once.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
highway=$folder/highway.h
cat >"$highway" <<END
#define HWY_TARGET_INCLUDE "none"
#include <hwy/foreach_target.h>
#include "core/simd/highway-inl.h"
END
"$@" -x c++-header "$highway" -o "$highway.gch"

status=0
for source in "$pipeline"/core/simd/*.cc; do
  "$@" -fsyntax-only -include "$highway" "$source" || status=1
done
exit "$status"
