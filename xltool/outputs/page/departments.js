// 单位: a row for each filing, with its pictures below it when they are opened.

const FIRST_FILINGS = 10;
const SAME = 0.005; // scores that differ by no more are the same
const HEADS = [
  ["单位", (filing) => filing.name],
  ["附件1", (filing) => filing.forms[0]],
  ["附件2", (filing) => filing.forms[1]],
  ["附件3", (filing) => filing.forms[2]],
  ["自评得分", (filing) => filing.filed],
  ["重算得分", (filing) => filing.recomputed],
  ["项目最大差异", (filing) => filing.project && filing.project[1]],
  ["等级", (filing) => filing.grade],
  ["预算执行率", (filing) => filing.rate],
  ["错误", (filing) => filing.counts[0]],
  ["警告", (filing) => filing.counts[1]],
  ["提示", (filing) => filing.counts[2]],
  ["无法判断", (filing) => filing.states && filing.states[3]],
];
/** The filings, and a row for the findings on files of no filing, if there are any. */
const ROWS = DATA.filings.map((filing, at) => ({ ...filing, at }));
const UNOWNED = FINDINGS.filter((finding) => finding.filing < 0);
if (UNOWNED.length || (DATA.unowned || []).some(Boolean)) {
  const counts = DATA.unowned || SEVERITIES.map((severity) => UNOWNED.filter((finding) => finding.severity === severity).length);
  ROWS.push({
    at: -1, name: NO_FILING, forms: [0, 0, 0], files: [], filed: null, recomputed: null, project: null, grade: null,
    rate: null, counts, states: null, picture: null, status: "",
  });
}
const STATUS_INKS = { 未报: "error", "收到、未能审核": "error", 部分报送: "warning" };
const list = { sort: -1, down: true, all: false, open: new Set() };

/** The nodes of the section; `choose` filters by a filing, `refresh` draws the section again. */
function departments(shown, choose, refresh) {
  const rows = listed(shown);
  const first = list.all || state.filing ? rows : rows.slice(0, FIRST_FILINGS);
  const isOnly = ROWS.length === 1;
  const body = el("tbody", {});
  for (const filing of first) {
    const open = isOnly || list.open.has(filing);
    const { row, below } = filingRow(filing, open, choose);
    body.append(row, below);
  }
  const more = rows.length - first.length;
  return [
    el("h2", { id: "departments-title" }, "单位", el("span", { class: "n" }, counted(rows.length))),
    el("div", { class: "wide" }, el("table", { class: "departments" }, el("thead", {}, el("tr", {}, ...heads(refresh))), body)),
    more > 0 ? button(`显示其余 ${more} 个单位`, { class: "more", id: "all-departments" }, () => {
      list.all = true;
      refresh();
    }) : null,
    rows.length ? null : el("p", { class: "none" }, "没有符合条件的单位。"),
  ];
}

const counted = (count) => (count === ROWS.length ? `${count} 个` : `${count} 个，共 ${ROWS.length} 个`);

/** The filings to list: all, or those with findings that pass the filters, or with a name that is searched for. */
function listed(shown) {
  const kept = new Set(shown.map((finding) => finding.filing));
  const words = fold(state.search).split(/\s+/).filter(Boolean);
  const named = (filing) => words.length > 0 && words.every((each) => fold(filing.name).includes(each));
  const rows = ROWS.filter((filing) => (
    state.filing ? filing.name === state.filing : isUnfiltered() || kept.has(filing.at) || named(filing)
  ));
  return list.sort < 0 ? rows : sorted(rows, HEADS[list.sort][1]);
}

/** The filings sorted by a value; blanks stand last in both directions. */
function sorted(rows, value) {
  const sign = list.down ? -1 : 1;
  const blank = (filing) => value(filing) === null;
  return rows.slice().sort((a, b) => {
    if (blank(a) || blank(b)) return blank(a) - blank(b);
    const [left, right] = [value(a), value(b)];
    return sign * (typeof left === "string" ? left.localeCompare(right, "zh-CN") : left - right);
  });
}

