package io.osmoda.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Something that can be asked about entries. Not thread-safe. */
interface Answers extends AutoCloseable {
  /** One line for each entry or value that the answer names, in its order. */
  List<String> to(Question question) throws IOException, SQLException;

  @Override
  void close() throws IOException, SQLException;
}
