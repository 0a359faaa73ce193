package io.osmoda.format.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint and the signed note that states it, byte for byte (section 3). That the note parses
 * is sure; whether its signatures hold is for a {@link TrustPolicy} to tell. Immutable.
 *
 * @param note the whole note; a copy is handed out
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, compared by content
public record SignedCheckpoint(Checkpoint checkpoint, byte[] note) {
  public SignedCheckpoint {
    note = note.clone();
  }

  /**
   * Parses a note strictly.
   *
   * @throws BadNoteException if the bytes are no signed note or its text is no checkpoint
   */
  public static SignedCheckpoint parse(byte[] note) throws BadNoteException {
    return new SignedCheckpoint(Checkpoint.parse(SignedNote.parse(note).text()), note);
  }

  @Override
  public byte[] note() {
    return note.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SignedCheckpoint that && Arrays.equals(note, that.note);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(note);
  }

  @Override
  public String toString() {
    return checkpoint.toString();
  }
}
