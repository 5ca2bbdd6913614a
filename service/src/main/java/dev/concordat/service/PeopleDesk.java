package dev.concordat.service;

import dev.concordat.core.Observer;
import dev.concordat.events.Events;
import dev.concordat.events.personal.PersonKeys;
import dev.concordat.service.v1.ForgetPersonRequest;
import dev.concordat.service.v1.ForgetPersonResponse;
import dev.concordat.service.v1.PeopleApi;
import dev.concordat.service.v1.WrapKeysRequest;
import dev.concordat.service.v1.WrapKeysResponse;
import java.util.Map;

/// Forgets people for those who are asked to.
final class PeopleDesk implements PeopleApi {
  private final Events<?> events;
  private final Observer observer;

  PeopleDesk(Events<?> events, Observer observer) {
    this.events = events;
    this.observer = observer;
  }

  @Override
  public ForgetPersonResponse forgetPerson(ForgetPersonRequest request) {
    boolean known = events.forget(request.getPerson());
    observer.count("concordat.personal.forgotten", known ? 1 : 0, Map.of());
    return ForgetPersonResponse.newBuilder()
        .setWasKnown(known)
        .setEffectiveWithin(Protos.duration(PersonKeys.REMEMBERED))
        .build();
  }

  @Override
  public WrapKeysResponse wrapKeys(WrapKeysRequest request) {
    return WrapKeysResponse.newBuilder().setWrappedKeys(events.personal().rewrap()).build();
  }
}
