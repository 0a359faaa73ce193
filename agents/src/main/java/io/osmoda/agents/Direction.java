package io.osmoda.agents;

/** Which way a message goes. */
enum Direction {
  TO_SERVER("client"),
  TO_CLIENT("server");

  private final String sender;

  Direction(String sender) {
    this.sender = sender;
  }

  /** Who sends that way, as written into payloads. */
  String sender() {
    return sender;
  }

  Direction opposite() {
    return this == TO_SERVER ? TO_CLIENT : TO_SERVER;
  }
}
