#!/bin/sh
# Puts evidence/src/main/page together to verify.html. Needs a JDK, nothing else.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/find-jdk.sh"
find_jdk || { explain_missing_jdk; exit 2; }
cd "$root/evidence"
exec "$JDK_HOME/bin/java" src/test/java/io/osmoda/evidence/PageParts.java
