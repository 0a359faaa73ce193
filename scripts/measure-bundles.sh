#!/usr/bin/env bash
# Measures exports and the verifying of bundles, for docs/evidence.md: a ledger of N entries, exported as
# folder and as zip, by the command itself and through a daemon, and verified by osmoda-verify.jar. Prints
# elapsed and processor seconds, the most memory (RSS) and sizes, with the machine and its load.
#   scripts/measure-bundles.sh [N] [FOLDER]   default 1000000, a new folder; FOLDER's ledger is used again
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/scripts/find-jdk.sh"
find_jdk || { explain_missing_jdk; exit 2; }
count=${1:-1000000}
work=${2:-$(mktemp -d)}
mkdir -p "$work"
jar=$root/verify/target/osmoda-verify.jar
osmoda=$root/osmoda
export OSMODA_LEDGER=$work/ledger
"$osmoda" --version >/dev/null # builds if a build is due
[ -f "$jar" ] || (cd "$root" && JAVA_HOME=$JDK_HOME ./mvnw -q -B -Dmaven.test.skip=true -pl verify -am package)

drafts() { # a call and its result by turns, with some 200 characters of payload
  awk -v count="$1" 'BEGIN {
    srand(7)
    words = split("read write customer invoice report quarter policy request denied amount region ticket", word, " ")
    for (i = 0; i < count; i++) {
      text = ""
      while (length(text) < 170) text = text word[1 + int(rand() * words)] " " int(rand() * 100000) " "
      printf "{\"action\":\"tool_%s\",\"actor\":\"agent:crew-%d\",\"session\":\"run-%d\",\"status\":\"%s\",\"target\":\"/data/%d\",\"tool\":\"%s\",\"payload\":{\"text\":\"%s\"}}\n", \
        i % 2 ? "result" : "call", i % 7, i / 20, i % 2 ? "ok" : "pending", i % 1000, i % 3 ? "http_request" : "read_file", text
    }
  }'
}

measured() { # NAME COMMAND...
  local name=$1
  shift
  /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$@" >"$work/out" 2>"$work/err" || { cat "$work/out" "$work/err" >&2; exit 1; }
  awk -v name="$name" '{ printf "| %s | %.1f | %.1f | %d MB |\n", name, $1, $2 + $3, $4 / 1000 }' "$work/time"
}

if [ ! -d "$OSMODA_LEDGER" ]; then
  "$osmoda" init --origin example.com/measured >/dev/null
  drafts "$count" | "$osmoda" append - >/dev/null
fi
trust=$work/ledger.keys/trust.policy
[ -f "$trust" ] || trust=$(echo "$work"/*keys/trust.policy)

echo "$(nproc) cores, $(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), JDK $JDK_VERSION, load average $(cut -d' ' -f1-3 /proc/loadavg)"
echo "$count entries, segments of $(du -sm "$OSMODA_LEDGER/segments" | cut -f1) MB"
echo
echo "| what | elapsed, s | processor, s | most memory (RSS) |"
echo "|---|---|---|---|"
for run in 1 2 3; do
  rm -rf "$work/bundle" "$work/bundle.zip"
  measured "export as folder" "$osmoda" export --out "$work/bundle"
  measured "export as zip" "$osmoda" export --out "$work/bundle.zip"
  measured "verify the folder, jar" "$JDK_HOME/bin/java" -jar "$jar" "$work/bundle" --trust "$trust"
  measured "verify the folder, jar, -Xmx96m" "$JDK_HOME/bin/java" -Xmx96m -jar "$jar" "$work/bundle" --trust "$trust"
  measured "verify the zip, jar" "$JDK_HOME/bin/java" -jar "$jar" "$work/bundle.zip" --trust "$trust"
  measured "verify the ledger, jar" "$JDK_HOME/bin/java" -jar "$jar" "$OSMODA_LEDGER" --trust "$trust"
done
echo
echo "folder $(du -sm "$work/bundle" | cut -f1) MB, zip $(du -sm "$work/bundle.zip" | cut -f1) MB, load average afterwards $(cut -d' ' -f1-3 /proc/loadavg)"
