"""Filings: the forms of one department for one year."""

from __future__ import annotations

from xltool.batches.grouping import as_filings, as_given, as_one_set
from xltool.reader.records import FileRecord, Submission


def form_of(path: str, form: str, department: str = "", year: int | None = 2023, issued_to: str = "") -> Submission:
    """A form without cells."""
    submission = Submission(f"{path}#{form}", path, form, form, "template", year, department, "", "")
    submission.issued_to = issued_to
    return submission


def grouped(*submissions: Submission) -> list[str]:
    """The filings of these forms, as a folder's."""
    as_filings([FileRecord(submission.path, "read", submissions=[submission]) for submission in submissions])
    return [submission.filing for submission in submissions]


def test_grouping() -> None:
    """The manifest beats the name, brackets and spaces do not divide, years do, the folder takes in the nameless."""
    assert (
        grouped(form_of("a/1", "附件1", "乙局", issued_to="甲局"), form_of("a/2", "附件2", "甲局"))
        == ["甲局（2023）"] * 2
    )
    assert len(set(grouped(form_of("1", "附件1", "某局(本级)"), form_of("2", "附件2", "某 局（本级）")))) == 1
    assert grouped(form_of("1", "附件1", "甲局"), form_of("2", "附件1", "甲局", 2022)) == [
        "甲局（2023）",
        "甲局（2022）",
    ]
    assert grouped(form_of("a/1", "附件1", "甲局"), form_of("a/2", "附件2")) == ["甲局（2023）"] * 2
    assert (
        grouped(form_of("a/1", "附件1", "甲局"), form_of("a/2", "附件1", "乙局"), form_of("a/3", "附件2"))[2]
        == "文件夹 a"
    )
    assert grouped(form_of("2", "附件2")) == ["文件夹 ."]


def _beside_a_set(*others: Submission) -> list[str]:
    """The filings of forms that are given with 附件1 and 附件3 of 2024."""
    own = form_of("a/1", "附件1", "甲局", 2024), form_of("a/3", "附件3", issued_to="甲局", year=2024)
    *filings, first, second = grouped(*others, *own)
    assert {first, second} == {"甲局（2024）"}
    return filings


def test_a_single_form_of_another_year_belongs_to_the_set_that_lacks_it() -> None:
    """Its year may be wrong, which X-02 says; beside a whole set, in another folder, or with others it is apart."""
    for year in (2023, None):
        assert _beside_a_set(form_of("a/2", "附件2", "甲局", year)) == ["甲局（2024）"]
    late = "甲局（2023）"
    whole = form_of("a/4", "附件2", "甲局", 2024)
    assert _beside_a_set(form_of("a/2", "附件2", "甲局"), whole)[0] == late
    assert _beside_a_set(form_of("b/2", "附件2", "甲局")) == [late]
    assert _beside_a_set(form_of("a/2", "附件2", "甲局"), form_of("a/5", "附件3", issued_to="甲局")) == [late] * 2
    assert _beside_a_set(form_of("a/5", "附件3", issued_to="甲局")) == [late]


def test_one_set_is_named_by_its_first_department() -> None:
    """All that is given together is one set, whatever the departments."""
    records = [
        FileRecord(
            "1",
            "read",
            submissions=[form_of("1", "附件1"), form_of("1", "附件2", "甲局"), form_of("1", "附件2", "乙局")],
        )
    ]
    as_one_set(records)
    assert {submission.filing for submission in records[0].submissions} == {"甲局（2023）"}
    nameless = [FileRecord("1", "read", submissions=[form_of("1", "附件1")])]
    as_one_set(nameless)
    assert nameless[0].submissions[0].filing == "本次检查"


def _given(*submissions: Submission) -> list[str]:
    as_given([FileRecord(submission.path, "read", submissions=[submission]) for submission in submissions])
    return [submission.filing for submission in submissions]


def test_departments_with_forms_of_their_own_are_several_filings() -> None:
    """Two departments with the same kind of form are two filings, as in a folder; so are two years with more forms."""
    both = _given(
        form_of("a/1", "附件1", "甲局"),
        form_of("a/2", "附件2", "甲局"),
        form_of("b/1", "附件1", "乙局"),
        form_of("b/2", "附件2", "乙局"),
    )
    assert both == ["甲局（2023）", "甲局（2023）", "乙局（2023）", "乙局（2023）"]
    assert len(set(_given(form_of("1", "附件2", "甲局"), form_of("2", "附件2", "乙局")))) == 2
    years = [form_of(f"{form}-{year}", form, "甲局", year) for year in (2022, 2023) for form in ("附件1", "附件2")]
    assert _given(*years) == ["甲局（2022）", "甲局（2022）", "甲局（2023）", "甲局（2023）"]


def test_a_single_form_of_another_department_or_year_belongs_to_the_set() -> None:
    """It is compared with the other forms, so that a rule names the difference; so is what names nobody."""
    own = [form_of("1", "附件1", "甲局"), form_of("2", "附件2", "甲局")]
    assert len(set(_given(*own, form_of("3", "附件3", "乙局")))) == 1
    assert len(set(_given(*own, form_of("3", "附件2", "甲局", 2022)))) == 1
    assert len(set(_given(form_of("1", "附件1", "甲局"), form_of("2", "附件2", "乙局")))) == 1
    assert len(set(_given(*own, form_of("3", "附件2"), form_of("4", "附件3")))) == 1
    assert len(set(_given(form_of("1", "附件1", "甲局", issued_to="乙局"), form_of("2", "附件2", "甲局")))) == 1


def test_one_kind_of_form_for_several_years_is_several_filings() -> None:
    """Nothing is there to compare it with; one that names nobody has its year in the name of its filing."""
    nameless = [form_of("1", "附件1", year=2018), form_of("2", "附件1", year=2021)]
    assert _given(*nameless) == ["文件夹 .（2018）", "文件夹 .（2021）"]
    assert _given(form_of("1", "附件1", "甲局", 2021), form_of("2", "附件1", year=2018)) == [
        "甲局（2021）",
        "文件夹 .（2018）",
    ]
    assert _given(form_of("1", "附件2", "甲局", 2021), form_of("2", "附件2", "甲局", 2022)) == [
        "甲局（2021）",
        "甲局（2022）",
    ]
    assert len(set(_given(form_of("1", "附件1", year=2021), form_of("2", "附件1", year=2021)))) == 1
    assert len(set(_given(form_of("1", "附件1", year=2021), form_of("2", "附件1", year=None)))) == 1
    assert len(set(_given(form_of("1", "附件3", "甲局", 2021), form_of("2", "附件3", "甲局", 2022)))) == 1


def test_a_nameless_form_of_another_kind_belongs_to_its_folder() -> None:
    """Its year may be what is wrong with it, which a rule says."""
    assert grouped(form_of("a/1", "附件1", "甲局"), form_of("a/2", "附件2", year=2022)) == ["甲局（2023）"] * 2
    assert grouped(form_of("a/1", "附件1", "甲局"), form_of("a/2", "附件1", year=2022))[1] == "文件夹 a（2022）"
