#!/bin/sh
# Tests ./osmoda itself in a copy of the sources: first use by five at once, links, odd paths and locales,
# the demo, rebuilding, failing builds, and a machine without a JDK. Takes about a minute.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
failures=0

check() { # check NAME CONDITION...
  name=$1
  shift
  if "$@"; then
    echo "ok    $name"
  else
    echo "FAILED $name"
    failures=$((failures + 1))
    for file in "$work"/out* "$work"/err*; do
      [ ! -s "$file" ] || { echo "--- ${file##*/}" && cat "$file"; }
    done
  fi
  rm -f "$work"/out* "$work"/err*
}
exits_2() { [ $status = 2 ]; }
says() { grep -q -- "$1" "$work/$2"; }
is_version() { grep -q '^osmoda [0-9]' "$work/${1:-out}" && [ "$(wc -l <"$work/${1:-out}")" = 1 ]; }

# Paths with a space and an umlaut, written as bytes so that this script stays ASCII.
copy="$work/$(printf 'a b \303\244')"
mkdir "$copy"
(cd "$root" && tar -cf - --exclude=target --exclude=node_modules --exclude=.git .) | (cd "$copy" && tar -xf -)
osmoda=$copy/osmoda

cd / || exit 2
for i in 1 2 3 4 5; do
  "$osmoda" --version >"$work/out$i" 2>"$work/err$i" </dev/null &
done
wait
five_build_once() {
  for i in 1 2 3 4 5; do is_version out$i || return 1; done
  [ "$(cat "$work"/err? | grep -c ' built in ')" = 1 ]
}
check "five first uses at once all answer, and one builds" five_build_once

"$osmoda" --version >"$work/out" 2>"$work/err"
second_use_is_quiet() { is_version && [ ! -s "$work/err" ]; }
check "a second use builds nothing and says nothing of its own" second_use_is_quiet

env -u LC_ALL -u LC_CTYPE -u LANG "$osmoda" --version >"$work/out" 2>"$work/err"
check "no locale set" second_use_is_quiet
LC_ALL=C "$osmoda" --version >"$work/out" 2>"$work/err"
check "locale C" second_use_is_quiet

mkdir "$work/bin"
ln -s "$osmoda" "$work/bin/absolute"
ln -s absolute "$work/bin/osmoda"
(cd "$copy/ledger" && "$work/bin/osmoda" --version >"$work/out" 2>"$work/err")
check "through a chain of links, from another folder" second_use_is_quiet
(PATH=$work/bin:$PATH && osmoda --version >"$work/out" 2>"$work/err")
check "found on the PATH" second_use_is_quiet
(cd "$copy" && sh osmoda --version >"$work/out" 2>"$work/err")
check "started as 'sh osmoda'" second_use_is_quiet
mkdir "$work/gone"
(cd "$work/gone" && rmdir "$work/gone" && "$osmoda" --version >"$work/out" 2>"$work/err"; echo $? >"$work/status")
read -r status <"$work/status"
gone_is_told() { exits_2 && says 'no longer exists' err; }
check "from a folder that is gone" gone_is_told

"$osmoda" --no-such-option >"$work/out" 2>"$work/err"
status=$?
check "the command's exit code comes through" exits_2

OSMODA_JAVA_OPTS="-Xlog:class+load:file=$work/err2" "$osmoda" --version >"$work/out" 2>"$work/err"
from_cache() { second_use_is_quiet && says 'io.osmoda.cli.Osmoda source: shared objects file' err2; }
check "classes come from the ahead-of-time cache" from_cache

# What the JVM says of itself never reaches standard output, and it ends with no code that means something else.
cp "$copy/cli/target/osmoda/osmoda.aot" "$work/whole.aot"
for damage in cut garbage empty; do
  case $damage in
  cut) head -c 1000000 "$work/whole.aot" ;;
  garbage) head -c 5000 /dev/urandom ;;
  empty) ;;
  esac >"$copy/cli/target/osmoda/osmoda.aot"
  "$osmoda" --version >"$work/out" 2>"$work/err"
  check "an ahead-of-time cache that is $damage is not mentioned" second_use_is_quiet
