package io.osmoda.daemon;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One operation of the API. Immutable. */
final class Route {
  private final String method;
  private final String template;
  private final Access access;
  private final Endpoint endpoint;
  private final List<String> wanted;

  /** Serves a request of the route. */
  interface Endpoint {
    void serve(Exchange exchange) throws Exception;
  }

  /**
   * @param template the path, in which {@code {name}} stands for one segment and a last {@code
   *     {name...}} for all that are left
   */
  Route(String method, String template, Access access, Endpoint endpoint) {
    this.method = method;
    this.template = template;
    this.access = access;
    this.endpoint = endpoint;
    this.wanted = parts(template);
  }

  String method() {
    return method;
  }

  String template() {
    return template;
  }

  Access access() {
    return access;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** A path's segments, for {@link #match}. */
  static List<String> parts(String path) {
    return List.of(path.split("/", -1));
  }

  /**
   * The path's parameters, null where the path is not this route's.
   *
   * @param given the path's {@link #parts}
   */
  @Nullable Map<String, String> match(List<String> given) {
    Map<String, String> parameters = Map.of();
    for (int i = 0; i < wanted.size(); i++) {
      String part = wanted.get(i);
      if (i >= given.size()) {
        return null;
      }
      if (part.startsWith("{")) {
        if (parameters.isEmpty()) {
          parameters = new HashMap<>();
        }
        if (part.endsWith("...}")) {
          parameters.put(
              part.substring(1, part.length() - 4),
              String.join("/", given.subList(i, given.size())));
          return parameters;
        }
        parameters.put(part.substring(1, part.length() - 1), given.get(i));
      } else if (!part.equals(given.get(i))) {
        return null;
      }
    }
    return wanted.size() == given.size() ? parameters : null;
  }

  @Override
  public String toString() {
    return method + " " + template;
  }
}
