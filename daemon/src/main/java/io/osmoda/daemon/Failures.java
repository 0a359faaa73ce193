package io.osmoda.daemon;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What a failure means to a person. */
final class Failures {
  private Failures() {}

  static String describe(IOException e) {
    return switch (e) {
      case NoSuchFileException f -> "no such file or folder: " + f.getFile();
      case AccessDeniedException f -> "permission denied: " + f.getFile();
      case FileAlreadyExistsException f -> "already exists: " + f.getFile();
      case FileSystemException f ->
          f.getReason() == null ? f.toString() : f.getReason() + ": " + f.getFile();
      default -> Remedies.told(e);
    };
  }
}
