/// A mail server, played: real SMTP, and a folder in which every mail stays.
@NullMarked
package dev.concordat.shop.mailserver;

import org.jspecify.annotations.NullMarked;
