package dev.concordat.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// What a conversation carries from hop to hop: deadline, caller, priority, idempotency key,
/// attempt, trace and baggage. Immutable; each `with…` gives a copy.
///
/// The current one is [#current()], held in a [ScopedValue]: it is there for the code that runs
/// inside [#run] or [#call] and gone after it. Other threads do not inherit it; [Fanout],
/// [Background] and [#wrap] carry it over.
///
/// Threads: safe for many.
public final class Context {
  private static final ScopedValue<Context> CURRENT = ScopedValue.newInstance();
  private static final Context ROOT = new Context(new Fields());

  private final Fields fields;

  private Context(Fields fields) {
    this.fields = fields;
  }

  /// A context in which nothing is known.
  public static Context root() {
    return ROOT;
  }

  /// The context of the running code; [#root()] outside of any conversation.
  public static Context current() {
    return CURRENT.orElse(ROOT);
  }

  /// A context for work that goes on after its caller has gone: same trace and baggage, no
  /// cancellation, no idempotency key, and a deadline of its own.
  ///
  /// @param reason why, in a few words; it is shown in the trace
  public static Context detached(String reason, Deadline deadline) {
    Context current = current();
    current.observation().event("concordat.detached", Map.of("reason", reason));
    Fields copy = current.branched().fields.copy();
    copy.cancellation = Cancellation.never();
    copy.idempotencyKey = null;
    copy.attempt = 1;
    copy.hedged = false;
    copy.deadline = deadline;
    return new Context(copy);
  }

  /// Runs the work in this context.
  public void run(Runnable work) {
    ScopedValue.where(CURRENT, this).run(work);
  }

  /// Runs the work in this context and returns what it returns.
  public <T extends @Nullable Object, X extends Throwable> T call(
      ScopedValue.CallableOp<? extends T, X> work) throws X {
    return ScopedValue.where(CURRENT, this).call(work);
  }

  /// The work, bound to the current context, for an executor that does not inherit it.
  public static Runnable wrap(Runnable work) {
    Context context = current().branched();
    return () -> context.run(work);
  }

  /// The work, bound to the current context, for an executor that does not inherit it.
  public static <T extends @Nullable Object> Callable<T> wrap(Callable<T> work) {
    Context context = current().branched();
    return () -> context.call(work::call);
  }

  /// When the conversation must end; empty when nobody said.
  public Optional<Deadline> deadline() {
    return Optional.ofNullable(fields.deadline);
  }

  /// The owner name of the calling service; empty at the edge and in tests.
  public Optional<String> caller() {
    return Optional.ofNullable(fields.caller);
  }

  /// Whom the call is made for, as its verified token says; empty when there is no token, or nobody
  /// here verifies them. Does not travel: the token does, and each hop verifies it.
  public Optional<Subject> subject() {
    return Optional.ofNullable(fields.subject);
  }

  /// The token that came with the call, to go on with the calls made for it. It does not travel
  /// with messages: it would have expired.
  public Optional<Bearer> bearer() {
    return Optional.ofNullable(fields.bearer);
  }

  /// What is shed first.
  public Priority priority() {
    return fields.priority;
  }

  /// The caller's name for this one operation, the same in every attempt.
  public Optional<String> idempotencyKey() {
    return Optional.ofNullable(fields.idempotencyKey);
  }

  /// What names the operations of work that may run more than once; empty when nothing does. Does
  /// not travel: a key names one operation.
  public Optional<KeyScope> keyScope() {
    return Optional.ofNullable(fields.keyScope);
  }

  /// Which try this is, from 1.
  public int attempt() {
    return fields.attempt;
  }

  /// Whether somebody above asks another instance when this takes too long or fails. Then nobody
  /// below does the same, or each hop would add its share of load to that of the others.
  public boolean hedged() {
    return fields.hedged;
  }

  /// The place in the trace; empty when there is none yet.
  public Optional<TraceContext> trace() {
    return Optional.ofNullable(fields.trace);
  }

  /// Name-value pairs that travel with the conversation. Not for secrets.
  public Map<String, String> baggage() {
    return fields.baggage;
  }

  /// Whether anybody still waits. Does not travel: each hop has its own.
  public Cancellation cancellation() {
    return fields.cancellation;
  }

  /// The owner name of the service that the code here belongs to, for logs; empty outside of one.
  /// Does not travel: each hop has its own.
  public Optional<String> service() {
    return Optional.ofNullable(fields.service);
  }

  /// What is being watched here, to say more about it; [Observation#NONE] when nothing is. Does not
  /// travel.
  public Observation observation() {
    return fields.observation == null ? Observation.NONE : fields.observation;
  }

  /// A copy with this deadline, or with the present one if that is earlier.
  public Context withDeadline(Deadline deadline) {
    Fields copy = fields.copy();
    copy.deadline = copy.deadline == null ? deadline : copy.deadline.earlier(deadline);
    return new Context(copy);
  }

  /// A copy with this caller.
  public Context withCaller(String caller) {
    Fields copy = fields.copy();
    copy.caller = caller;
    return new Context(copy);
  }

