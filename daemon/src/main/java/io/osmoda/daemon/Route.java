package io.osmoda.daemon;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the API.
 *
 * @param template the path, in which {@code {name}} stands for one segment and a last {@code
 *     {name...}} for all that are left
 */
record Route(String method, String template, Access access, Endpoint endpoint) {
  /** Serves a request of the route. */
  interface Endpoint {
    void serve(Exchange exchange) throws Exception;
  }

  /** The path's parameters, null where the path is not this route's. */
  @Nullable Map<String, String> match(String path) {
    List<String> wanted = List.of(template.split("/", -1));
    List<String> given = List.of(path.split("/", -1));
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < wanted.size(); i++) {
      String part = wanted.get(i);
      if (part.endsWith("...}")) {
        if (i >= given.size()) {
          return null;
        }
        parameters.put(
            part.substring(1, part.length() - 4), String.join("/", given.subList(i, given.size())));
        return parameters;
      }
      if (i >= given.size()) {
        return null;
      }
      if (part.startsWith("{")) {
        parameters.put(part.substring(1, part.length() - 1), given.get(i));
      } else if (!part.equals(given.get(i))) {
        return null;
      }
    }
    return wanted.size() == given.size() ? parameters : null;
  }
}
