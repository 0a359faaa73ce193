# Sourced by ./osmoda and the scripts: finds a JDK of at least 25 without starting one.
# find_jdk sets JDK_HOME and JDK_VERSION and returns 0, or returns 1. A JDK's version is read from its
# "release" file, which costs no process; the first place that has a fitting one wins.

OSMODA_JDK_MINIMUM=25

# jdk_fits DIR: does DIR hold a whole JDK (with javac, as the build needs it) that is new enough?
jdk_fits() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  jdk_version=
  JDK_VERSION=
  while IFS= read -r jdk_line || [ -n "$jdk_line" ]; do
    case $jdk_line in
      JAVA_VERSION=*)
        jdk_version=${jdk_line#JAVA_VERSION=}
        jdk_version=${jdk_version#\"}
        ;;
      # Names the very build: two builds of one version cannot share an AOT cache.
      JAVA_RUNTIME_VERSION=*) JDK_VERSION=${jdk_line#JAVA_RUNTIME_VERSION=} ;;
    esac
  done <"$1/release"
  jdk_feature=${jdk_version%%[!0-9]*}
  JDK_VERSION=${JDK_VERSION:-$jdk_version}
  [ -n "$jdk_feature" ] && [ "$jdk_feature" -ge "$OSMODA_JDK_MINIMUM" ]
}

# jdk_places: the folders where installers put JDKs, a line each.
jdk_places() {
  jdk_user=${HOME:-/nonexistent}
  printf '%s\n' \
    /usr/lib/jvm/* \
    /usr/java/* \
    /opt/java/* \
    /opt/jdk* \
    "$jdk_user"/.sdkman/candidates/java/* \
    "$jdk_user"/.jdks/* \
    "$jdk_user"/.asdf/installs/java/* \
    "$jdk_user"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$jdk_user"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /run/current-system/sw/lib/openjdk
}

find_jdk() {
  for jdk_candidate in "${OSMODA_JAVA_HOME:-}" "${JAVA_HOME:-}"; do
    if [ -n "$jdk_candidate" ] && jdk_fits "$jdk_candidate"; then
      JDK_HOME=$jdk_candidate
      return 0
    fi
  done
  # A java on the PATH is often a chain of links into the JDK; only then is a process worth starting.
  jdk_on_path=$(command -v java || :)
  if [ -n "$jdk_on_path" ]; then
    if [ -L "$jdk_on_path" ]; then
      jdk_on_path=$(readlink -f "$jdk_on_path" 2>/dev/null || echo "$jdk_on_path")
    fi
    jdk_candidate=${jdk_on_path%/bin/java}
    if jdk_fits "$jdk_candidate"; then
      JDK_HOME=$jdk_candidate
      return 0
    fi
  fi
  # A place may have a space in it, so each is a line and not a word.
  while IFS= read -r jdk_candidate; do
    if jdk_fits "$jdk_candidate"; then
      JDK_HOME=$jdk_candidate
      return 0
    fi
  done <<END
$(jdk_places)
END
  return 1
}

# explain_missing_jdk: what was looked at and what to do, on standard error.
explain_missing_jdk() {
  {
    echo "osmoda: no JDK $OSMODA_JDK_MINIMUM or newer found (a JDK with javac, not only a runtime)."
    [ -z "${OSMODA_JAVA_HOME:-}" ] || echo "  OSMODA_JAVA_HOME is set to $OSMODA_JAVA_HOME, which holds no such JDK."
    [ -z "${JAVA_HOME:-}" ] || echo "  JAVA_HOME is set to $JAVA_HOME, which holds no such JDK."
    echo "Looked at OSMODA_JAVA_HOME, JAVA_HOME, the PATH, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks and the like."
    echo "Install one, for example:"
    case $(uname -s) in
      Darwin) echo "  brew install openjdk" ;;
      *)
        echo "  Debian, Ubuntu:  apt-get install openjdk-25-jdk-headless   (temurin-25-jdk with Adoptium's repository)"
        echo "  Fedora:          dnf install java-25-openjdk-devel"
        echo "  any, no root:    sdk install java 25-tem   (https://sdkman.io)"
        ;;
    esac
    echo "or set OSMODA_JAVA_HOME to the folder of one that you have."
  } >&2
}
