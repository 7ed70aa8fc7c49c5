"""The demo's people and what simulated customers write."""

from __future__ import annotations

import random
from collections import Counter

from plugins.demo import story
from plugins.demo.traffic.people import somebody


def test_every_story_is_about_somebody_there() -> None:
    people = story.people()
    assert len(people) == 36
    assert len({person.address for person in people.values()}) == len({person.tel for person in people.values()}) == 36
    assert {matter.customer for matter in story.matters()} | {talk.customer for talk in story.talks()} <= people.keys()
    assert {person.organisation for person in people.values()} <= people.keys() | {""}


def test_the_same_seed_writes_the_same() -> None:
    def written(seed: int) -> list[tuple[str, str]]:
        dice = random.Random(seed)
        return [somebody(dice).mail(dice) for _ in range(20)]

    assert written(4) == written(4) != written(5)


def test_a_crowd_speaks_both_languages_of_all_things_and_quotes_their_numbers() -> None:
    dice = random.Random(1)
    writers = [somebody(dice) for _ in range(300)]
    assert Counter(writer.language for writer in writers).keys() == {"en", "zh"}
    assert Counter(writer.thing.type for writer in writers).keys() == {"car", "appliance", "machine"}
    texts = [(writer, writer.mail(dice)[1]) for writer in writers]
    assert any(
        writer.thing.number in text and ("投诉" in text or "第三次" in text or "third time" in text)
        for writer, text in texts
    )
    assert not any("{" in text + writer.question(dice) + writer.again(dice, "mails") for writer, text in texts)
