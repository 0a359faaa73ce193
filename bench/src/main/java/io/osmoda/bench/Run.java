package io.osmoda.bench;

/** One of the things that are measured; each can be run alone. */
interface Run {
  /** The word on the command line. */
  String name();

  /** One line for the help. */
  String about();

  ResultTable run(Session session) throws Exception;
}
