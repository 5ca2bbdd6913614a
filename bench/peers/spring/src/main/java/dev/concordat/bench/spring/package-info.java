/// JSON over HTTP/1.1 with Spring: MVC on virtual threads, RestClient, Resilience4j.
@NullMarked
package dev.concordat.bench.spring;

import org.jspecify.annotations.NullMarked;
