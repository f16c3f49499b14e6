#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the packages that are missing and builds into ./build, or into $CONVOLVE_BUILD. Options
# are handed to `meson setup`: samples/setup.sh -Dbench=true
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
build=${CONVOLVE_BUILD:-${BUILD_DIR:-$root/build}}

is_installed() {
  case $(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null) in
    ii*) return 0 ;;
    *) return 1 ;;
  esac
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

install_missing() {
  missing=
  for package in $(sed 's/#.*//' "$root/samples/packages.txt"); do
    is_installed "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  echo "Installing:$missing"
  as_root apt-get update -q
  # shellcheck disable=SC2086  # a list of words
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $missing
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
  install_missing
else
  echo "No apt here: the packages of samples/packages.txt are needed." >&2
fi

# A setup that was interrupted has a directory but nothing to build.
if [ -f "$build/build.ninja" ]; then
  [ $# -eq 0 ] || meson configure "$build" "$@"
else
  meson setup "$build" "$root" "$@"
fi
ninja -C "$build"
