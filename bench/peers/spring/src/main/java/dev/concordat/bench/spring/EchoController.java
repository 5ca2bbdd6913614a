package dev.concordat.bench.spring;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/// The application: answers with what it is asked.
@EnableAutoConfiguration
@RestController
class EchoController {
  @PostMapping("/echo")
  Echo echo(@RequestBody Echo request) {
    return new Echo(request.text());
  }
}
