/// What services promise: methods, events and tasks as the contract's descriptors tell them, and
/// the small surface that generated code stands on.
@NullMarked
package dev.concordat.contract;

import org.jspecify.annotations.NullMarked;
