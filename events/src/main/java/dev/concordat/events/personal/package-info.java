/// Personal data in messages: encrypted with a key per person, forgotten with that key.
@NullMarked
package dev.concordat.events.personal;

import org.jspecify.annotations.NullMarked;
