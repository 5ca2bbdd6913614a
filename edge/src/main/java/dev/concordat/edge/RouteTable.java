package dev.concordat.edge;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds the route of a request: a trie over the path's segments, where a literal goes before `*`
/// and `*` before `**`.
///
/// Threads: immutable once made.
final class RouteTable {
  private static final String ANY = "*";

  private final Node root = new Node();

  /// What was found.
  sealed interface Match {
    /// A route.
    record Found(Route route) implements Match {}

    /// The path exists, but not with this HTTP method.
    record OtherMethods(SortedSet<String> allowed) implements Match {}

    /// There is no such path.
    record Nothing() implements Match {}
  }

  /// @throws IllegalArgumentException when two routes answer the same requests
  RouteTable(List<Route> routes) {
    routes.forEach(this::add);
  }

  Match find(String httpMethod, RequestPath path) {
    Search search = new Search(httpMethod, path);
    search.visit(root, 0);
    if (search.found != null) {
      return new Match.Found(search.found);
    }
    return search.allowed.isEmpty() ? new Match.Nothing() : new Match.OtherMethods(search.allowed);
  }

  private void add(Route route) {
    Node node = root;
    for (String segment : route.path().segments()) {
      node = node.children.computeIfAbsent(segment, name -> new Node());
    }
    Route other =
        node.routes
            .computeIfAbsent(route.path().verb(), verb -> new LinkedHashMap<>())
            .putIfAbsent(route.httpMethod(), route);
    if (other != null) {
      throw new IllegalArgumentException(
          route.name()
              + " is the route of both "
              + other.method().fullName()
              + " and "
              + route.method().fullName());
    }
  }

  private static final class Node {
    private final Map<String, Node> children = new HashMap<>();
    private final Map<String, Map<String, Route>> routes = new HashMap<>();
  }

  private static final class Search {
    private final String httpMethod;
    private final RequestPath path;
    private final SortedSet<String> allowed = new TreeSet<>();
    private @Nullable Route found;

    Search(String httpMethod, RequestPath path) {
      this.httpMethod = httpMethod;
      this.path = path;
    }

    /// Each node of the trie is visited once at most, so the search is no longer than the contract.
    void visit(Node node, int depth) {
      if (depth == path.segments().size()) {
        take(node);
      } else {
        String segment = path.segments().get(depth);
        Node literal = isLiteral(segment) ? node.children.get(segment) : null;
        descend(literal, depth + 1);
        if (!segment.isEmpty()) {
          descend(node.children.get(PathTemplate.ONE), depth + 1);
        }
      }
      Node rest = node.children.get(PathTemplate.REST);
      if (found == null && rest != null) {
        take(rest);
      }
    }

    private static boolean isLiteral(String segment) {
      return !segment.equals(PathTemplate.ONE) && !segment.equals(PathTemplate.REST);
    }

    private void descend(@Nullable Node child, int depth) {
      if (child != null && found == null) {
        visit(child, depth);
      }
    }

    private void take(Node node) {
      Map<String, Route> methods = node.routes.getOrDefault(path.verb(), Map.of());
      Route route = methods.get(httpMethod);
      if (route == null && httpMethod.equals("HEAD")) {
        route = methods.get("GET");
      }
      if (route == null) {
        route = methods.get(ANY);
      }
      if (route != null) {
        found = route;
        return;
      }
      allowed.addAll(methods.keySet());
      if (methods.containsKey("GET")) {
        allowed.add("HEAD");
      }
    }
  }
}
