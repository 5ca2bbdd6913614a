package dev.concordat.bench.modulith;

import dev.concordat.bench.work.Contestant;
import dev.concordat.bench.work.Ledger;
import dev.concordat.bench.work.Stage;
import dev.concordat.bench.work.Telling;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// Spring Modulith with Spring Boot's defaults: an event is published in a transaction, its
/// publication written down there, and an `@ApplicationModuleListener` runs after the commit on one
/// of eight threads, in a transaction of its own.
public class Modulith implements Contestant {
  @Override
  public String name() {
    return "modulith";
  }

  /// The options.
  Map<String, Object> properties() {
    return Map.of();
  }

  /// The tuned one: twice the threads, and publications deleted when they are completed, as its
  /// reference advises. (Virtual threads with a limit make publishers wait for listeners, which
  /// wait for the publishers' connections.)
  public static final class Tuned extends Modulith {
    @Override
    public String name() {
      return "modulith-tuned";
    }

    @Override
    Map<String, Object> properties() {
      return Map.of(
          "spring.task.execution.pool.core-size", "16",
          "spring.modulith.events.completion-mode", "delete");
    }
  }

  @Override
  public Telling telling(Stage stage) {
    SpringApplication application = new SpringApplication(Parts.class);
    application.setDefaultProperties(
        Map.of(
            "spring.modulith.events.jdbc.schema-initialization.enabled", "true",
            "spring.main.banner-mode", "off",
            "logging.level.root", "warn"));
    application.addInitializers(context -> {
      var properties = new HashMap<>(properties());
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("bench", properties));
      ((GenericApplicationContext) context).registerBean(Stage.class, () -> stage);
    });
    ConfigurableApplicationContext context = application.run();
    return new Running(
        stage, context, new TransactionTemplate(context.getBean(PlatformTransactionManager.class)));
  }

  /// The event.
  public record OrderTold(long order, String customer, String note) {}

  /// The application.
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @EnableAsync
  static class Parts {
    @Bean(destroyMethod = "")
    DataSource dataSource(Stage stage) {
      return stage.pool();
    }

    @Bean
    Effects effects(Stage stage) {
      return new Effects(stage);
    }
  }

  /// The listener.
  static class Effects {
    private final Stage stage;

    Effects(Stage stage) {
      this.stage = stage;
    }

    @ApplicationModuleListener
    void on(OrderTold event) throws Exception {
      stage.ledger().effect(DataSourceUtils.getConnection(stage.pool()), event.order());
    }
  }

  private record Running(
      Stage stage, ConfigurableApplicationContext context, TransactionTemplate transactions)
      implements Telling {
    @Override
    public void tell(long order) {
      ApplicationEventPublisher publisher = context;
      transactions.executeWithoutResult(status -> {
        try {
          stage.ledger().order(DataSourceUtils.getConnection(stage.pool()), order);
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
        publisher.publishEvent(new OrderTold(order, Ledger.customer(order), Ledger.NOTE));
      });
    }
  }
}
