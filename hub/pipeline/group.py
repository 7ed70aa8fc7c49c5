"""Takes a group of inputs into the record in one transaction."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from hub.api import HubError
from hub.pipeline import beforehand, ingest
from hub.pipeline.ingest import Effect, Prepared
from hub.store import raws
from hub.store.away import away
from hub.store.unit import Tx

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an input could not be taken in. `retry` says whether another attempt may help."""

    code: str
    detail: str
    retry: bool = True


Applied = tuple[int, list[Effect] | Failure]
"""What became of a raw input."""


def take_together(tx: Tx, prepared: Sequence[Prepared]) -> list[Applied]:
    """All, with as few statements as can be. Raises what one of them raised."""
    beforehand.look(tx, prepared)
    results: list[Applied] = [(one.raw_id, ingest.apply(tx, one)) for one in prepared]
    beforehand.done(tx)
    raws.done(tx, [one.raw_id for one in prepared])
    return results


def take_each(tx: Tx, prepared: Sequence[Prepared]) -> list[Applied]:
    """Each behind a savepoint of its own: what cannot be applied is a Failure, and its neighbours stay."""
    results = [(one.raw_id, _alone(tx, one)) for one in prepared]
    raws.done(tx, [raw_id for raw_id, result in results if not isinstance(result, Failure)])
    return results


def _alone(tx: Tx, one: Prepared) -> list[Effect] | Failure:
    mark = tx.mark()
    try:
        effects = ingest.apply(tx, one)
        tx.flush()
    except Exception as error:  # one input that cannot be applied must not take its neighbours along
        if away(error):
            raise
        tx.back_to(mark)
        log.exception("raw input %s could not be applied", one.raw_id)
        code = error.code if isinstance(error, HubError) else HubError.code
        return Failure(code, f"{type(error).__name__}: {error}")
    tx.keep()
    return effects
