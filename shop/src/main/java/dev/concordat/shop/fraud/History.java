package dev.concordat.shop.fraud;

/// What is known of a customer.
///
/// @param confirmed orders that were paid for, ever
/// @param lately orders that were paid for within the last hour
/// @param rejectedLately orders that came to nothing within the last hour
record History(int confirmed, int lately, int rejectedLately) {}
