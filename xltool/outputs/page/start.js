// Starts the page: sections, keys, printing.

const $ = (id) => document.getElementById(id);
let findingsShown = null;
let lastShown = [];

/** Draw everything that depends on the filters. */
function refresh() {
  if (state.filing) ROWS.filter((row) => row.name === state.filing).forEach((row) => askFor(row.at < 0 ? DATA.filings.length : row.at));
  lastShown = chosen();
  remember();
  filtersShown.show(lastShown.length);
  showDetails();
  showDepartments();
  if (DATA.steps) showRounds();
  // With a department, a rule or a word chosen, its findings come first.
  const narrowed = Boolean(state.filing || state.rule || state.search.trim());
  document.body.classList.toggle("narrowed", narrowed);
  if (narrowed) $("findings").after($("rounds"));
  else $("findings").before($("rounds"));
  $("findings").textContent = "";
  const hidden = state.severities.has("info") ? [] : passing().filter((finding) => finding.severity === "info");
  findingsShown = findingsList($("findings"), lastShown, hidden, hints(hidden.length));
}

/** The line below the list where hints are folded: their number, and a button that shows them all. */
function hints(count) {
  if (!count) return null;
  return el("p", { class: "hints" }, `共 ${count} 条提示没有展开，供参考，不用单位处理。`, button("全部展开", { id: "hints" }, () => {
    state.severities.add("info");
    refresh();
  }));
}

function showDepartments() {
  $("departments").textContent = "";
  fill($("departments"), {}, departments(lastShown, choose, showDepartments));
}

function showRounds() {
  $("rounds").textContent = "";
  fill($("rounds"), {}, rounds(showRounds));
}

/** Show only this filing, or all again if it is chosen already. */
function choose(name) {
  state.filing = state.filing === name ? "" : name;
  refresh();
  $("departments").scrollIntoView();
}

/** Show only this rule, or all again if it is chosen already. */
function chooseCode(code) {
  chooseRule(state.rule === code ? "" : code);
  refresh();
  $("findings").scrollIntoView();
}

/** 规则: the rules with findings. */
function showRules() {
  const rows = [...RULES.values()].filter((rule) => rule.hits).map((rule) => el(
    "tr", { id: `rule-${rule.code}`, tabindex: "-1" },
    el("th", { scope: "row" }, button(rule.code, { class: "name", title: "只看这条规则" }, () => chooseCode(rule.code))),
    el("td", {}, rule.title),
    el("td", {}, chip(SEVERITIES.find((each) => WORDS[each] === rule.severity) || "info", rule.severity)),
    el("td", { class: "num" }, String(rule.hits)), el("td", { class: "num" }, String(rule.filings)),
    el("td", { class: "basis" }, rule.basis),
  ));
  section("rules", "规则", `${rows.length} 条有问题`, ["规则", "内容", "程度", "问题数", "涉及单位", "依据"], rows);
}

/** 未读取的文件: files that were skipped or refused, with the reason. */
function showFiles() {
  const words = { refused: "已拒绝", skipped: "已跳过" };
  const rows = DATA.files.filter(([, status]) => words[status]).map(([path, status, reason, address]) => el(
    "tr", {},
    el("th", { scope: "row" }, fileLink(path, address)),
    el("td", {}, chip(status === "refused" ? "error" : "warning", words[status])), el("td", {}, reason),
  ));
  section("files", "未读取的文件", `${rows.length} 个`, ["文件", "结果", "原因"], rows);
}

/** 报送情况: the departments of the roster with missing forms. */
function showOwed() {
  const inks = { 未报: "error", "收到、未能审核": "error", 部分报送: "warning" };
  const owing = DATA.owed.filter(([, status]) => inks[status]);
  const rows = owing.map(([name, status, owed, received, missing, late]) => el(
    "tr", {},
    el("th", { scope: "row" }, name), el("td", {}, chip(inks[status], status)),
    el("td", { class: "num" }, String(owed)), el("td", { class: "num" }, String(received)),
    el("td", {}, missing), el("td", {}, late),
  ));
  const count = `应报 ${DATA.owed.length} 个单位，${owing.length} 个没有报齐`;
  section("owed", "报送情况", count, ["单位", "情况", "应报数", "已报数", "未报的表", "迟报的表"], rows);
}