function heads(refresh) {
  const cells = HEADS.map(([name], at) => {
    const sortable = button(name, { class: "sort", id: `sort-${at}`, title: `按${name}排序` }, () => {
      list.down = list.sort === at ? !list.down : at > 0;
      list.sort = at;
      refresh();
      document.getElementById(`sort-${at}`).focus();
    });
    const order = list.sort !== at ? "none" : list.down ? "descending" : "ascending";
    return el("th", { scope: "col", "aria-sort": order, class: at ? "num" : null }, sortable);
  });
  return [...cells, el("th", { scope: "col", class: "num" }, "图")];
}

function filingRow(filing, open, choose) {
  const below = el("tr", { class: "picture", hidden: !open }, el("td", { colspan: HEADS.length + 1 }));
  const details = () => below.firstChild.append(...[checked(filing), pictures(filing)].filter(Boolean));
  if (open) details();
  const toggle = button(open ? "收起" : "看图", { class: "look", "aria-expanded": String(open) }, () => {
    const opening = below.hidden;
    if (opening && !below.firstChild.firstChild) details();
    below.hidden = !opening;
    toggle.textContent = opening ? "收起" : "看图";
    toggle.setAttribute("aria-expanded", String(opening));
    if (opening) list.open.add(filing);
    else list.open.delete(filing);
  });
  toggle.setAttribute("aria-label", `${filing.name}的资金和得分图`);
  const name = button(filing.name, { class: "name", title: "只看这个单位" }, () => choose(filing.name));
  const row = el(
    "tr", {},
    el("th", { scope: "row" }, name, STATUS_INKS[filing.status] ? chip(STATUS_INKS[filing.status], filing.status) : null),
    ...filing.forms.map((count) => el("td", { class: count ? "num" : "num missing" }, count ? String(count) : "—")),
    el("td", { class: "num" }, points(filing.filed) || "—"),
    el("td", { class: differs(filing) ? "num off" : "num" }, points(filing.recomputed) || "—"),
    el("td", { class: filing.project && Math.abs(filing.project[1]) > SAME ? "num off" : "num", title: filing.project ? filing.project[0] : null }, filing.project ? points(filing.project[1]) : "—"),
    el("td", { class: "num" }, filing.grade || "—"),
    el("td", { class: "num rate" }, rateBar(filing.rate)),
    ...filing.counts.map((count, at) => el("td", { class: count ? `num ${SEVERITIES[at]}` : "num zero" }, String(count))),
    undecidedCell(filing),
    el("td", { class: "num" }, toggle),
  );
  return { row, below };
}

function undecidedCell(filing) {
  if (!filing.states) return el("td", { class: "num" }, "—");
  const [count, at] = [filing.states[3], filing.states[4]];
  const why = DATA.undecided[at].map(([reason, codes]) => `${reason}：${codes}`).join("\n");
  return el("td", { class: count ? "num" : "num zero", title: why || null }, String(count));
}

/** What became of the rules in a filing, and those that could not be decided with the reason; null if not checked. */
function checked(filing) {
  if (!filing.states) return null;
  const [asked, kept, violated, undecided, at] = filing.states;
  const line = `核对 ${asked} 条：符合 ${kept}，不符 ${violated}，无法判断 ${undecided}`;
  if (!undecided) return el("p", { class: "checked" }, line);
  const reasons = DATA.undecided[at].map(([reason, codes]) => el("li", {}, `${reason}：`, el("span", {}, codes)));
  return el("details", { class: "checked" }, el("summary", {}, line), el("ul", {}, ...reasons));
}

const differs = (filing) => (
  filing.filed !== null && filing.recomputed !== null && Math.abs(filing.filed - filing.recomputed) > SAME
);

/** The execution rate with a bar that is full at 100%. */
function rateBar(rate) {
  if (rate === null) return "—";
  const full = Math.min(Math.max(rate, 0), 1);
  const drawn = draw("svg", { class: "spark", viewBox: "0 0 60 8", "aria-hidden": "true" },
    bar("weight", 0, 0, 60, 8), full > 0 ? bar("executed", 0, 0, 60 * full, 8) : null);
  return el("span", {}, drawn, el("span", { class: "share" }, percent(rate)));
}
