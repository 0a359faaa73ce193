package io.osmoda.bench;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.log.Checkpoint;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * The ledger's inner parts, for the micro benchmarks only: nobody else has any business there, so
 * they stay hidden and are reached by handles, which cost nothing once they are compiled.
 */
final class Internals {
  private static final MethodHandles.Lookup LOOKUP = lookup();

  private static final MethodHandle NEW_ENTRY_LINE = constructor("EntryLine", Object.class);
  private static final MethodHandle SCAN =
      method(
          "EntryLine",
          "scan",
          MethodType.methodType(boolean.class, byte[].class, int.class, int.class));
  private static final MethodHandle ENTRY_HASH =
      method(
          "EntryLine",
          "entryHash",
          MethodType.methodType(void.class, MessageDigest.class, byte[].class, int.class));
  private static final MethodHandle PAYLOAD_HASH_MATCHES =
      method(
          "EntryLine",
          "payloadHashMatches",
          MethodType.methodType(boolean.class, MessageDigest.class));

  private static final MethodHandle NEW_RANGE = constructor("CompactRange", Object.class);
  private static final MethodHandle APPEND_LEAF =
      method(
              "CompactRange",
              "append",
              MethodType.methodType(
                  void.class, byte[].class, int.class, type("CompactRange$SubtreeSink")))
          .asType(
              MethodType.methodType(
                  void.class, Object.class, byte[].class, int.class, Object.class));

  private static final MethodHandle NEW_PREPARED =
      constructor("PreparedEntry", Object.class, EntryDraft.class, byte[].class);
  private static final MethodHandle SEAL =
      method(
          "PreparedEntry",
          "seal",
          MethodType.methodType(
              int.class,
              long.class,
              byte[].class,
              byte[].class,
              byte[].class,
              int.class,
              MessageDigest.class,
              byte[].class,
              int.class));

  private static final MethodHandle CREATE_KEYS =
      staticMethod(
          "KeyFolder",
          "create",
          MethodType.methodType(type("KeyFolder"), Path.class, String.class));
  private static final MethodHandle SIGNER =
      method("KeyFolder", "signer", MethodType.methodType(type("LogSigner")));
  private static final MethodHandle SIGN =
      method(
          "LogSigner", "sign", MethodType.methodType(type("SignedCheckpoint"), Checkpoint.class));

  private Internals() {}

  static Object newEntryLine() throws Throwable {
    return (Object) NEW_ENTRY_LINE.invokeExact();
  }

  static boolean scan(Object entryLine, byte[] line, int at, int length) throws Throwable {
    return (boolean) SCAN.invokeExact(entryLine, line, at, length);
  }

  static void entryHash(Object entryLine, MessageDigest sha256, byte[] target) throws Throwable {
    ENTRY_HASH.invokeExact(entryLine, sha256, target, 0);
  }

  static boolean payloadHashMatches(Object entryLine, MessageDigest sha256) throws Throwable {
    return (boolean) PAYLOAD_HASH_MATCHES.invokeExact(entryLine, sha256);
  }

  static Object newCompactRange() throws Throwable {
    return (Object) NEW_RANGE.invokeExact();
  }

  static void appendLeaf(Object compactRange, byte[] entryHash) throws Throwable {
    APPEND_LEAF.invokeExact(compactRange, entryHash, 0, (Object) null);
  }

  static Object newPreparedEntry(EntryDraft draft, byte[] salt) throws Throwable {
    return (Object) NEW_PREPARED.invokeExact(draft, salt);
  }

  static int seal(
      Object preparedEntry,
      long seq,
      byte[] previous,
      byte[] timestamp,
      byte[] target,
      MessageDigest sha256,
      byte[] entryHash)
      throws Throwable {
    return (int)
        SEAL.invokeExact(preparedEntry, seq, previous, timestamp, target, 0, sha256, entryHash, 0);
  }

  /** Makes keys in a new folder, and gives their signer. */
  static Object newSigner(Path folder, String origin) throws Throwable {
    return SIGNER.invoke(CREATE_KEYS.invoke(folder, origin));
  }

  static Object sign(Object signer, Checkpoint checkpoint) throws Throwable {
    return (Object) SIGN.invokeExact(signer, checkpoint);
  }

  private static MethodHandles.Lookup lookup() {
    try {
      return MethodHandles.privateLookupIn(EntryDraft.class, MethodHandles.lookup());
    } catch (IllegalAccessException e) {
      throw new LinkageError("the ledger is closed to its benchmarks", e);
    }
  }

  private static Class<?> type(String name) {
    try {
      return LOOKUP.findClass(EntryDraft.class.getPackageName() + "." + name);
    } catch (ReflectiveOperationException e) {
      throw changed(e);
    }
  }

  /** A handle whose receiver and result are plain objects. */
  private static MethodHandle method(String owner, String name, MethodType type) {
    try {
      MethodHandle handle = LOOKUP.findVirtual(type(owner), name, type);
      return opaque(handle.asType(handle.type().changeParameterType(0, Object.class)));
    } catch (ReflectiveOperationException e) {
      throw changed(e);
    }
  }

  private static MethodHandle staticMethod(String owner, String name, MethodType type) {
    try {
      return opaque(LOOKUP.findStatic(type(owner), name, type));
    } catch (ReflectiveOperationException e) {
      throw changed(e);
    }
  }

  private static MethodHandle constructor(String owner, Class<?> result, Class<?>... parameters) {
    try {
      MethodHandle handle =
          LOOKUP.findConstructor(type(owner), MethodType.methodType(void.class, parameters));
      return handle.asType(handle.type().changeReturnType(result));
    } catch (ReflectiveOperationException e) {
      throw changed(e);
    }
  }

  private static MethodHandle opaque(MethodHandle handle) {
    return handle.type().returnType().isPrimitive()
        ? handle
        : handle.asType(handle.type().changeReturnType(Object.class));
  }

  private static LinkageError changed(ReflectiveOperationException e) {
    return new LinkageError("the ledger's inside changed: mend Internals; " + e, e);
  }
}
