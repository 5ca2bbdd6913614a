/// Which process of a service holds what, fenced by an epoch.
@NullMarked
package dev.concordat.events.claims;

import org.jspecify.annotations.NullMarked;
