package dev.concordat.cli;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Whether a port can be had: asked before anything is started, so that a typo costs nothing.
final class Ports {
  private Ports() {}

  static void refuseUsed(String host, int port) {
    if (port < 0 || port > 65_535) {
      throw Refusal.because("--port is a number from 0 to 65535, got " + port);
    }
    try (ServerSocket socket = new ServerSocket()) {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw Refusal.because("--host " + host + " is not an address of this machine");
      }
      socket.bind(address);
    } catch (BindException e) {
      throw Refusal.because(
          "port "
              + port
              + " on "
              + host
              + " cannot be had ("
              + e.getMessage()
              + "); choose another with --port, or 0 for a free one",
          e);
    } catch (IOException e) {
      throw Refusal.because("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
    }
  }
}
