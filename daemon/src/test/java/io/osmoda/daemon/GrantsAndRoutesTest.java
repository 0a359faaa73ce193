package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.RequestRefusedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small rules: patterns, grants, routes, rates. */
class GrantsAndRoutesTest {
  @ParameterizedTest
  @CsvSource({
    "agent:x, agent:x, true",
    "agent:x, agent:xy, false",
    "agent:x, agent:X, false",
    "agent:x*, agent:xy, true",
    "agent:x*, agent:x, true",
    "agent:x*, agent:, false",
    "*, user:root, true",
  })
  void aPatternIsAnActorOrABeginning(String pattern, String actor, boolean matches) {
    assertThat(new ActorPattern(pattern).matches(actor)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "agent:*x", "**"})
  void aStarInTheMiddleIsNoPattern(String pattern) {
    assertThatThrownBy(() -> new ActorPattern(pattern)).hasMessageContaining("actor pattern");
  }

  @Test
  void grantsAreParsed() {
    assertThat(PeerGrant.parse("1001=writer:agent:a,agent:b*"))
        .isEqualTo(new PeerGrant("1001", Role.WRITER, List.of("agent:a", "agent:b*"), false));
    assertThat(PeerGrant.parse("carla=auditor"))
        .isEqualTo(new PeerGrant("carla", Role.AUDITOR, List.of(), false));
    assertThat(PeerGrant.parse("agents=capture:agent:*"))
        .isEqualTo(new PeerGrant("agents", Role.WRITER, List.of("agent:*"), true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "=admin", "x=king", "x=writer", "x=capture", "x=writer:", "x=writer:a*b"})
  void aGrantThatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> PeerGrant.parse(text)).isInstanceOf(RequestRefusedException.class);
  }

  @Test
  void adminCoversTheOtherRolesAndTheyNothingElse() {
    assertThat(Role.ADMIN.covers(Role.WRITER)).isTrue();
    assertThat(Role.ADMIN.covers(Role.AUDITOR)).isTrue();
    assertThat(Role.WRITER.covers(Role.AUDITOR)).isFalse();
    assertThat(Role.AUDITOR.covers(Role.WRITER)).isFalse();
  }

  private static Route route(String template) {
    return new Route("GET", template, Access.ANY, exchange -> {});
  }

  @Test
  void aRouteMatchesItsPathsAndNoOthers() {
    assertThat(route("/a/{seq}/b").match(Route.parts("/a/7/b"))).isEqualTo(Map.of("seq", "7"));
    assertThat(route("/a/{seq}/b").match(Route.parts("/a/7"))).isNull();
    assertThat(route("/a/{seq}/b").match(Route.parts("/a/7/b/"))).isNull();
    assertThat(route("/a/{seq}").match(Route.parts("/a/"))).isEqualTo(Map.of("seq", ""));
    assertThat(route("/a").match(Route.parts("/a/"))).isNull();
    assertThat(route("/a").match(Route.parts("/A"))).isNull();
    assertThat(route("/tile/{path...}").match(Route.parts("/tile/0/x001/234")))
        .isEqualTo(Map.of("path", "0/x001/234"));
    assertThat(route("/tile/{path...}").match(Route.parts("/tile"))).isNull();
  }

  @Test
  void aRateGivesItsBurstAndThenItsSteadyShare() {
    AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000_000); // also over the overflow
    RateLimiter rate = new RateLimiter(10, 3, now::get);

    assertThat(List.of(rate.allow("a"), rate.allow("a"), rate.allow("a"), rate.allow("a")))
        .containsExactly(true, true, true, false);
    assertThat(rate.allow("b")).isTrue();
    now.addAndGet(100_000_000);
    assertThat(List.of(rate.allow("a"), rate.allow("a"))).containsExactly(true, false);
    now.addAndGet(60_000_000_000L);
    assertThat(List.of(rate.allow("a"), rate.allow("a"), rate.allow("a"), rate.allow("a")))
        .containsExactly(true, true, true, false);
  }

  @Test
  void moreCallersThanAreKeptAreServedAllTheSame() {
    RateLimiter rate = new RateLimiter(1, 1, () -> 0);
    for (int i = 0; i < 5_000; i++) {
      assertThat(rate.allow("caller" + i)).isTrue();
    }
    assertThat(rate.allow("caller4999")).isFalse();
  }
}
