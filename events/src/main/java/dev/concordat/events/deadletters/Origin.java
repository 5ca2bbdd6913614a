package dev.concordat.events.deadletters;

import java.sql.Connection;
import java.sql.SQLException;

/// Where dead letters of one kind come from, and go back to.
public interface Origin {
  /// Whether messages of this subscription or queue are still handled by this service.
  boolean takes(String name);

  /// Puts one back; marking it is the caller's part.
  ///
  /// @param headers those of its next life, as [dev.concordat.events.log.Headers] writes them
  /// @return false when there is no place for it
  boolean redrive(Connection connection, long deadLetter, String headers) throws SQLException;

  /// It is discarded: whatever waits for it goes on.
  default void discard(Connection connection, long deadLetter) throws SQLException {}
}
