"""Agreement between coders: coefficients, intervals, and what they hang on.

The array core takes an array (M coders, N units), nan where a coder did not code::

    from analysis import agreement

    agreement.coefficient(values, "krippendorff_alpha", level="ordinal")
    agreement.estimate(values, "gwet_ac1", cluster=participants)

Labels of any kind go through `encode` first; many codes at once through `Marks` and `per_code`; sets of codes
through `set_alpha`.
"""

from analysis.agreement.benchmarks import Label, benchmark, label_probabilities
from analysis.agreement.binary import code_replicates, per_code
from analysis.agreement.coefficients import coefficient, per_value
from analysis.agreement.encoding import Encoded, encode
from analysis.agreement.estimates import INTERVALS, estimate
from analysis.agreement.influence import unit_influence, without_coder, without_group
from analysis.agreement.marks import Marks
from analysis.agreement.measures import MEASURES
from analysis.agreement.metrics import LEVELS
from analysis.agreement.multiplicity import holm, simultaneous
from analysis.agreement.nulls import null_error
from analysis.agreement.planning import groups_for_width, units_for_minimum
from analysis.agreement.sets import set_alpha, set_distance
from analysis.agreement.statistic import Statistic
from analysis.agreement.weights import WEIGHTS

__all__ = [
    "INTERVALS",
    "LEVELS",
    "MEASURES",
    "WEIGHTS",
    "Encoded",
    "Label",
    "Marks",
    "Statistic",
    "benchmark",
    "code_replicates",
    "coefficient",
    "encode",
    "estimate",
    "groups_for_width",
    "holm",
    "label_probabilities",
    "null_error",
    "per_code",
    "per_value",
    "set_alpha",
    "set_distance",
    "simultaneous",
    "unit_influence",
    "units_for_minimum",
    "without_coder",
    "without_group",
]
