package dev.concordat.events;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// What stands before something and looks at each call.
final class Proxies {
  private Proxies() {}

  static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /// A pool whose connections are what is made of them.
  static DataSource pool(DataSource pool, UnaryOperator<Connection> over) {
    return proxy(
        DataSource.class,
        (self, method, arguments) -> {
          Object result = invoke(pool, method, arguments);
          return result instanceof Connection connection ? over.apply(connection) : result;
        });
  }

  static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
