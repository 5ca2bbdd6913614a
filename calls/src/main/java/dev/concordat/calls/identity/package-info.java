/// Who is on the other side: certificates and their files, names in them, end users' tokens.
@NullMarked
package dev.concordat.calls.identity;

import org.jspecify.annotations.NullMarked;
