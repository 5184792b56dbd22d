"""Verdicts as JUnit XML, which every continuous integration reads: a suite a study, a case a claim."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from .claims import VERDICTS, Verdict
from .printable import printable
from .verification import BY_CONSTRUCTION, Verification

__all__ = ["junit"]


def junit(found: Sequence[Verification]) -> str:
    """Return one XML text for several studies.

    A claim of a simulated study that holds by construction is skipped, as is one that cannot be checked:
    neither counts as passed.
    """
    root = ElementTree.Element("testsuites", name="concord verify")
    for v in found:
        suite = ElementTree.SubElement(root, "testsuite", name=v.study)
        for each in v.ordered:
            _case(suite, v, each)
        for line, said in v.prose.retyped if v.prose else ():
            case = _named(suite, f"{v.study}.findings", f"findings.md line {line}")
            _told(case, "failure", said, "retyped", "")
        _count(suite)
    for name in ("tests", "failures", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("errors", "0")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, v: Verification, each: Verdict) -> None:
    case = _named(suite, v.study, each.claim.id)
    printed, got = each.claim.said, ", ".join(each.recomputed) or "-"
    if each.failed:
        lines = [f"printed {printed}, recomputed {got}", each.why or VERDICTS[each.verdict], each.origin]
        lines += list(v.causes.get(each.claim.id, ()))
        _told(case, "failure", lines[0], each.verdict, "\n".join(line for line in lines if line))
    elif each.verdict == "not_checkable":
        _told(case, "skipped", each.why)
    elif each.verdict == "holds_by_construction":
        _told(case, "skipped", BY_CONSTRUCTION)
    elif each.known or each.verdict == "changed_by_withdrawal":
        _told(case, "skipped", f"{each.verdict}: printed {printed}, recomputed {got}; {each.why}")


def _named(suite: ElementTree.Element, classname: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=classname, name=printable(name))


def _told(case: ElementTree.Element, tag: str, message: str, type_: str = "", text: str = "") -> None:
    element = ElementTree.SubElement(case, tag, message=printable(message))
    if type_:
        element.set("type", type_)
    if text:
        element.text = printable(text)


def _count(suite: ElementTree.Element) -> None:
    suite.set("tests", str(len(suite)))
    for name, tag in (("failures", "failure"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("errors", "0")
