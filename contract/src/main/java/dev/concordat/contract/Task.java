package dev.concordat.contract;

import com.google.protobuf.Message;

/// Work that exactly one worker claims. Generated messages with the `task` option implement it.
///
/// @param <O> the owner, whose workers do it; any service may ask for it
public interface Task<O extends Owner> extends Message {}
