"""The breaker as a state machine: whatever happens in whatever order, these hold."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.api import Misconfigured, OutcomeUnknown, Rejected, SendError, Throttled, Unreachable
from hub.pipeline.send import BACK_OFF, after_error
from hub.plugin.breaker import FAILURES, LONGEST_REST, REST, WHILE_PROBING, Breaker, BreakerState, learn
from hub.plugin.faults import BreakerOpen

ENDS: list[SendError | None] = [None, Rejected(), Throttled(), Unreachable(), Misconfigured(), OutcomeUnknown()]
steps = st.lists(st.tuples(st.floats(0, 400, allow_nan=False), st.sampled_from(ENDS)), max_size=60)


def failed(times: int, now: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed(now)
    return breaker


def test_it_opens_after_enough_failures_in_a_row() -> None:
    assert failed(FAILURES - 1).state is BreakerState.CLOSED
    assert failed(FAILURES).state is BreakerState.OPEN
    assert failed(FAILURES - 1).succeeded().failed(0).state is BreakerState.CLOSED


def test_one_probe_passes_when_the_rest_is_over() -> None:
    breaker, wait = failed(FAILURES).ask(REST - 1)
    assert (breaker.state, wait) == (BreakerState.OPEN, 1.0)
    breaker, wait = breaker.ask(REST)
    assert (breaker.state, wait) == (BreakerState.HALF_OPEN, 0.0)
    assert breaker.ask(REST)[1] > 0
    assert breaker.succeeded() == Breaker()


def test_a_failed_probe_doubles_the_rest_up_to_a_limit() -> None:
    breaker, rests = failed(FAILURES), []
    for _ in range(10):
        now = breaker.until
        breaker = breaker.ask(now)[0].failed(now)
        rests.append(breaker.until - now)
    assert rests[:3] == [2 * REST, 4 * REST, 8 * REST]
    assert rests[-1] == LONGEST_REST


def test_a_probe_that_never_comes_back_does_not_shut_the_way_for_ever() -> None:
    breaker = failed(FAILURES).ask(REST)[0]
    assert breaker.ask(REST + breaker.rest)[1] == 0


@given(steps)
def test_it_never_waits_longer_than_the_longest_rest_and_always_lets_a_probe_pass(
    history: list[tuple[float, SendError | None]],
) -> None:
    breaker, now = Breaker(), 0.0
    for passed, end in history:
        now += passed
        breaker, wait = breaker.ask(now)
        assert 0 <= wait <= LONGEST_REST
        if wait == 0:
            breaker = learn(breaker, end, now)
    assert breaker.ask(now + LONGEST_REST)[1] == 0


@given(steps)
def test_it_is_open_only_after_a_row_of_failures(history: list[tuple[float, SendError | None]]) -> None:
    breaker, now, row = Breaker(), 0.0, 0
    for passed, end in history:
        now += passed
        breaker, wait = breaker.ask(now)
        if wait == 0:
            breaker = learn(breaker, end, now)
            row = row + 1 if isinstance(end, Unreachable | Misconfigured) else row
            row = row if isinstance(end, Unreachable | Misconfigured | OutcomeUnknown) else 0
        assert breaker.state is BreakerState.CLOSED or row >= FAILURES


def test_a_refusal_of_the_message_proves_the_way_open() -> None:
    assert learn(failed(FAILURES - 1), Rejected(), 0.0) == Breaker()
    assert learn(failed(FAILURES - 1), OutcomeUnknown(), 0.0).failures == FAILURES - 1


def test_who_asks_while_a_probe_is_under_way_asks_again_soon() -> None:
    breaker = failed(FAILURES).ask(REST)[0]
    assert breaker.ask(REST)[1] == WHILE_PROBING


def test_an_outage_however_long_uses_up_no_attempt_of_what_waits_behind_the_breaker() -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    state, values = after_error(BreakerOpen(retry_after=7), 11, now)
    assert (state, values["attempts"], values["due_at"]) == ("PENDING", 10, now + timedelta(seconds=7))
    assert after_error(Unreachable(), len(BACK_OFF) + 1, now)[0] == "FAILED"
