/// Steps that are recorded, undone and gone on with by any process.
@NullMarked
package dev.concordat.events.sagas;

import org.jspecify.annotations.NullMarked;
