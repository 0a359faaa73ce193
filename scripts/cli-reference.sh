#!/bin/sh
# Regenerates docs/cli.md from the help texts of the commands.
set -eu
cd -- "$(dirname -- "$0")/.."
./mvnw -q -B -pl cli -am test -Dtest=CliReferenceTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dosmoda.writeReference=true