done
cp "$work/whole.aot" "$copy/cli/target/osmoda/osmoda.aot"
OSMODA_JAVA_OPTS=-XX:-UseCompressedOops "$osmoda" --version >"$work/out" 2>"$work/err"
check "a JVM that cannot use the cache does not mention it" second_use_is_quiet
JAVA_TOOL_OPTIONS=-XX:+UseG1GC JDK_JAVA_OPTIONS=-Dx=y _JAVA_OPTIONS=-Xint "$osmoda" --version >"$work/out" 2>"$work/err"
check "Java options of the environment do not reach our JVM" second_use_is_quiet
no_start_is_told() { exits_2 && [ ! -s "$work/out" ] && says 'correct or unset them' err; }
OSMODA_JAVA_OPTS=-XX:+UseG1GC "$osmoda" --version >"$work/out" 2>"$work/err"
status=$?
check "a JVM that its options keep from starting ends with 2, not with 1 for findings" no_start_is_told
JAVA_TOOL_OPTIONS=-XX:+UseG1GC "$osmoda" mcp wrap --agent a -- true >"$work/out" 2>"$work/err"
status=$?
check "the same under mcp wrap, whose server gets the environment as it is" no_start_is_told

# Its agent and server run with libraries that no other command has, which a build may leave out.
"$osmoda" demo "$work/demo" >"$work/out" 2>"$work/err"
demo_runs() { says 'verify says intact' out && [ ! -s "$work/err" ]; }
check "the demo runs as it is built" demo_runs

package=$copy/cli/src/main/java/io/osmoda/cli
printf 'package io.osmoda.cli;\n\nfinal class Fresh {}\n' >"$package/Fresh.java"
"$osmoda" --version >"$work/out" 2>"$work/err"
rebuilt() { is_version && says ' built in ' err; }
check "a new source is built in" rebuilt
rm "$package/Fresh.java"
"$osmoda" --version >"$work/out" 2>"$work/err"
check "a deleted source is built out" rebuilt

printf 'package io.osmoda.cli;\n\nfinal class Broken { int x = "no"; }\n' >"$package/Broken.java"
"$osmoda" --version >"$work/out" 2>"$work/err" </dev/null
status=$?
broken_is_told() { exits_2 && [ ! -s "$work/out" ] && says 'Broken.java' err && says 'build.log' err; }
check "a build that fails shows where and exits with 2" broken_is_told
rm "$package/Broken.java"
echo '{"not":"ours"}' | { "$osmoda" --version >"$work/out" 2>"$work/err" && cat >"$work/out2"; }
keeps_stdin() { is_version && grep -q '^{"not":"ours"}$' "$work/out2"; }
check "a build leaves standard input to the command" keeps_stdin

mkdir -p "$work/no jdk/bin"
printf 'JAVA_VERSION="21.0.1"\n' >"$work/no jdk/release"
printf '#!/bin/sh\n' >"$work/no jdk/bin/java"
chmod +x "$work/no jdk/bin/java" && cp "$work/no jdk/bin/java" "$work/no jdk/bin/javac"
cat >"$work/without" <<'END'
. "$1/scripts/find-jdk.sh"
jdk_places() { :; }
find_jdk || { explain_missing_jdk; exit 2; }
END
JAVA_HOME="$work/no jdk" OSMODA_JAVA_HOME=/nowhere PATH="$work/no jdk/bin:/usr/bin:/bin" \
  sh "$work/without" "$root" >"$work/out" 2>"$work/err"
status=$?
no_jdk_is_told() {
  exits_2 && says "no JDK 25 or newer" err && says "OSMODA_JAVA_HOME is set to /nowhere" err &&
    says "no jdk" err && says "Install one" err
}
check "without a JDK it says what to install and exits with 2" no_jdk_is_told

[ $failures = 0 ] || { echo "$failures failed"; exit 1; }
