#!/bin/sh
# Writes docs/cli.md anew out of what the commands say of themselves.
set -eu
cd -- "$(dirname -- "$0")/.."
./mvnw -q -B -pl cli -am test -Dtest=CliReferenceTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dosmoda.writeReference=true
