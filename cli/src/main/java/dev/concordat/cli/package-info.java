/// The command line: runs the whole system on one machine, and asks a running one.
@NullMarked
package dev.concordat.cli;

import org.jspecify.annotations.NullMarked;
