package dev.concordat.contract;

import com.google.protobuf.Message;

/// A fact that has happened, told by its owner. Generated messages with the `event` option
/// implement it.
///
/// @param <O> the owner, who alone may publish it
public interface Event<O extends Owner> extends Message {}
