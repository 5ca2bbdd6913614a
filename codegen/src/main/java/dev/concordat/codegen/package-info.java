/// A protoc plugin: from a contract it writes plain blocking Java. It reads a request on stdin,
/// writes the answer on stdout, and refuses a contract that breaks a rule.
@NullMarked
package dev.concordat.codegen;

import org.jspecify.annotations.NullMarked;
