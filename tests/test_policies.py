"""Policies are asked by everything that prints: they load nothing heavy, and decide once for all."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

from analysis.policies import POLICIES, shows_people
from analysis.settings import Disclosure


def test_to_ask_a_policy_loads_no_numpy():
    code = "import sys, analysis.policies; print({'numpy', 'pandas', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_every_policy_that_a_study_may_name_is_there():
    assert set(POLICIES) == set(get_args(Disclosure.model_fields["policy"].annotation))


def test_only_policies_that_leave_counts_alone_show_lines_about_single_people(small):
    shown = {name for name in POLICIES if shows_people(small.study(disclosure__policy=name))}
    assert shown == {"as_published", "text_free"}
