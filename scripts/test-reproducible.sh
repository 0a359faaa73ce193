#!/bin/sh
# Builds our jars in a copy of the sources, in another folder and time zone and by Maven on the
# newer JDK, and compares them byte for byte with those that ./mvnw clean verify (or package) left here.
# The copy is compiled without Error Prone: it takes most of the time, and must not change a byte anyway.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/find-jdk.sh"
find_jdk || {
  explain_missing_jdk
  exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

jars() { # our own jars below DIR but those of tests, which are not shipped, as lines "sum  path"
  (
    cd "$1" || exit
    for module in $(sed -n 's:.*<module>\(.*\)</module>.*:\1:p' pom.xml); do
      find "$module/target" ! -name '*-tests.jar' \( -name "$module-[0-9]*.jar" -o -name "osmoda-$module.jar" \) -exec sha256sum {} +
    done | sort -k 2
  )
}

(cd "$root" && tar -cf - --exclude=target --exclude=node_modules --exclude=.git .) | (cd "$work" && tar -xf -)
(cd "$work" && TZ=Pacific/Chatham LC_ALL=C.UTF-8 JAVA_HOME=$JDK_HOME ./mvnw -q -B -Dmaven.test.skip=true -Punchecked package) || exit 1
jars "$root" >"$work/here.sums"
jars "$work" >"$work/there.sums"

[ -s "$work/here.sums" ] || {
  echo "no jar of ours here: run ./mvnw clean package first"
  exit 2
}
if diff "$work/here.sums" "$work/there.sums"; then
  echo "$(wc -l <"$work/here.sums") jars are the same, built in two places"
else
  echo "the jars above differ between two builds of the same sources"
  exit 1
fi
