/// What every part of a conversation shares: context, deadline, clock, failure, backoff, limits,
/// fan-out.
///
/// Depends on nothing but the JDK, so that any library can speak it.
@NullMarked
package dev.concordat.core;

import org.jspecify.annotations.NullMarked;
