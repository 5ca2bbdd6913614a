/// One service put together: its database, its calls, its events, what watches it, and the order in
/// which all of that starts and stops; and a system, declared as the parts it is made of.
@NullMarked
package dev.concordat.service;

import org.jspecify.annotations.NullMarked;
