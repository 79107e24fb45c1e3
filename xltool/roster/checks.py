"""The rows of a roster as departments, projects and indicators, and every check between them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from xltool.forms import review
from xltool.forms.roster import EXAMPLE, EXAMPLE_NAME
from xltool.forms.tolerances import HALF_CENT
from xltool.normalize import fold
from xltool.reader.notation.tokens import display
from xltool.roster.cells import Cells
from xltool.roster.model import Bureau, CountyBureau, Department, Indicator, Project, Region, Roster

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from xltool.roster.layout import Problems, RosterRow, RosterTable

_REGION_CODE = re.compile(r"^[0-9]{2,12}|[0-9]{2,12}(?=[)）]?$)")
_AROUND_CODE = " -—–_、.·()（）"
_Key = tuple[str, str]
"""A form that has indicators: folded code and project name, "" for 附件2."""


class Reading:
    """One roster on its way from rows to objects; errors and notices go to `problems`."""

    def __init__(self, tables: Mapping[str, RosterTable], problems: Problems, profiles: Mapping[str, float]) -> None:
        """Take the sheets that were found."""
        self.tables, self.problems, self.profiles = tables, problems, profiles
        self.departments: dict[str, Department] = {}
        self.rows: dict[str, RosterRow] = {}
        self.projects: dict[_Key, tuple[Project, RosterRow]] = {}
        self.indicators: dict[_Key, list[tuple[Indicator, RosterRow]]] = defaultdict(list)
        self.named: dict[tuple[_Key, str | None, str], RosterRow] = {}
        """The first row of each indicator, by form, 二级指标 and folded name."""
        self.regions: dict[str, str] = {}
        """The name of each county and city by its code."""
        self.bare: dict[str, str] = {}
        """The first code of those that differ in zeros before them alone."""

    def roster(self) -> Roster:
        """The whole of it; not to be used where there are errors."""
        for cells in self._cells("单位"):
            self._department(cells)
        for cells in self._cells("项目"):
            self._project(cells)
        for cells in self._cells("指标"):
            self._indicator(cells)
        self._check_names()
        self._check_budgets()
        self._check_weights()
        if "单位" in self.tables and not self.departments and not self.problems.entries:
            self.problems.add(self.tables["单位"], 0, "", "没有单位，请在表头下面每行填写一个单位")
        listed, (bureau, of_counties) = bool(self.projects), self._bureaus()
        return Roster(tuple(self._departments()), listed, tuple(self.problems.notices), bureau, of_counties)

    def _cells(self, key: str) -> Iterator[Cells]:
        """The rows of a sheet, without examples and without those of a code that is missing."""
        table = self.tables.get(key)
        if table is None:
            return
        examples = []
        for row in table.rows:
            cells = Cells(table, row, self.problems)
            if str(getattr(row.cells.get(table.sheet.columns[0].key), "value", "")).strip().startswith(EXAMPLE):
                examples.append(row.number)
            else:
                yield cells
        if examples:
            self.problems.notices.append(f"{key}表第{'、'.join(map(str, examples))}行是示例，没有当作数据")

    def _bureaus(self) -> tuple[Bureau, tuple[CountyBureau, ...]]:
        """Who signs the letters: the first row of 落款 without 县 and 市, and the rows with them for those alone.

        Further rows without them are not used, and it is said.
        """
        general, of_counties = list[tuple[int, Bureau]](), list[CountyBureau]()
        for cells in self._cells("落款"):
            bureau = Bureau(*(cells.text(key) for key in ("财政部门", "联系人", "联系电话")))
            county, city = self._region(cells, "县"), self._region(cells, "市")
            if not county.name and not city.name:
                general.append((cells.row.number, bureau))
            elif any(county.means(each.county) and city.means(each.city) for each in self.departments.values()):
                of_counties.append(CountyBureau(county, city, bureau))
            else:
                cells.wrong("县" if county.name else "市", f"“单位”表里没有这个县或市：{city.name}{county.name}")
        if len(general) > 1:
            self.problems.notices.append(f"落款表只用第{general[0][0]}行，其余各行没有用到")
        return general[0][1] if general else Bureau(), tuple(of_counties)

    # --- departments ----------------------------------------------------------------------

    def _department(self, cells: Cells) -> None:
        code, name = cells.code("单位编码"), cells.text("单位名称")
        _require(cells, {"单位编码": code, "单位名称": name})
        if EXAMPLE_NAME in name:
            cells.wrong("单位名称", f"还是示例的名称（{name}），请改成单位全称，或删除本行")
        department = Department(
            code=code,
            name=name,
            short_names=tuple(part.strip() for part in re.split(r"[、，,;；/]", cells.text("简称")) if part.strip()),
            posts=cells.count("编制数"),
            contact=cells.text("联系人"),
            phone=cells.text("联系电话"),
            profile=self._profile(cells),
            budget=cells.amount("年初预算数"),
            county=self._region(cells, "县"),
            city=self._region(cells, "市"),
        )
        twin = self.rows.get(code.casefold())
        if twin is not None:
            cells.wrong("单位编码", f"与第{twin.number}行重复（{code}）。每个单位一个编码，请改正其中一个")
        elif code:
            self.departments[code.casefold()], self.rows[code.casefold()] = department, cells.row
            self.bare.setdefault(_bare(code), code)

    def _profile(self, cells: Cells) -> str:
        """评分口径, "" for the default one."""
        profile = cells.text("评分口径")
        if profile not in self.profiles:
            known = "、".join(name for name in self.profiles if name)
            cells.wrong("评分口径", f"没有这个评分口径：{profile}；可选 {known}，或不填")
        return profile

    def _region(self, cells: Cells, key: str) -> Region:
        """A county or a city, with its code before or behind its name."""
        text = fold(cells.text(key))
        code = "".join(_REGION_CODE.findall(text)[:1])
        region = Region(code, text.replace(code, "", 1).strip(_AROUND_CODE))
        if text and not region.name:
            cells.wrong(key, f"只有代码（{code}），请写上名称")
        known = self.regions.setdefault(code, region.name) if code else region.name
        if known != region.name:
            cells.wrong(key, f"代码 {code} 已是“{known}”，这一行是“{region.name}”")
        return region

    def _owner(self, cells: Cells) -> Department | None:
        """The department a project or an indicator belongs to."""
        code = cells.code("单位编码")
        _require(cells, {"单位编码": code})
        if not code:
            return None
        owner = self.departments.get(code.casefold())
        if owner is None:
            near = self.bare.get(_bare(code))
            hint = f"；是不是“{near}”？开头的 0 可能丢了，请把这一列设为文本" if near else ""
            cells.wrong("单位编码", f"“单位”表里没有编码 {code}{hint}")
        return owner

    def _check_names(self) -> None:
        same: dict[str, list[str]] = defaultdict(list)
        for code, department in self.departments.items():
            same[fold(department.name)].append(code)
        for codes in same.values():
            if len(codes) > 1:
                rows = "、".join(f"第{self.rows[code].number}行" for code in codes)
                self.problems.notices.append(f"单位表{rows}的单位名称相同，编码不同，按不同单位处理")

    # --- projects -------------------------------------------------------------------------

    def _project(self, cells: Cells) -> None:
        owner, name = self._owner(cells), cells.text("项目名称")
        _require(cells, {"项目名称": name})
        parts = (cells.amount("当年财政拨款"), cells.amount("上年结转资金"), cells.amount("其他资金"))
        budget = _budget(cells, cells.amount("年初预算数"), [part for part in parts if part is not None])
        project = Project(name, cells.text("主管部门"), cells.text("实施单位"), budget, *parts)
        if owner is None or not name:
            return
        key = (owner.code.casefold(), fold(name))
        if key in self.projects:
            cells.wrong("项目名称", f"与第{self.projects[key][1].number}行重复：{owner.name}已有项目“{name}”")
            return
        self.projects[key] = project, cells.row

    def _check_budgets(self) -> None:
        table = self.tables.get("单位")
        totals: dict[str, float] = defaultdict(float)
        for (owner, _), (project, _) in self.projects.items():
            totals[owner] += project.budget or 0
        for code, department in self.departments.items():
            total = totals[code]
            if table is not None and department.budget is not None and total > department.budget + HALF_CENT:
                text = (
                    f"本单位年初预算数 {display(department.budget)}万元 小于各项目之和 {display(round(total, 2))}万元"
                )
                self.problems.add(table, self.rows[code].number, "年初预算数", text)

    # --- indicators -----------------------------------------------------------------------

    def _indicator(self, cells: Cells) -> None:
        owner, whose = self._owner(cells), cells.text("项目名称")
        part, name, target = _part(cells), cells.text("三级指标"), cells.text("年度指标值")
        _require(cells, {"三级指标": name, "年度指标值": target})
        weight = cells.points("分值")
        if owner is None:
            return
        key = (owner.code.casefold(), fold(whose))
        if whose and key not in self.projects:
            cells.wrong("项目名称", f"“项目”表里{owner.name}没有项目“{whose}”")
            return
        indicator = Indicator(part or "", name, target, weight or 0.0)
        twin = self.named.setdefault((key, part, fold(name)), cells.row)
        if twin is not cells.row and name:
            cells.wrong("三级指标", f"与第{twin.number}行重复：同一张表已有指标“{name}”")
        self.indicators[key].append((indicator, cells.row))

    def _check_weights(self) -> None:
        table = self.tables.get("指标")
        for (code, project), entries in self.indicators.items():
            owner = self.departments[code]
            due = self.profiles.get(owner.profile)
            total = round(sum(indicator.weight for indicator, _ in entries), 6)
            if (
                table is None
                or due is None
                or any(indicator.weight <= 0 for indicator, _ in entries)
                or abs(total - due) <= HALF_CENT
            ):
                continue
            whose = f"附件3“{self.projects[code, project][0].name}”" if project else "附件2"
            rows = [row.number for _, row in entries]
            span = f"第{rows[0]}行起共 {len(rows)} 行" if len(rows) > 1 else f"第{rows[0]}行"
            text = (
                f"{owner.code} {owner.name}（{whose}）{span}分值合计 {display(total)}，应为 {display(due)}"
                f"（100 分减去预算执行率 {display(100 - due)} 分）"
            )
            self.problems.add(table, rows[0], "分值", text)

    # --- together -------------------------------------------------------------------------

    def _departments(self) -> Iterator[Department]:
        """The departments, each with its projects and indicators."""
        projects: dict[str, list[Project]] = defaultdict(list)
        for (owner, name), (project, _) in self.projects.items():
            projects[owner].append(replace(project, indicators=self._approved((owner, name))))
        for code, department in self.departments.items():
            yield replace(department, projects=tuple(projects[code]), indicators=self._approved((code, "")))

    def _approved(self, key: _Key) -> tuple[Indicator, ...]:
        return tuple(indicator for indicator, _ in self.indicators.get(key, ()))


def _require(cells: Cells, texts: Mapping[str, str]) -> None:
    """Note what is blank and must not be."""
    for key, text in texts.items():
        if not text and not _is_filled(cells, key):
            cells.wrong(key, "没有填写")


def _is_filled(cells: Cells, key: str) -> bool:
    """Whether a cell that gave nothing holds something all the same, so that its error is told already."""
    return key in cells.row.cells


def _bare(code: str) -> str:
    return code.lstrip("0").casefold()


def _budget(cells: Cells, budget: float | None, parts: Iterable[float]) -> float | None:
    """年初预算数 of a project, from its parts where it is given by them alone."""
    given = list(parts)
    total = round(sum(given), 2)
    if not given or budget is None:
        return total if given else budget
    if abs(total - budget) > HALF_CENT:
        text = f"{display(budget)}万元 与当年财政拨款、上年结转资金、其他资金之和 {display(total)}万元 不一致"
        cells.wrong("年初预算数", text)
    return budget


def _part(cells: Cells) -> str | None:
    """The 二级指标 of the form that a row names, and that lies below the 一级指标 it names."""
    filed, first = cells.text("二级指标"), cells.text("一级指标")
    part = review.part_named(fold(filed))
    if part is None:
        if filed or not _is_filled(cells, "二级指标"):
            known = "、".join(name for group in review.GROUPS for name in group.parts)
            cells.wrong("二级指标", f"没有二级指标“{filed}”；可选 {known}" if filed else "没有填写")
        return None
    group = review.group_of(part)
    bare = re.sub(r"[(\[（].*", "", fold(first)).removesuffix("指标")
    if first and bare != group.name.removesuffix("指标"):
        cells.wrong("一级指标", f"“{first}”下没有“{part}”，它属于“{group.name}”")
    return part
