#!/bin/sh
# Formats the Java sources with google-java-format, or with --check only names the files that differ.
#   scripts/format.sh [--check] [FILE-OR-FOLDER ...]      (default: all modules)
# The formatter parses with the javac of the JDK that runs it, so it must run on the JDK of the sources,
# not on the one that Maven happens to run on.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/find-jdk.sh"

mode=format
if [ "${1:-}" = --check ]; then
  mode=check
  shift
fi
[ $# -gt 0 ] || set -- "$root"
for path in "$@"; do
  shift
  # Maven asks for each module's src folder, also for one that has none.
  [ ! -e "$path" ] || set -- "$@" "$path"
done
[ $# -gt 0 ] || exit 0

# The build hands in the toolchain's JDK.
if [ -n "${TOOLCHAIN_JAVA_HOME:-}" ]; then
  JDK_HOME=$TOOLCHAIN_JAVA_HOME
elif ! find_jdk; then
  explain_missing_jdk
  exit 2
fi

jar=$root/target/tools/google-java-format.jar
[ -f "$jar" ] || (cd "$root" && ./mvnw -q -B -N dependency:copy@formatter)

java_sources() {
  find "$@" \( -name target -o -name node_modules -o -name '.?*' \) -prune -o -name '*.java' -type f -print0
}

formatter() {
  xargs -0 -r "$JDK_HOME/bin/java" -XX:+UseSerialGC -jar "$jar" "$@"
}

if [ $mode = format ]; then
  java_sources "$@" | formatter --replace
elif ! java_sources "$@" | formatter --dry-run --set-exit-if-changed; then
  echo "The files above are not formatted: run scripts/format.sh" >&2
  exit 1
fi
