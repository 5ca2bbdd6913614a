package dev.concordat.calls.discovery;

class DnsHostConformanceTest extends RemoteResolverConformance {
  @Override
  Origin.Remote origin() {
    return new DnsOrigin(false);
  }

  @Override
  long questions() {
    return 2;
  }
}