  /// A copy in which the work is done for this subject.
  public Context withSubject(Subject subject) {
    Fields copy = fields.copy();
    copy.subject = subject;
    return new Context(copy);
  }

  /// A copy whose calls carry this token.
  public Context withBearer(Bearer bearer) {
    Fields copy = fields.copy();
    copy.bearer = bearer;
    return new Context(copy);
  }

  /// A copy whose calls carry no token of whom they are made for.
  public Context withoutBearer() {
    Fields copy = fields.copy();
    copy.bearer = null;
    return new Context(copy);
  }

  /// A copy for code of this service.
  public Context withService(String service) {
    Fields copy = fields.copy();
    copy.service = service;
    return new Context(copy);
  }

  /// A copy with this priority.
  public Context withPriority(Priority priority) {
    Fields copy = fields.copy();
    copy.priority = priority;
    return new Context(copy);
  }

  /// A copy with this idempotency key.
  public Context withIdempotencyKey(String key) {
    Fields copy = fields.copy();
    copy.idempotencyKey = key;
    return new Context(copy);
  }

  /// A copy without an idempotency key: a key names one operation and is not handed down to others.
  public Context withoutIdempotencyKey() {
    Fields copy = fields.copy();
    copy.idempotencyKey = null;
    return new Context(copy);
  }

  /// A copy whose calls are named by this scope, so that they have the same idempotency keys when
  /// the work runs again.
  public Context withKeyScope(KeyScope scope) {
    Fields copy = fields.copy();
    copy.keyScope = scope;
    return new Context(copy);
  }

  /// A copy for work that begins here and runs beside this: with a branch of the key scope.
  public Context branched() {
    return fields.keyScope == null ? this : withKeyScope(fields.keyScope.branch());
  }

  /// A copy with this attempt, from 1.
  public Context withAttempt(int attempt) {
    if (attempt < 1) {
      throw new IllegalArgumentException("attempts are counted from 1, got " + attempt);
    }
    Fields copy = fields.copy();
    copy.attempt = attempt;
    return new Context(copy);
  }

  /// A copy for calls below one that is hedged, or not.
  public Context withHedged(boolean hedged) {
    Fields copy = fields.copy();
    copy.hedged = hedged;
    return new Context(copy);
  }

  /// A copy at this place in a trace.
  public Context withTrace(TraceContext trace) {
    Fields copy = fields.copy();
    copy.trace = trace;
    return new Context(copy);
  }

  /// A copy with this baggage instead of the present; what comes first survives a limit.
  public Context withBaggage(Map<String, String> baggage) {
    Fields copy = fields.copy();
    copy.baggage = Collections.unmodifiableMap(new LinkedHashMap<>(baggage));
    return new Context(copy);
  }

  /// A copy with this cancellation.
  public Context withCancellation(Cancellation cancellation) {
    Fields copy = fields.copy();
    copy.cancellation = cancellation;
    return new Context(copy);
  }

  /// A copy that is watched by this observation.
  public Context withObservation(Observation observation) {
    Fields copy = fields.copy();
    copy.observation = observation;
    return new Context(copy);
  }

  /// Throws when the conversation is over. For long loops.
  ///
  /// @throws Failure with [Code#DEADLINE_EXCEEDED] when the deadline has passed, or with the reason
  ///   of the cancellation
  public void check() {
    Optional<Failure> cancelled = fields.cancellation.reason();
    if (cancelled.isPresent()) {
      throw cancelled.get().here();
    }
    if (fields.deadline != null && fields.deadline.expired()) {
      throw Failure.of(Code.DEADLINE_EXCEEDED, "the deadline has passed")
          .with(Failure.Details.NONE.withDecidedBy("deadline"));
    }
  }

  /// What is known, for people; without baggage and subject, which are personal.
  @Override
  public String toString() {
    return "Context[service=%s, caller=%s, %s, %s, attempt=%d, trace=%s]"
        .formatted(
            fields.service,
            fields.caller,
            fields.deadline,
            fields.priority,
            fields.attempt,
            trace().map(TraceContext::traceparent).orElse("none"));
  }

  private static final class Fields {
    private @Nullable Deadline deadline;
    private @Nullable String caller;
    private @Nullable String service;
    private @Nullable Subject subject;
    private @Nullable Bearer bearer;
    private Priority priority = Priority.NORMAL;
    private @Nullable String idempotencyKey;
    private @Nullable KeyScope keyScope;
    private int attempt = 1;
    private boolean hedged;
    private @Nullable TraceContext trace;
    private Map<String, String> baggage = Map.of();
    private Cancellation cancellation = Cancellation.never();
    private @Nullable Observation observation;

    Fields copy() {
      Fields copy = new Fields();
      copy.deadline = deadline;
      copy.caller = caller;
      copy.service = service;
      copy.subject = subject;
      copy.bearer = bearer;
      copy.priority = priority;
      copy.idempotencyKey = idempotencyKey;
      copy.keyScope = keyScope;
      copy.attempt = attempt;
      copy.hedged = hedged;
      copy.trace = trace;
      copy.baggage = baggage;
      copy.cancellation = cancellation;
      copy.observation = observation;
      return copy;
    }
  }
}
