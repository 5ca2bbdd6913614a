package dev.concordat.bench.simulation;

/// grpc-java with a service config: `retryPolicy`, `retryThrottling` and `outlier_detection` with
/// the values of their specifications (gRFC A6, A50), deadlines set by the first caller and handed
/// on by grpc-java's context.
///
/// @param leastRequest `least_request_experimental` instead of `round_robin`
record GrpcStack(String name, String key, boolean leastRequest) implements Stack {
  /// Queued work of a cancelled call is not begun; a handler that runs is not interrupted.
  @Override
  public Manners manners() {
    return new Manners(true, false);
  }

  @Override
  public Door admission(World world, String address) {
    return Door.OPEN;
  }

  @Override
  public Service client(World world, String name, Fleet fleet) {
    return new GrpcClient(world, name, fleet, leastRequest);
  }

  @Override
  public long handDown(long deadline) {
    return deadline;
  }
}
