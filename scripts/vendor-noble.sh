#!/usr/bin/env bash
# Makes evidence/src/main/page/vendor/noble.js anew: fetches the packages that its README names from
# the npm registry, holds each against its SHA-256, and joins what verify.html needs of them. Needs
# npm and Linux on x86-64, for esbuild. The product's build needs neither: the result is checked in.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
vendor=$PWD/evidence/src/main/page/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# fetch PACKAGE VERSION SHA256
fetch() {
  local tarball
  tarball=$(npm pack --silent "$1@$2")
  echo "$3  $tarball" | sha256sum --check --quiet
  mkdir -p "node_modules/$1"
  tar -xzf "$tarball" -C "node_modules/$1" --strip-components=1
}

fetch @noble/hashes 2.4.0 e1946149b780017b2564fcc092cb01c04e1d7f20627d0296c17da8868f4436dc
fetch @noble/curves 2.4.0 55279c71b0201d6c0e58d0206d15825359e02a3932f326ba7b7909ac2d334aa9
fetch @noble/post-quantum 0.7.1 e98947485ff33c322ce75f8ae32cf7041a510dca9b8135f10475c8c10c956bab
fetch @noble/ed25519 3.2.0 aaae5d6bc1aa92b798dc2017f2ff1f834f6d8a1e339fdc3e08915ec336006bd8
fetch @esbuild/linux-x64 0.28.2 9573bb2233aab0f9ea7647d5cca9726113cc1768de61d66b17267f4db84488f6

cat >noble.js <<'END'
export { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
export { Point, hashes, verify } from "@noble/ed25519";
export { sha512 } from "@noble/hashes/sha2.js";
END
{
  echo "/*"
  echo " * Parts of @noble/post-quantum 0.7.1, @noble/hashes 2.4.0, @noble/curves 2.4.0 and"
  echo " * @noble/ed25519 3.2.0, joined and otherwise unchanged. Their licence:"
  echo " *"
  echo " * Copyright (c) 2019, 2022, 2024 Paul Miller (https://paulmillr.com)"
  sed -n '/^Permission/,$p' node_modules/@noble/hashes/LICENSE | sed 's/^/ * /; s/ *$//'
  echo " */"
  node_modules/@esbuild/linux-x64/bin/esbuild noble.js --bundle --format=iife --log-level=warning \
    --global-name=vendored --target=es2022 --charset=utf8 --legal-comments=inline
} >joined.js

if cmp -s joined.js "$vendor/noble.js"; then
  echo "$vendor/noble.js is what the packages give"
else
  cp joined.js "$vendor/noble.js"
  echo "$vendor/noble.js was written anew"
fi
