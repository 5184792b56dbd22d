"""What goes into a step now, and why it has to run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .graph import Step
from .plans import Plan
from .provenance import Provenance
from .records import Record, Records

__all__ = ["Needs", "needs", "why"]


@dataclass(frozen=True)
class Needs:
    """What goes into a step, the settings that it will turn out to read excepted.

    Parameters
    ----------
    data, inputs : dict
        Label -> hash of the data; the same with parameters, code and machine.
    record : Record, optional
        What the step left, if anything.
    reason : str, optional
        Why it has to run; None where its record fits.
    """

    data: dict[str, str]
    inputs: dict[str, str]
    record: Record | None
    reason: str | None


def needs(
    made_of: Provenance, records: Records, plan: Plan, step: Step, upstream: Mapping[str, str]
) -> Needs:
    """Return what goes into a step, and why it has to run if it has to.

    Parameters
    ----------
    made_of : Provenance
    records : Records
    plan : Plan
    step : Step
    upstream : mapping
        Label -> hash of what the steps before it left.
    """
    data = made_of.data(plan.settings, step, upstream, read=())
    inputs = {**data, **made_of.means(step, plan.parameters)}
    record = records.read(step.name)
    read = plan.settings.hashes(record.settings) if record else {}
    return Needs(data, inputs, record, records.misfit(record, {**inputs, **read}))


def why(
    made_of: Provenance, records: Records, plan: Plan, step: Step, upstream: Mapping[str, str]
) -> str | None:
    """Return why a step has to run, without reading code where its record tells alone; as for `needs`."""
    record = records.read(step.name)
    if record is None or not record.complete:
        return records.misfit(record, {})
    return needs(made_of, records, plan, step, upstream).reason
