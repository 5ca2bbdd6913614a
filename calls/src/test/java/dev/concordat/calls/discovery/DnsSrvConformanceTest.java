package dev.concordat.calls.discovery;

class DnsSrvConformanceTest extends RemoteResolverConformance {
  @Override
  Origin.Remote origin() {
    return new DnsOrigin(true);
  }

  @Override
  long questions() {
    return 3;
  }
}
