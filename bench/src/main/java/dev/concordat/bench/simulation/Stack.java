package dev.concordat.bench.simulation;

import java.util.List;

/// Whose decisions are made: the clients' and the servers'.
interface Stack {
  /// All that are compared, ours first.
  List<Stack> ALL =
      List.of(
          new ConcordatStack(),
          new SpringStack(),
          new GrpcStack("grpc-java, round_robin", "grpc_round_robin", false),
          new GrpcStack("grpc-java, least_request", "grpc_least_request", true));

  /// What the column is called.
  String name();

  /// What its figures are called.
  String key();

  /// What its servers do about callers that have gone.
  Manners manners();

  /// What its servers take on.
  Door admission(World world, String address);

  /// A client of one service, in a process of its own.
  ///
  /// @param name tells clients apart
  Service client(World world, String name, Fleet fleet);

  /// When a handler that asks others with the time that is left to it gives up.
  ///
  /// @param deadline the caller's
  long handDown(long deadline);
}
