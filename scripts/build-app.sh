# Sourced by ./osmoda when a build is due. Expects root, app, module, main, JVM_FLAGS, JDK_HOME,
# JDK_VERSION and build_due from there.

say() {
  printf 'osmoda: %s\n' "$*" >&2
}

build_app() {
  mkdir -p "$root/target" 2>/dev/null && [ -w "$root/target" ] || {
    say "a build is due, but $root/target cannot be written: run osmoda once as the owner of that folder"
    return 1
  }
  lock_build
  # Whoever held the lock may have built just this.
  if build_due; then make_app; else true; fi
  build_status=$?
  unlock_build
  return $build_status
}

# Several first uses at once (an agent starts all its MCP servers together) must build once.
lock_build() {
  if command -v flock >/dev/null; then
    exec 9>"$root/target/build.lock"
    flock -n 9 || {
      say "waiting for another osmoda that builds"
      flock 9
    }
  else
    build_waits=0
    until mkdir "$root/target/build.lock.d" 2>/dev/null; do
      build_holder=$(cat "$root/target/build.lock.d/pid" 2>/dev/null || :)
      [ $build_waits -gt 0 ] || say "waiting for another osmoda that builds"
      build_waits=$((build_waits + 1))
      sleep 1
      # The holder was killed: its lock is free for one of us, and mv decides for whom.
      if [ -n "$build_holder" ] && ! kill -0 "$build_holder" 2>/dev/null &&
        mv "$root/target/build.lock.d" "$root/target/build.lock.$$" 2>/dev/null; then
        rm -rf "$root/target/build.lock.$$"
      fi
    done
    echo $$ >"$root/target/build.lock.d/pid"
    trap 'rm -rf "$root/target/build.lock.d"; exit 130' INT TERM
  fi
}

unlock_build() {
  if command -v flock >/dev/null; then
    exec 9>&-
  else
    trap - INT TERM
    rm -rf "$root/target/build.lock.d"
  fi
}

make_app() {
  build_log=$root/target/build.log
  build_start=$(date +%s)
  say "building with $JDK_HOME (first use or changed sources; the first time libraries are fetched too)"
  # Removed, not overwritten: an osmoda that is running keeps the files that it has open.
  rm -rf "$app"
  mkdir -p "$app" && : >"$app/building" || return 1
  # Error Prone and NullAway take most of a compilation, and say nothing about sources as they were
  # published. Whoever has compiled here before may have changed them, and is told what they find.
  build_profile=
  [ -d "$root/ledger/target/classes" ] || build_profile=-Punchecked
  {
    cd "$root" &&
      JAVA_HOME=$JDK_HOME ./mvnw -B --no-transfer-progress -Dmaven.test.skip=true $build_profile \
        -pl "$module" -am package
    echo $? >"$app/status"
  } </dev/null 2>&1 9>&- | tee "$build_log" | show_progress
  read -r build_status <"$app/status"
  if [ "$build_status" != 0 ]; then
    say "the build failed; the end of $build_log:"
    grep -v -e '^\[INFO\]' -e '^\[ERROR\] *$' -e '\[Help 1\]' -e 're-run Maven' "$build_log" | tail -n 25 >&2
    return 1
  fi

  classpath=
  for jar in "$app"/lib/*.jar; do
    classpath=$classpath${classpath:+:}$jar
  done
  printf '%s\n' "$classpath" >"$app/classpath"
  train "$build_log"

  printf '%s\n' "$JDK_HOME $JDK_VERSION $root" >"$app/stamp.new"
  # As old as the start of the build, so that what was edited meanwhile is built next time.
  touch -r "$app/building" "$app/stamp.new" && mv "$app/stamp.new" "$app/stamp" || return 1
  rm -f "$app/building" "$app/status"
  say "built in $(($(date +%s) - build_start)) s"
}

# One line for each module. Files are fetched only the first time, in between.
show_progress() {
  while IFS= read -r line; do
    case $line in
    '[INFO] Building osModa Audit: '*)
      line=${line#'[INFO] Building osModa Audit: '}
      say "  ${line%% *} ${line##* } after $(($(date +%s) - build_start)) s"
      ;;
    esac
  done
}

# Makes the ahead-of-time cache by a training run. Without it osmoda works too, only starts slower.
train() {
  [ "$module" = cli ] || return 0
  # shellcheck disable=SC2086
  if env -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS -u _JAVA_OPTIONS \
    "$JDK_HOME/bin/java" -XX:AOTCacheOutput="$app/osmoda.aot.new" $JVM_FLAGS -cp "$classpath" io.osmoda.cli.StartTraining \
    </dev/null >>"$1" 2>&1 9>&-; then
    mv "$app/osmoda.aot.new" "$app/osmoda.aot"
  else
    say "no ahead-of-time cache could be made (see $1): commands start slower"
    rm -f "$app/osmoda.aot.new"
  fi
}
