package io.osmoda.bench;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.ledger.Ledger;
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
      method("LogSigner", "sign", MethodType.methodType(SignedCheckpoint.class, Checkpoint.class));

  private Internals() {}

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
      return MethodHandles.privateLookupIn(Ledger.class, MethodHandles.lookup());
    } catch (IllegalAccessException e) {
      throw new LinkageError("the ledger is closed to its benchmarks", e);
    }
  }

  private static Class<?> type(String name) {
    try {
      return LOOKUP.findClass(Ledger.class.getPackageName() + "." + name);
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
