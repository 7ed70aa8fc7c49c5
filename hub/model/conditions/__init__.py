"""The small closed language of routing rules: `grade >= 3 and medium in ["VOICE", "DEFERRED"]`; see docs/routing.md."""

from hub.model.conditions.condition import Clause, Condition
from hub.model.conditions.faults import ConditionError, Fault

__all__ = ["Clause", "Condition", "ConditionError", "Fault"]
