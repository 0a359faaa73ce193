package io.osmoda.daemon;

import org.jspecify.annotations.Nullable;

/** Who may use a route. */
enum Access {
  /** Anyone who reaches the daemon. */
  OPEN(null),
  /** Any caller with a role. */
  ANY(null),
  WRITER(Role.WRITER),
  AUDITOR(Role.AUDITOR),
  ADMIN(Role.ADMIN),
  /** Our own capture points, over the Unix socket. */
  CAPTURE(null);

  private final @Nullable Role role;

  Access(@Nullable Role role) {
    this.role = role;
  }

  /** Whether an authenticated caller may. */
  boolean allows(Caller caller) {
    return switch (this) {
      case OPEN, ANY -> true;
      case CAPTURE -> caller.capture();
      case WRITER, AUDITOR, ADMIN -> role != null && caller.role().covers(role);
    };
  }
}
