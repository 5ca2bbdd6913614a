package dev.concordat.contract;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What every contract keeps. A rule that generated code stands on cannot be exempted.
public enum Rule {
  /// A file names the service that answers for it.
  FILE_HAS_OWNER,
  /// An owner's name is lower case letters, digits and dashes.
  OWNER_IS_A_NAME,
  /// All files of a package name the same owner.
  PACKAGE_HAS_ONE_OWNER,
  /// All files of an owner agree on the Java package of its type.
  OWNER_HAS_ONE_TYPE,
  /// A service has a method.
  SERVICE_HAS_METHOD,
  /// A service publishes only events, and only those of its owner.
  PUBLISHES_OWN_EVENTS,
  /// A method says how long a caller waits that brings no deadline.
  CALL_HAS_DEADLINE,
  /// Somebody may call a method: it is public, or `allow` names whom. Can be exempted.
  CALL_IS_OPEN,
  /// A deadline is not longer than the longest that is accepted.
  DEADLINE_WITHIN_MAX,
  /// A duration is longer than nothing.
  DURATION_IS_POSITIVE,
  /// The first wait is not longer than the longest.
  BACKOFF_WITHIN_MAX,
  /// A method that needs an idempotency key has one request and one answer.
  KEYED_CALL_IS_UNARY,
  /// A method that two instances are asked at once has no side effects and takes one message.
  HEDGED_CALL_IS_SAFE,
  /// A method whose callers share one call has no side effects and does not stream.
  COALESCED_CALL_IS_SAFE,
  /// A public method has a `google.api.http` rule. Can be exempted.
  PUBLIC_CALL_HAS_ROUTE,
  /// A `google.api.http` rule follows its grammar.
  ROUTE_IS_VALID,
  /// A `google.api.http` rule names fields that are there.
  ROUTE_NAMES_FIELDS,
  /// An event names the field that orders it.
  EVENT_HAS_KEY,
  /// A task names fields that are there.
  TASK_NAMES_FIELDS,
  /// A message is an event or a task, not both.
  EVENT_OR_TASK,
  /// Personal data says whose it is, by a field of the same message that anybody can read.
  PERSONAL_NAMES_PERSON,
  /// A personal field can be left out: it is no key, and no message is invalid without it.
  PERSONAL_CAN_BE_ABSENT,
  /// The number under which personal data travels is nobody else's.
  SEALED_NUMBER_IS_FREE,
  /// An exemption says why.
  EXEMPTION_HAS_REASON,
  /// An exemption names a rule that can be exempted.
  EXEMPTION_NAMES_RULE;

  /// The name in findings and exemptions, for example `call-has-deadline`.
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Whether a method may be exempted from it.
  public boolean exemptible() {
    return this == PUBLIC_CALL_HAS_ROUTE || this == CALL_IS_OPEN;
  }

  static Optional<Rule> named(String id) {
    return Arrays.stream(values()).filter(rule -> rule.id().equals(id)).findFirst();
  }
}
