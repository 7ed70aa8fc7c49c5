"""The small closed language of rules and flows: `grade >= 3 and medium in ["VOICE", "LIVE_TEXT"]`; docs/routing.md."""

from hub.api.conditions.condition import Clause, Condition
from hub.api.conditions.faults import ConditionError, Fault

__all__ = ["Clause", "Condition", "ConditionError", "Fault"]
