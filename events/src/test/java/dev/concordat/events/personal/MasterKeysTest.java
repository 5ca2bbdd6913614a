package dev.concordat.events.personal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MasterKeysTest {
  @TempDir private Path folder = Path.of("");

  /// A line of the file whose key is this byte 32 times.
  static String line(String name, int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return name + " " + Base64.getEncoder().encodeToString(key) + "\n";
  }

  @Test
  void theFirstLineIsTheCurrentKey() throws IOException {
    Path file = file("# the keys\n\n" + line("new", 1) + line("old", 2), "rw-r-----");
    MasterKeys keys = MasterKeys.read(file);
    assertThat(keys.current()).isEqualTo("new");
    assertThat(keys.find("old")).isPresent();
    assertThat(keys.find("other")).isEmpty();
  }

  @Test
  void aFreshFileIsReadable() throws IOException {
    assertThat(MasterKeys.read(file(MasterKeys.fresh("local"), "rw-------")).current())
        .isEqualTo("local");
  }

  @Test
  void aMissingFileIsRefused() {
    refused(folder.resolve("none")).hasMessageContaining("cannot be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-rw----", "rw-----w-", "rwx--x---"})
  void aFileThatIsOpenToOthersIsRefused(String permissions) throws IOException {
    refused(file(line("k", 1), permissions)).hasMessageContaining("open to others (" + permissions);
  }

  @Test
  void aLargeFileIsRefused() throws IOException {
    refused(file("#".repeat(70_000), "rw-------")).hasMessageContaining("64 KiB");
  }

  @Test
  void aFileThatIsNoTextIsRefused() throws IOException {
    Path file = file("", "rw-------");
    Files.write(file, new byte[] {(byte) 0xc3, 0x28});
    refused(file).hasMessageContaining("no text");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# none",
        "k",
        "k notbase64!!",
        "k QUJD",
        "two words MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=",
        "k/1 MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=",
        "k MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=\n"
            + "k MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
      })
  void aFileThatHoldsSomethingElseIsRefusedWithoutQuotingIt(String text) throws IOException {
    refused(file(text, "rw-------"))
        .hasMessageContaining("keys")
        .message()
        .doesNotContain("MTIz", "QUJD", "notbase64");
  }

  private Path file(String text, String permissions) throws IOException {
    Path file = Files.writeString(folder.resolve("keys"), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static AbstractThrowableAssert<?, ?> refused(Path file) {
    return assertThatThrownBy(() -> MasterKeys.read(file))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION));
  }
}
