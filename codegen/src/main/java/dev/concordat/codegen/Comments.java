package dev.concordat.codegen;

import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The contract's comments as Javadoc in Markdown, written so that nothing in them can mean
/// something to Java.
final class Comments {
  /// An odd run of backslashes before a `u` is a Unicode escape, in comments too.
  private static final Pattern UNICODE_ESCAPE =
      Pattern.compile("(?<!\\\\)((?:\\\\\\\\)*)\\\\(?=u)");

  private Comments() {}

  /// The comment above an element; empty when there is none.
  static List<String> of(FileDescriptor file, List<Integer> path) {
    return file.toProto().getSourceCodeInfo().getLocationList().stream()
        .filter(location -> location.getPathList().equals(path))
        .findFirst()
        .map(Location::getLeadingComments)
        .map(Comments::lines)
        .orElse(List.of());
  }

  /// Lines of a doc comment.
  static String javadoc(String indent, List<String> lines) {
    return lines.stream()
        .map(line -> indent + ("///" + (line.isEmpty() ? "" : " " + line)) + "\n")
        .collect(Collectors.joining());
  }

  private static List<String> lines(String comment) {
    return comment.strip().lines().map(String::strip).map(Comments::escaped).toList();
  }

  private static String escaped(String line) {
    String[] parts = line.split("`", -1);
    boolean balanced = parts.length % 2 == 1;
    for (int i = 0; i < parts.length; i++) {
      if (!balanced || i % 2 == 0) {
        parts[i] = prose(parts[i]);
      }
    }
    return UNICODE_ESCAPE.matcher(String.join("`", parts)).replaceAll("$1\\\\\\\\");
  }

  private static String prose(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("@", "&#64;")
        .replace("[", "\\[");
  }
}
