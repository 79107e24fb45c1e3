// 简报: the round on one screen and one page, for whoever decides.

const BRIEF = DATA.brief;

/** The section, drawn once; `choose` filters by a filing, `chooseCode` by a rule. */
function briefing(choose, chooseCode) {
  const [count, budget, executed, rate] = BRIEF.funds;
  const tiles = [
    ...BRIEF.returns.map(([label, figure]) => [label, number(figure, 0)]),
    [`全年预算数（${count} 个单位，万元）`, count ? money(budget) : "—"],
    [`全年执行数（${count} 个单位，万元）`, count ? money(executed) : "—"],
    ["预算执行率", percent(rate) || "—"],
  ];
  return [
    el("h2", { id: "brief-title" }, "简报"),
    el("dl", { class: "tiles" }, ...tiles.map(([label, figure]) => el("div", {}, el("dt", {}, label), el("dd", {}, figure)))),
    el("p", { class: "owing" }, BRIEF.owing),
    BRIEF.doubtful ? el("p", { class: "owing" }, BRIEF.doubtful) : null,
    el("div", { class: "blocks" }, el("div", {}, grades(), lowest()), differences(choose), problems(chooseCode)),
  ];
}

const block = (title, ...nodes) => el("section", { class: "block" }, el("h3", {}, title), ...nodes);

function rows(names, lines) {
  const head = el("tr", {}, ...names.map((name, at) => el("th", { scope: "col", class: at ? "num" : null }, name)));
  return el("table", { class: "plain" }, el("thead", {}, head), el("tbody", {}, ...lines));
}

/** The departments of each grade: by their own score, and by the recomputed one as a bar. */
function grades() {
  const most = Math.max(1, ...BRIEF.grades.map(([, own, recomputed]) => Math.max(own, recomputed)));
  const line = ([grade, own, recomputed]) => el(
    "tr", {}, el("th", { scope: "row" }, grade),
    ...[own, recomputed].map((count) => el("td", { class: "num" }, share(count / most, "budget"), String(count))),
  );
  return block("各等级的单位数", rows(["等级", "按自评", "按重算"], BRIEF.grades.map(line)));
}

/** A bar that is full at 1. */
function share(part, kind) {
  return draw("svg", { class: "spark", viewBox: "0 0 60 8", "aria-hidden": "true" },
    bar("weight", 0, 0, 60, 8), part > 0 ? bar(kind, 0, 0, 60 * Math.min(part, 1), 8) : null);
}

function lowest() {
  if (!BRIEF.rates.length) return null;
  const line = ([name, rate]) => el(
    "tr", {}, el("th", { scope: "row" }, name), el("td", { class: "num" }, share(rate, "executed"), percent(rate)),
  );
  return block("预算执行率最低的单位", rows(["单位", "执行率"], BRIEF.rates.map(line)));
}

/** The scores that differ most from the recomputed ones, of departments and of projects. */
function differences(choose) {
  if (!BRIEF.differing) return block("自评得分与重算得分", el("p", { class: "none" }, "各单位、各项目的自评得分与重算得分一致。"));
  const line = ([filing, project, filed, recomputed, difference]) => {
    const { name } = DATA.filings[filing];
    return el(
      "tr", {}, el("th", { scope: "row" }, button(name, { class: "name", title: "只看这个单位" }, () => choose(name)), project ? el("small", {}, project) : null),
      el("td", { class: "num" }, points(filed)), el("td", { class: "num" }, points(recomputed)),
      el("td", { class: "num off" }, `${difference > 0 ? "+" : ""}${points(difference)}`),
    );
  };
  const title = `得分相差最大的（共 ${BRIEF.differing} 项不一致）`;
  return block(title, rows(["单位和项目", "自评", "重算", "差异"], BRIEF.differences.map(line)));
}

function problems(chooseCode) {
  const line = ([code, title, filings, hits, example]) => el(
    "li", {}, button(title, { class: "name", title: "只看这条规则" }, () => chooseCode(code)),
    el("span", { class: "n" }, `${filings} 个单位，${hits} 处`), el("small", {}, example),
  );
  return el(
    "div", {},
    block("最常见的问题：以下要求没有做到", BRIEF.problems.length ? el("ol", { class: "common" }, ...BRIEF.problems.map(line)) : el("p", { class: "none" }, "没有需要处理的问题。")),
    block("与上一轮相比", el("p", {}, BRIEF.rounds)),
  );
}