/** 抽查建议: the filings to read first, with the reasons. */
function showSpots() {
  const rows = DATA.spots.map(([filing, points, reasons]) => el(
    "tr", {},
    el("th", { scope: "row" }, filing < 0 ? "" : button(DATA.filings[filing].name, { class: "name", title: "只看这个单位" }, () => choose(DATA.filings[filing].name))),
    el("td", { class: "num" }, String(points)),
    el("td", {}, ...reasons.map((reason) => el("div", {}, reason))),
  ));
  section("spots", "抽查建议", `${rows.length} 个单位，只是阅读的先后，不是结论`, ["单位", "分数", "理由"], rows);
}

function section(id, title, count, names, rows) {
  if (!rows.length) return;
  const head = el("tr", {}, ...names.map((name) => el("th", { scope: "col", class: /数|涉及/.test(name) ? "num" : null }, name)));
  $(id).append(
    el("h2", { id: `${id}-title` }, title, el("span", { class: "n" }, count)),
    el("div", { class: "wide" }, el("table", { class: "plain" }, el("thead", {}, head), el("tbody", {}, ...rows))),
  );
  $(id).hidden = false;
}

/** Scroll to a rule without changing the address, which holds the filters. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-rule]");
  if (!link) return;
  event.preventDefault();
  const row = $(`rule-${link.dataset.rule}`);
  if (!row) return;
  row.scrollIntoView({ block: "center" });
  row.focus({ preventScroll: true });
});

/** Move to the next finding, or to the previous one. */
function step(by) {
  const here = document.activeElement.closest("article");
  let all = [...document.querySelectorAll("article")];
  const at = here ? all.indexOf(here) + by : 0;
  if (at >= all.length && findingsShown.left()) {
    findingsShown.extend(PIECE);
    all = [...document.querySelectorAll("article")];
  }
  const next = all[at];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const KEYS = {
  "/": () => $("search").focus(),
  j: () => step(1),
  k: () => step(-1),
  Escape: () => {
    clear();
    refresh();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
  const inList = event.target.closest("article");
  const key = inList && { ArrowDown: "j", ArrowUp: "k" }[event.key] || event.key;
  if (!Object.prototype.hasOwnProperty.call(KEYS, key) || (typing && key !== "Escape")) return;
  event.preventDefault();
  if (typing) event.target.blur();
  KEYS[key]();
});

/** Before printing, draw and unfold all findings that pass the filters, up to a limit of some hundred pages. */
window.addEventListener("beforeprint", () => {
  list.all = true;
  showDepartments();
  round.all = true;
  if (DATA.steps) showRounds();
  findingsShown.extend(Math.max(0, MOST_PRINTED - document.querySelectorAll("article").length));
  for (const folded of document.querySelectorAll("article details")) folded.open = true;
  for (const part of document.querySelectorAll(".by-department .department")) {
    const filing = DATA.filings[part.dataset.filing];
    if (filing && filing.picture && !part.querySelector(".pictures")) part.firstChild.after(pictures(filing));
  }
});

window.addEventListener("hashchange", () => {
  recall();
  refresh();
});

const filtersShown = filterBar(refresh);
$("filters").append(...filtersShown.nodes);
for (const id of ["filters", "departments", "findings"]) $(id).hidden = false;
$("rounds").hidden = !DATA.steps;
if (DATA.filings.length) {
  fill($("brief"), {}, briefing(choose, chooseCode));
  $("brief").hidden = false;
}
showOwed();
showSpots();
showRules();
showFiles();
recall();
refresh();
if ((state.search || state.rule) && outstanding()) askForAll(); // a shared view is as it was
if (window.requestIdleCallback) window.requestIdleCallback(searchedTexts); // makes the first search fast, too
