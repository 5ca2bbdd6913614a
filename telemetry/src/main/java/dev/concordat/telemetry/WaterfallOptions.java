package dev.concordat.telemetry;

import java.nio.charset.Charset;

/// How a [Waterfall] is drawn.
///
/// @param width characters in a line, at least 60, default 120
/// @param unicode whether lines and bars may be drawn with more than ASCII, default true
/// @param alike siblings of the same service and name that are shown one by one, the rest are
///   summed up in one line; default 3
public record WaterfallOptions(int width, boolean unicode, int alike) {
  private static final int NARROWEST = 60;

  /// The defaults named above.
  public static final WaterfallOptions DEFAULT = new WaterfallOptions(120, true, 3);

  /// Checks the limits.
  public WaterfallOptions {
    if (width < NARROWEST || alike < 1) {
      throw new IllegalArgumentException(
          "a waterfall needs a width of at least 60 and shows at least 1 of siblings alike");
    }
  }

  /// The same with another width; less than 60 is taken as 60.
  public WaterfallOptions withWidth(int width) {
    return new WaterfallOptions(Math.max(NARROWEST, width), unicode, alike);
  }

  /// The same for a terminal with this character set.
  public WaterfallOptions withCharset(Charset charset) {
    return new WaterfallOptions(width, charset.newEncoder().canEncode("├─└│⇢✗█┊…"), alike);
  }

  /// The same with another number of siblings.
  public WaterfallOptions withAlike(int alike) {
    return new WaterfallOptions(width, unicode, alike);
  }
}
