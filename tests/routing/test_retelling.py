"""Recorded traffic told again under other rules: what would have come of it, for a supervisor who tries a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.model.capacity import Capacity
from hub.model.states import OfferState
from hub.routing import events
from hub.routing.decisions import Decision, MakeOffer, Overflow
from hub.routing.engine import Engine
from hub.routing.policy import OverflowReason, OverflowRule, QueuePolicy, Ring, RoutingSettings
from hub.routing.retelling.comparison import as_recorded, compared
from hub.routing.retelling.courses import Course, Ending
from hub.routing.retelling.recorder import Recorder
from hub.routing.retelling.retell import Retelling
from hub.routing.retelling.staff import Staff
from hub.routing.retelling.stretch import Stretch
from hub.routing.snapshots import Agent, Snapshot, Work

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
HOUR = START + timedelta(hours=1)
SERVICE, BACK = 1, 2
ANN, EVE = 7, 8


class Morning:
    """A real engine at work, and what the journal keeps of it."""

    def __init__(self, since: datetime = START, until: datetime = HOUR, *agents: Agent, most: int = 100) -> None:
        self.engine, self.now = Engine(), START
        self.recorder = Recorder(since, until, most)
        queues = (QueuePolicy(SERVICE), QueuePolicy(BACK))
        state = Snapshot(agents=agents or (someone(ANN, SERVICE), someone(EVE, BACK)), queues=queues)
        self.engine.restore(state, START)
        self.recorder.snapshot(state, START)

    def at(self, seconds: float, *facts: events.Event) -> list[Decision]:
        """These are heard so many seconds after the start; offers are committed at once."""
        self.now = START + timedelta(seconds=seconds)
        decided = self._round(*facts)
        offers = [each for each in decided if isinstance(each, MakeOffer)]
        if offers:
            self._round(*(events.OfferCommitted(each.work, each.agent, each.work) for each in offers))
        return decided

    def comes(self, seconds: float, work: int) -> list[Decision]:
        return self.at(seconds, events.WorkEnqueued(Work(work, SERVICE, "VOICE", START + timedelta(seconds=seconds))))

    def again(
        self, *tried: QueuePolicy, works: Mapping[int, Work] | None = None, staff: Staff | None = None
    ) -> dict[int, Course]:
        policies = {policy.id: policy for policy in tried}
        return Retelling(self.recorder.stretch(), RoutingSettings(), policies, works, staff).courses()

    def _round(self, *facts: events.Event) -> list[Decision]:
        decided = [decision for fact in facts for decision in self.engine.apply(fact, self.now)]
        told = [(type(each).__name__, each.work, None) for each in decided if isinstance(each, Overflow)]
        self.recorder.round(self.now, facts, told)
        return decided


def someone(number: int, queue: int) -> Agent:
    return Agent(number, True, (queue,), {}, Capacity({"VOICE": 1}))


def taken(morning: Morning, seconds: float, work: int, agent: int, talk: float) -> None:
    """Accepted then, and over after so long."""
    morning.at(seconds, events.OfferAccepted(work, agent))
    morning.at(seconds + talk, events.SlotFreed(agent, work))


def busy_morning() -> Morning:
    """Ann answers the first after 4 s and talks for 100 s; the second gives up after a minute, the third is patient."""
    morning = Morning()
    morning.comes(0, 1)
    morning.at(4, events.OfferAccepted(1, ANN))
    morning.comes(10, 2)
    morning.comes(20, 3)
    morning.at(70, events.WorkWithdrawn(2))
    morning.at(104, events.SlotFreed(ANN, 1))
    taken(morning, 108, 3, ANN, 50)
    return morning


def brief(course: Course) -> tuple[Ending, int, int | None, float]:
    return (course.ending, course.queue, course.agent, course.waited)


def test_told_again_unchanged_it_comes_to_what_is_recorded() -> None:
    morning = busy_morning()
    courses = morning.again()
    assert {work: brief(course) for work, course in courses.items()} == {
        1: (Ending.ANSWERED, SERVICE, ANN, 4),
        2: (Ending.LEFT, SERVICE, None, 60),
        3: (Ending.ANSWERED, SERVICE, ANN, 88),
    }
    assert as_recorded(morning.recorder.stretch().contacts, courses) == 3


def test_a_ring_would_have_found_somebody_before_they_gave_up() -> None:
    morning = busy_morning()
    helped = QueuePolicy(SERVICE, rings=(Ring(20, queues=(BACK,)),))
    courses = morning.again(helped)
    assert brief(courses[2]) == (Ending.ANSWERED, SERVICE, EVE, 24), "asked after 20 s, and as fast as the others are"
    why = courses[2].why
    assert why is not None and (why.ring, why.candidates) == (1, 1)
    assert brief(courses[3])[:3] == (Ending.ANSWERED, SERVICE, ANN), "Eve has the second for as long as contacts take"


def test_the_comparison_counts_who_moved_and_measures_both_alike() -> None:
    morning = busy_morning()
    before, after = morning.again(), morning.again(QueuePolicy(SERVICE, rings=(Ring(20, queues=(BACK,)),)))
    found = compared(before, after, {SERVICE: {None: 30}})
    assert [(old.work, new.agent) for old, new in found.differing] == [(2, EVE)]
    assert found.agents == {ANN: (2, 2), EVE: (0, 1)}
    old, new = found.queues[SERVICE]
    assert (old.offered, old.answered, old.left) == (3, 2, 1)
    assert (new.offered, new.answered, new.left) == (3, 3, 0)
    assert (old.service_level, new.service_level) == (1 / 3, 2 / 3)
    assert (old.average_wait_seconds, new.longest_wait_seconds) == (46, 88)


def test_work_that_asks_for_something_else_is_told_as_it_would_have_come() -> None:
    morning = busy_morning()
    [_, second, _] = morning.recorder.stretch().contacts
    courses = morning.again(works={2: replace(second.work, queue=BACK)})
    assert brief(courses[2]) == (Ending.ANSWERED, BACK, EVE, 4)
    assert brief(courses[3]) == (Ending.ANSWERED, SERVICE, ANN, 88)


def test_overflow_that_is_tried_moves_on_or_ends_the_wait() -> None:
    morning = busy_morning()
    into = QueuePolicy(SERVICE, overflow=(OverflowRule(OverflowReason.WAIT, 30, BACK),))
    course = morning.again(into)[2]
    assert brief(course) == (Ending.ANSWERED, BACK, EVE, 34) and course.overflow is OverflowReason.WAIT
    assert [(stay.queue, stay.ending, stay.waited) for stay in course.stays] == [
        (SERVICE, Ending.OVERFLOWED, 30),
        (BACK, Ending.ANSWERED, 4),
    ]
    ended = QueuePolicy(SERVICE, overflow=(OverflowRule(OverflowReason.WAIT, 30, None, "end"),))
    assert brief(morning.again(ended)[2]) == (Ending.OVERFLOWED, SERVICE, None, 30)


def test_what_is_tried_to_be_left_for_later_moves_on_once_and_goes_another_way() -> None:
    morning = Morning()
    morning.comes(1, 1)
    later = QueuePolicy(SERVICE, overflow=(OverflowRule(OverflowReason.WAIT, 30, None, "message"),))
    before, after = morning.again()[1], morning.again(later)[1]
    assert [stay.ending for stay in after.stays] == [Ending.OVERFLOWED, Ending.WAITING]
    assert before.ending is after.ending is Ending.WAITING and not after.is_as(before)


def test_recorded_overflow_is_not_mistaken_for_somebody_who_gave_up() -> None:
    morning = Morning(START, HOUR, someone(EVE, BACK))
    policy = QueuePolicy(SERVICE, overflow=(OverflowRule(OverflowReason.WAIT, 30, None, "end"),))
    morning.at(0, events.QueueChanged(policy))
    morning.comes(1, 1)
    morning.at(31, events.Tick())
    morning.at(31, events.WorkWithdrawn(1))
    [contact] = morning.recorder.stretch().contacts
    assert contact.overflowed and contact.left_at is None
    assert brief(morning.again()[1]) == (Ending.OVERFLOWED, SERVICE, None, 30)
    kept = morning.again(QueuePolicy(SERVICE))[1]
    assert (kept.ending, kept.agent) == (Ending.WAITING, None), "nobody knows how long they would have waited"


def test_what_stood_when_the_stretch_begins_is_there_from_the_start() -> None:
    """Ann still talks to the first, the second waits already; what was over before is not told."""
    morning = Morning(START + timedelta(seconds=30))
    taken(morning, 0, 1, ANN, 5)
    morning.comes(10, 2)
    morning.at(12, events.OfferAccepted(2, ANN))
    morning.comes(20, 3)
    morning.at(60, events.SlotFreed(ANN, 2))
    taken(morning, 63, 3, ANN, 10)
    stretch = morning.recorder.stretch()
    assert [(each.work.id, each.at) for each in stretch.contacts] == [(3, stretch.since)]
    assert [(each.work, each.agent) for each in stretch.held] == [(2, ANN)]
    assert brief(morning.again()[3]) == (Ending.ANSWERED, SERVICE, ANN, 43)


def test_who_let_it_ring_lets_it_ring_again_and_who_rejected_rejects() -> None:
    two = (someone(ANN, SERVICE), someone(EVE, SERVICE))
    morning = Morning(START, HOUR, *two)
    morning.comes(0, 1)
    morning.at(5, events.OfferRejected(1, ANN))
    morning.at(35.0, events.Tick())
    morning.at(35.0, events.OfferTimedOut(1, EVE))
    morning.at(36, events.AgentChanged(replace(two[1], routable=False)))
    taken(morning, 40, 1, ANN, 10)
    [contact] = morning.recorder.stretch().contacts
    assert {agent: answer.how for agent, answer in contact.answers.items()} == {
        ANN: OfferState.ACCEPTED,
        EVE: OfferState.TIMED_OUT,
    }, "the last answer counts"
    [course] = morning.again().values()
    assert course.ending is Ending.ANSWERED and course.agent == ANN


def test_who_said_yes_and_whose_media_never_came_up_did_not_get_it() -> None:
    morning = Morning()
    morning.comes(0, 1)
    morning.at(4, events.OfferAccepted(1, ANN, bridged=False))
    morning.at(24, events.OfferEnded(1, ANN))
    morning.at(40, events.WorkWithdrawn(1))
    [lost] = morning.recorder.stretch().contacts
    assert (lost.agent, lost.left_at) == (None, START + timedelta(seconds=40))
    morning.comes(50, 2)
    morning.at(53, events.OfferAccepted(2, ANN, bridged=False))
    morning.at(55, events.OfferBridged(2, ANN))
    [_, talked] = morning.recorder.stretch().contacts
    assert (talked.agent, talked.answered_at) == (ANN, START + timedelta(seconds=53))


def test_a_new_owners_snapshot_says_what_the_lost_second_was() -> None:
    morning = busy_morning()
    morning.comes(200, 4)
    state = Snapshot(agents=(someone(ANN, SERVICE), someone(EVE, BACK)))
    morning.recorder.snapshot(state, START + timedelta(seconds=210))
    assert morning.recorder.stretch().contacts[-1].left_at == START + timedelta(seconds=210)


def test_more_than_can_be_told_is_cut_where_the_first_too_many_came() -> None:
    morning = Morning(START, HOUR, most=2)
    for number in range(1, 5):
        morning.comes(10 * number, number)
    stretch: Stretch = morning.recorder.stretch()
    assert stretch.full and morning.recorder.is_over
    assert (len(stretch.contacts), stretch.until) == (2, START + timedelta(seconds=30))


def test_a_skill_that_somebody_had_not_would_have_let_them_answer() -> None:
    morning = Morning(START, HOUR, replace(someone(ANN, SERVICE), skills={"en": 3}))
    asking = Work(1, SERVICE, "VOICE", START, skills={"zh": 2})
    morning.at(0, events.WorkEnqueued(asking))
    morning.at(60, events.WorkWithdrawn(1))
    assert morning.again()[1].ending is Ending.LEFT
    taught = morning.again(staff=Staff({ANN: {"en": 3, "zh": 2}}))
    assert brief(taught[1])[:3] == (Ending.ANSWERED, SERVICE, ANN)
    assert morning.again(staff=Staff({ANN: {"zh": 1}}))[1].ending is Ending.LEFT


def test_what_blocks_what_is_tried_but_for_who_has_a_rule_of_their_own() -> None:
    own = Capacity.of({"blocks": {"LIVE_TEXT": ["VOICE", "DEFERRED"]}})
    ann, eve = replace(someone(ANN, SERVICE), capacity=Capacity.of({})), replace(someone(EVE, BACK), capacity=own)
    morning = Morning(START, HOUR, ann, eve)
    for work, agent, queue in ((1, ANN, SERVICE), (2, EVE, BACK)):
        morning.at(0, events.WorkEnqueued(Work(work, queue, "LIVE_TEXT", START)))
        morning.at(2, events.OfferAccepted(work, agent))
        morning.at(10, events.WorkEnqueued(Work(work + 10, queue, "VOICE", START + timedelta(seconds=10))))
        morning.at(70, events.WorkWithdrawn(work + 10))
    assert {morning.again()[work].ending for work in (11, 12)} == {Ending.LEFT}
    tried = morning.again(staff=Staff(blending={"blocks": {}}))
    assert (tried[11].ending, tried[11].agent, tried[12].ending) == (Ending.ANSWERED, ANN, Ending.LEFT)


def test_who_changes_in_the_midst_of_it_is_still_as_proposed() -> None:
    morning = Morning(START, HOUR, replace(someone(ANN, SERVICE), routable=False))
    morning.at(5, events.WorkEnqueued(Work(1, SERVICE, "VOICE", START, skills={"zh": 1})))
    morning.at(10, events.AgentChanged(someone(ANN, SERVICE)))
    assert morning.again()[1].ending is Ending.WAITING
    assert morning.again(staff=Staff({ANN: {"zh": 1}}))[1].agent == ANN
