"""A bundle holds what may be shared and no more, says what every file is, and is verified by its hashes."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
import yaml
from rocrate.rocrate import ROCrate

from analysis import __version__, bundlecheck, bundlefacts
from analysis.bundle import bundle, zipped
from analysis.bundlecheck import check_bundle
from analysis.bundlefacts import (
    Facts,
    adjusted,
    changed_results,
    installation,
    notebook_hashes,
    read_facts,
)
from analysis.claims import Claim, judge, load_claims
from analysis.claimtable import claims_csv, claims_markdown
from analysis.codecheckfile import codecheck_yml
from analysis.crate import METADATA, WORKFLOW, About, crate_json, told_hashes
from analysis.errors import DataError, DisclosureError, RunError
from analysis.kernels import Failure
from analysis.outcomes import StepRun, StudyRun
from analysis.paths import Workspace
from analysis.read import read_study
from analysis.sharing.raw import share
from analysis.sharing.renaming import WITHHELD, Renaming, renaming
from analysis.study import load_study

ABOUT = About("demo", "A study", "All of it.", "2026-01-02", "0.1.0", "3.11", ("01_prepare",))


def some_files() -> dict[str, bytes]:
    facts = Facts("demo", "0.1.0", "as_it_is", {"Python": "3.11"}, {})
    return {
        "README.md": b"# A study\n",
        "bundle.json": json.dumps(facts.as_data()).encode(),
        "data/derived/demo/results.json": b"[]\n",
        "data/raw/demo/source/codings.csv": b"segment_id\n",
        "data/raw/demo/study.yml": b"study: demo\n",
        "reports/demo/notebooks/01_prepare.ipynb": b"{}",
        "software/notebooks/01_prepare.ipynb": b"{}",
        "software/requirements.lock": b"numpy==2.0\n",
        WORKFLOW: b"{}",
    }


def packed(tmp_path: Path, files: dict[str, bytes] | None = None, metadata: str | None = None) -> Path:
    files = some_files() if files is None else files
    metadata = crate_json(ABOUT, some_files(), {}) if metadata is None else metadata
    path = tmp_path / "demo.zip"
    path.write_bytes(zipped({**files, METADATA: metadata.encode()}))
    return path


class TestCrate:
    def test_it_is_read_again_by_the_library_with_all_that_is_required(self, tmp_path: Path) -> None:
        crate = ROCrate(str(packed(tmp_path)))

        root = crate.root_dataset
        for required in ("name", "description", "datePublished", "license", "mainEntity"):
            assert root[required], required
        assert root["datePublished"] == "2026-01-02"
        assert {entity.id for entity in root["hasPart"]} == set(some_files())
        assert root["mainEntity"].id == WORKFLOW
        assert "ComputationalWorkflow" in root["mainEntity"].type
        assert crate.metadata["about"].id == "./"

    def test_it_states_its_profiles_and_the_run(self) -> None:
        graph = json.loads(crate_json(ABOUT, some_files(), {}))["@graph"]
        by_id = {entity["@id"]: entity for entity in graph}

        assert {"@id": "https://w3id.org/ro/crate/1.1"} in by_id[METADATA]["conformsTo"]
        profiles = {each["@id"] for each in by_id["./"]["conformsTo"]}
        assert "https://w3id.org/ro/wfrun/workflow/0.5" in profiles
        assert profiles <= set(by_id)  # every profile is described
        assert by_id["#run"]["@type"] == "CreateAction"
        assert by_id["#run"]["instrument"] == {"@id": WORKFLOW}
        step = by_id["#run-01_prepare"]
        assert step["instrument"] == {"@id": "software/notebooks/01_prepare.ipynb"}
        assert {"@id": "reports/demo/notebooks/01_prepare.ipynb"} in _listed(step["result"])

    def test_every_reference_leads_to_an_entity(self) -> None:
        graph = json.loads(crate_json(ABOUT, some_files(), {}))["@graph"]
        ids = {entity["@id"] for entity in graph}
        named = set(re.findall(r'\{"@id": "([^"]+)"\}', json.dumps([*graph])))

        outside = {each for each in named - ids if not each.startswith("https://")}
        assert outside == set()
        assert len(ids) == len(graph)

    @pytest.mark.parametrize("name", ["my file.csv", "Tabelle ä.csv", "50%25 #1?.csv"])
    def test_a_file_of_any_name_is_found_again_and_is_part_of_the_run(self, name: str) -> None:
        files = {**some_files(), f"data/raw/demo/source/{name}": b"a\n"}

        metadata = json.loads(crate_json(ABOUT, files, {}))

        assert set(told_hashes(metadata)) == set(files)
        by_id = {entity["@id"]: entity for entity in metadata["@graph"]}
        objects = [unquote(each["@id"]) for each in _listed(by_id["#run"]["object"])]
        assert f"data/raw/demo/source/{name}" in objects

    def test_the_same_files_give_the_same_bytes(self, tmp_path: Path) -> None:
        backwards = dict(reversed(some_files().items()))

        assert crate_json(ABOUT, backwards, {}) == crate_json(ABOUT, some_files(), {})
        assert zipped(backwards) == zipped(some_files())

    def test_a_zip_names_no_date_and_no_machine(self) -> None:
        for info in zipfile.ZipFile(io.BytesIO(zipped(some_files()))).infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.create_system == 3
            assert info.external_attr >> 16 == 0o644


def _listed(value: object) -> list:
    return value if isinstance(value, list) else [value]


class TestWhole:
    def test_a_changed_file_is_named_before_anything_runs(self, tmp_path: Path) -> None:
        files = {**some_files(), "data/raw/demo/source/codings.csv": b"segment_id\nP1\n"}

        with pytest.raises(RunError, match=r"data/raw/demo/source/codings\.csv: was changed"):
            check_bundle(packed(tmp_path, files), print)

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        files = {name: content for name, content in some_files().items() if name != "README.md"}

        with pytest.raises(RunError, match=r"README\.md: .* is not there"):
            check_bundle(packed(tmp_path, files), print)

    def test_a_file_that_was_added_is_named(self, tmp_path: Path) -> None:
        files = {**some_files(), "data/raw/demo/claims.yml": b"[]"}

        with pytest.raises(RunError, match=r"claims\.yml: .* it was added"):
            check_bundle(packed(tmp_path, files), print)

    def test_a_zip_that_names_places_outside_itself_is_refused(self, tmp_path: Path) -> None:
        files = {**some_files(), "data/raw/demo/../../../evil.txt": b"x"}

        with pytest.raises(DataError, match="outside itself"):
            check_bundle(packed(tmp_path, files), print)

    def test_a_bomb_is_refused(self, tmp_path: Path) -> None:
        files = {**some_files(), "data/raw/demo/source/zeros.csv": bytes(8 << 20)}

        with pytest.raises(DataError, match="unpacks to far more"):
            check_bundle(packed(tmp_path, files, crate_json(ABOUT, files, {})), print)

    @pytest.mark.parametrize("content", [b"not json", b"[]", b'{"format": 1}'])
    def test_a_zip_that_is_no_bundle_is_refused(self, tmp_path: Path, content: bytes) -> None:
        with pytest.raises(DataError, match="bundle"):
            check_bundle(packed(tmp_path, {**some_files(), "bundle.json": content}), print)

    def test_a_bundle_of_a_later_concord_says_so(self) -> None:
        with pytest.raises(DataError, match="later than this one"):
            read_facts({"format": bundlefacts.FORMAT + 1, "concord": "9"}, "x.zip")

    def test_a_study_may_not_be_named_like_a_path(self, tmp_path: Path) -> None:
        facts = Facts("../demo", "0.1.0", "as_it_is", {}, {})
        files = {**some_files(), "bundle.json": json.dumps(facts.as_data()).encode()}

        with pytest.raises(DataError, match="names no study"):
            check_bundle(packed(tmp_path, files), print)

    def test_what_is_not_used_as_it_was_there_is_told(self) -> None:
        notes = list(bundlecheck._notes(Facts("demo", "0.0.1", "as_it_is", {"Python": "3.1"}, {})))

        assert notes[0].startswith("made with concord 0.0.1")
        assert "Python 3.1 there" in notes[1]

    def test_nothing_is_told_where_all_is_as_it_was(self, checkout: Path) -> None:
        here = Workspace(checkout)
        facts = Facts("demo", __version__, "as_it_is", installation(here), notebook_hashes(here))

        assert list(bundlecheck._notes(facts)) == []

    def test_a_notebook_that_fails_is_a_problem_unless_the_bundle_says_so(self) -> None:
        ran = StudyRun(
            "demo", [StepRun("02_agreement", "failed", "new", Failure("AgreementError", "overall"))]
        )
        facts = Facts("demo", "0.1.0", "text_free", {}, {})
        told = replace(facts, not_run={"02_agreement": "it needs text"})

        assert bundlecheck._failures(ran, facts) == [
            "02_agreement did not end well: cell overall: AgreementError"
        ]
        assert bundlecheck._failures(ran, told) == []

    def test_files_that_cannot_stand_side_by_side_are_refused(self, tmp_path: Path) -> None:
        files = {**some_files(), "data/raw/demo/a": b"x", "data/raw/demo/a/b.csv": b"y"}

        with pytest.raises(DataError, match="cannot be written here"):
            check_bundle(packed(tmp_path, files, crate_json(ABOUT, files, {})), print)


class TestFacts:
    @pytest.mark.parametrize(
        "change", [{"not_checkable": ["a"]}, {"study": 1}, {"tier": "x"}, {"installation": {"a": 1}}]
    )
    def test_what_a_bundle_says_of_itself_must_be_readable(self, change: dict[str, object]) -> None:
        data = Facts("demo", "0.1.0", "as_it_is", {}, {}).as_data() | change

        with pytest.raises(DataError, match="cannot be read"):
            read_facts(data, "demo.zip")

    def test_changed_results_are_found_by_value_interval_and_base(self) -> None:
        then = [
            {"key": "a", "value": 1.0, "n": 3},
            {"key": "b", "value": 2.0},
            {"key": "claims.n", "value": 1},
        ]
        now = [{"key": "a", "value": 1.0, "n": 4}, {"key": "b", "value": 2.0 + 1e-15}]

        assert changed_results(then, now) == {"a": (1.0, 1.0)}

    def test_a_result_that_is_gone_or_new_is_changed(self) -> None:
        assert changed_results([{"key": "a", "value": 1}], [{"key": "b", "value": None}]) == {
            "a": (1, None),
            "b": (None, None),
        }

    def test_a_claim_that_needs_what_is_withheld_cannot_be_checked(self) -> None:
        claims = [Claim(id="one", result="a", printed="1"), Claim(id="two", result="b", printed="1")]
        facts = Facts("demo", "0.1.0", "text_free", {}, {}, not_checkable={"one": "it needs text"})

        found = adjusted(judge([], claims), facts)

        assert (found[0].verdict, found[0].why) == ("not_checkable", "it needs text")
        assert found[1].verdict == "missing"

    def test_a_claim_is_not_excused_where_all_that_it_rests_on_is_there(self) -> None:
        excused = {"one": "it needs text"}
        facts = Facts("demo", "0.1.0", "text_free", {}, {}, not_checkable=excused)
        found = judge([{"key": "a", "value": 2.0}], [Claim(id="one", result="a", printed="1")])

        (kept,) = adjusted(found, facts)
        (let_off,) = adjusted(found, replace(facts, withheld_results={"a": "it needs text"}))

        assert (kept.verdict, let_off.verdict) == ("differs", "not_checkable")

    @pytest.mark.parametrize("name", bundlefacts.WITHHOLDING)
    def test_where_nothing_is_withheld_nothing_is_excused(self, name: str) -> None:
        value = ["one"] if name == "withdrawn" else {"one": "so"}
        facts = replace(Facts("demo", "0.1.0", "as_it_is", {}, {}), **{name: value})
        data = json.loads(json.dumps(facts.as_data()))

        with pytest.raises(DataError, match=f"nothing is withheld, and yet names {name}"):
            read_facts(data, "demo.zip")

    def test_a_claim_that_held_until_people_withdrew_does_not_fail(self) -> None:
        facts = Facts("demo", "0.1.0", "consented", {}, {}, withdrawn=["one"])
        results = [{"key": "a", "value": 6, "unit": "participants", "n": None}]

        found = adjusted(judge(results, [Claim(id="one", result="a", printed="7")]), facts)

        assert [v.verdict for v in found] == ["changed_by_withdrawal"]


class TestPages:
    def test_codecheck_has_every_mandatory_entry(self, bundled) -> None:
        _, study = bundled("simon2021_simulated")

        data = yaml.safe_load(codecheck_yml(study, {"results.json": "Every number."}))

        assert data["version"] == "https://codecheck.org.uk/spec/config/1.0/"
        assert data["manifest"] == [{"file": "results.json", "comment": "Every number."}]
        assert data["codechecker"] and data["report"]
        assert data["paper"]["reference"] == "https://doi.org/10.1111/papt.12341"

    def test_the_table_of_claims_is_csv_and_markdown(self) -> None:
        row = dict.fromkeys(("claim", "printed", "where", "verdict", "recomputed", "why", "notebook"), "a|b")
        row |= {"cell": "record", "file": "x.ipynb"}

        assert pd.read_csv(io.StringIO(claims_csv([row])))["where"].tolist() == ["a|b"]
        assert claims_markdown([row]).splitlines()[-1].count(" | ") == 6


@pytest.fixture
def target(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "target")


def all_of(workspace: Workspace) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(workspace.root.rglob("*")) if path.is_file())


class TestShare:
    def test_without_text_not_a_word_of_it_is_there(self, small, target: Workspace) -> None:
        small.write()
        (small.raw / "findings.md").write_text(f"They said it was {small.secret}.")
        (small.raw / "README.md").write_text(f"All {small.secret}.")

        shared = share(small.workspace, small.study(), target, text_free=True)

        assert shared.tier == "text_free"
        assert small.secret not in all_of(target)
        assert not (target.raw("small") / "findings.md").exists()

    def test_without_text_the_numbers_stay(self, small, target: Workspace) -> None:
        corpus, study = small.both()

        shared = share(small.workspace, study, target, text_free=True)

        read = read_study(target, load_study(target, "small"))
        assert read.warnings == ()
        assert len(read.codings) == len(corpus.codings)
        assert read.segments[["start", "end"]].equals(corpus.segments[["start", "end"]])
        assert read.segments["speaker"].equals(corpus.segments["speaker"])
        codes = corpus.codings.loc[corpus.codings["variable"] == "codes", "value"].map(shared.names.codes)
        mine = read.codings.loc[read.codings["variable"] == "codes", "value"]
        assert sorted(mine) == sorted(codes)

    def test_documents_without_text_keep_a_hash_that_cannot_be_guessed(
        self, small, target: Workspace
    ) -> None:
        corpus, study = small.both()
        share(small.workspace, study, target, text_free=True)

        kept = read_study(target, load_study(target, "small")).documents["sha256"]
        plain = {hashlib.sha256(text.encode()).hexdigest() for text in corpus.documents["text"]}
        assert kept.notna().all()
        assert not set(kept) & plain

    def test_words_of_who_did_not_agree_to_share_are_left_out(self, small, target: Workspace) -> None:
        study = small.study()  # P3 did not agree

        shared = share(small.workspace, study, target, text_free=False)

        read = read_study(target, load_study(target, "small"))
        assert (shared.tier, shared.withheld) == ("consented", 1)
        silent = read.segments["case_id"] == "P3"
        assert read.segments.loc[silent, "text"].isna().all()
        assert read.segments.loc[~silent, "text"].notna().all()
        assert read.documents.set_index("case_id").loc["P3", ["text", "name"]].isna().all()
        assert set(read.charting.set_index("case_id")["summary"].loc[["P3"]]) == {"[not shown]"}
        assert read.cases.set_index("case_id")["site"].isna().loc["P3"]
        assert "We have no money for more people" not in all_of(target)

    def test_who_withdrew_is_nowhere(self, small, target: Workspace) -> None:
        small.edit("cases.csv", "P1,patient,1,yes,yes,no,north", "P1,patient,1,yes,yes,yes,north")

        share(small.workspace, small.study(), target, text_free=False)

        assert not re.search(r"\bP1\b", all_of(target))

    def test_raw_data_go_as_they_are_where_everybody_agreed(self, small, target: Workspace) -> None:
        small.edit("cases.csv", "P3,staff,3,yes,no,no,north", "P3,staff,3,yes,yes,no,north")
        study = small.study()

        shared = share(small.workspace, study, target, text_free=False)

        assert shared.tier == "as_it_is"
        for name, content in small.files.items():
            assert (target.source("small") / name).read_text("utf-8") == content

    def test_a_policy_that_hides_small_counts_lets_no_data_out(self, small, target: Workspace) -> None:
        small.edit("study.yml", "as_published", "opensafely")

        with pytest.raises(DisclosureError, match="hides small counts"):
            share(small.workspace, small.study(), target, text_free=True)

    def test_an_address_in_what_would_leave_is_refused_and_not_quoted(self, small, target: Workspace) -> None:
        small.edit("charting.csv", "Summary: waited", "Summary: jo@example.org waited")

        with pytest.raises(DisclosureError, match="e-mail address") as refused:
            share(small.workspace, small.study(), target, text_free=False)
        assert "jo@" not in str(refused.value)

    def test_the_list_of_names_and_the_map_of_coders_stay_behind(self, small, target: Workspace) -> None:
        small.settings = small.settings.replace(
            "policy: as_published", "policy: as_published, names: names.txt"
        )
        small.settings += "coders: {Anneliese: A}\n"
        small.write()
        (small.raw / "names.txt").write_text("Wilhelmina\n")

        share(small.workspace, small.study(), target, text_free=False)

        assert "Wilhelmina" not in all_of(target)
        assert "Anneliese" not in all_of(target)

    def test_printed_cells_go_along_under_the_names_of_the_bundle(self, small, target: Workspace) -> None:
        small.write()
        (small.raw / "claims.yml").write_text(
            "- {id: two, says: 'Most waited.', table: themes, cells: printed/two.csv, by: [code_id]}\n"
            "- {id: one, says: 'All did.', result: themes.waiting.n_cases, printed: '2'}\n"
        )
        (small.raw / "printed").mkdir()
        (small.raw / "printed" / "two.csv").write_text("code_id,n_cases\nwaiting,2\n")

        shared = share(small.workspace, small.study(), target, text_free=True)

        assert shared.names is not None
        new = shared.names.codes["waiting"]
        assert (target.raw("small") / "printed" / "two.csv").read_text() == f"code_id,n_cases\n{new},2\n"
        _, one = yaml.safe_load((target.raw("small") / "claims.yml").read_text())
        assert one == {"id": "one", "result": f'themes."{new}".n_cases', "printed": "2"}

    def test_reasons_and_remarks_stay_behind_and_what_is_checked_does_not(
        self, small, target: Workspace
    ) -> None:
        small.write()
        (small.raw / "claims.yml").write_text(
            "- {id: a, status: not_checkable, because: it was quixotic}\n"
            "- {id: b, result: cases.n, printed: '4', note: quixotic,\n"
            "   known_difference: {recomputed: '3', because: quixotic, since: quixotic}}\n"
            "- {id: c, table: themes, cells: t.csv, by: [code_id, group]}\n"
        )
        (small.raw / "t.csv").write_text(
            "code_id,group,n_cases,label,summary\nwaiting,all,2,typical,quixotic\n"
        )

        shared = share(small.workspace, small.study(), target, text_free=True)

        assert small.secret not in all_of(target)
        a, b, _ = load_claims(target, "small")
        assert a.status == "not_checkable" and a.because
        assert b.known_difference is not None and b.known_difference.recomputed == "3"
        assert (target.raw("small") / "t.csv").read_text().splitlines()[1] == (
            f"{shared.names.codes['waiting']},all,2,typical,{WITHHELD}"
        )

    def test_an_exclusion_of_who_is_not_in_the_tables_is_dropped(self, small, target: Workspace) -> None:
        small.edit("cases.csv", "P1,patient,1,yes,yes,no,north", "P1,patient,1,yes,yes,yes,north")
        small.settings += "exclude: {case: [P1, P2]}\n"

        share(small.workspace, small.study(), target, text_free=True)

        assert load_study(target, "small").exclude.case == ["P2"]


class TestRenaming:
    def names(self, small, **changes: object) -> Renaming:
        corpus, study = small.both(disclosure__policy="text_free", **changes)
        return renaming(corpus, study)

    def test_ids_that_are_labels_stay_and_others_are_numbered_in_order(self, small) -> None:
        for file in ("documents", "turns", "segments", "assignments"):
            small.files[f"{file}.csv"] = str(small.files[f"{file}.csv"]).replace("D1", "Talk with Jo")

        names = self.names(small)

        assert names.cases == {"P1": "P1", "P2": "P2", "P3": "P3"}
        assert sorted(names.documents.values()) == ["d1", "d2", "d3"]
        assert names.segments["P1-2"] == "P1-2"

    def test_codes_speakers_and_coders_take_new_names_in_keys(self, small) -> None:
        names = self.names(small)
        waiting = names.codes["waiting"]

        assert waiting != "waiting"
        assert names.key("agreement.codes.waiting.percent[pair=A|B]") == (
            f'agreement.codes."{waiting}".percent[pair="{names.coders["A"]}|{names.coders["B"]}"]'
        )
        assert names.key("themes.waiting.patient.n_cases") == f'themes."{waiting}".patient.n_cases'
        assert names.key("agreement.codes.percent.mean") == "agreement.codes.percent.mean"
        assert names.key("segments.speaker.interviewer") == "segments.speaker.interviewer"

    @pytest.mark.parametrize(
        ("column", "value", "kind", "old"),
        [
            ("code_a", "waiting", "codes", "waiting"),
            ("theme", "cost", "codes", "cost"),
            ("name", "Waiting", "code_names", "Waiting"),
            ("coder_id", "A", "coders", "A"),
        ],
    )
    def test_what_a_claim_says_of_a_column_takes_its_new_name(self, small, column, value, kind, old) -> None:
        names = self.names(small)

        assert names.told(column, value) == getattr(names, kind)[old] != old

    def test_pairs_values_of_codes_and_who_was_counted_take_new_names(self, small) -> None:
        names = self.names(small)
        a, b = names.coders["A"], names.coders["B"]

        assert names.told("pair", "A round 1|B round 2") == f"{a} round 1|{b} round 2"
        assert names.told("value", "cost", of_codes=True) == names.codes["cost"]
        assert names.told("value", "low") == "low"
        assert names.told("counted", "coder:B") == f"coder:{b}"

    def test_an_id_that_is_a_number_in_a_claim_is_the_one_in_the_tables(self, small) -> None:
        for file in ("cases", "documents", "asked", "charting"):
            small.files[f"{file}.csv"] = re.sub(
                r"\bP1\b(?!-)", "Jo from the north", str(small.files[f"{file}.csv"])
            )
            small.files[f"{file}.csv"] = re.sub(r"\bP2\b(?!-)", "2", str(small.files[f"{file}.csv"]))

        names = self.names(small)

        assert names.told("case_id", 2) == names.cases["2"] != "2"

    def test_words_that_no_table_holds_do_not_leave(self, small) -> None:
        names = self.names(small)

        assert names.told("code_id", "it just clicked") == WITHHELD
        assert names.told("summary", "it just clicked") == WITHHELD
        assert names.told("pair", "A|Wilhelmina").endswith(f"|{WITHHELD}")
        assert "clicked" not in names.key('agreement.codes."it just clicked".percent')
        assert "clicked" not in names.key('themes."it just clicked".n_cases')
        assert names.key("agreement.codes.alpha_cu") == "agreement.codes.alpha_cu"
        assert names.key("themes.level_1.n") == "themes.level_1.n"

    def test_a_speaker_who_is_named_is_numbered(self, small) -> None:
        small.files["turns.csv"] = str(small.files["turns.csv"]).replace("participant", "Wilhelmina")

        names = self.names(small)

        assert names.speakers["Wilhelmina"].startswith("speaker ")
        assert names.speakers["interviewer"] == "interviewer"


@pytest.fixture(scope="module")
def made(tmp_path_factory, checkout: Path) -> tuple[Workspace, Path]:
    root = tmp_path_factory.mktemp("bundled")
    workspace = Workspace(root)
    own = checkout / "data" / "raw" / "krippendorff2011"
    shutil.copytree(own, workspace.raw("krippendorff2011"))
    return workspace, bundle(workspace, "krippendorff2011", text_free=True, say=lambda _: None).path


@pytest.mark.notebooks
class TestRound:
    """Notebooks run; the smallest bundled study, whose data may all be shared."""

    def test_a_text_free_bundle_verifies_where_nothing_else_is(self, made: tuple[Workspace, Path]) -> None:
        found = check_bundle(made[1], lambda _: None)

        assert not found.failed
        assert {v.verdict for v in found.verification.verdicts} == {"reproduced_at_printed_precision"}

    @pytest.mark.soak
    def test_the_same_study_gives_the_same_bytes(self, made: tuple[Workspace, Path]) -> None:
        first = made[1].read_bytes()

        again = bundle(made[0], "krippendorff2011", text_free=True, say=lambda _: None)

        assert again.path.read_bytes() == first

    @pytest.mark.soak
    def test_changed_data_with_a_refreshed_hash_are_caught_by_the_numbers(
        self, made: tuple[Workspace, Path], tmp_path: Path
    ) -> None:
        archive = zipfile.ZipFile(made[1])
        files = {name: archive.read(name) for name in archive.namelist()}
        at = "data/raw/krippendorff2011/source/codings.csv"
        changed = files[at].replace(b",rating,1,", b",rating,3,", 1)
        assert changed != files[at]
        then, now = (hashlib.sha256(each).hexdigest().encode() for each in (files[at], changed))
        files |= {at: changed, METADATA: files[METADATA].replace(then, now)}
        path = tmp_path / "forged.zip"
        path.write_bytes(zipped(files))

        found = check_bundle(path, lambda _: None)

        assert found.failed
        assert any(line.startswith("agreement.rating.") for line in found.problems)
        assert "differs" in {v.verdict for v in found.verification.verdicts}
