// 整改情况: the outcome of each finding of the last review, where there was a last review.

const FIRST_STEPS = 15;
const INK = { 已整改: "good", 已认可: "good", 已说明: "info", 未整改: "error", 未重报: "error", 新增问题: "warning", 未要求的改动: "info" };
const STEP_HEADS = ["单位", "整改结果", "规则", "位置", "栏目", "上次填报", "本次填报", "问题"];
const round = { all: false, became: "" };

/** The nodes of the section, for the chosen filing or for all; a single outcome can be chosen. */
function rounds(refresh) {
  const own = DATA.steps.filter(([filing]) => !state.filing || (filing >= 0 && DATA.filings[filing].name === state.filing));
  const steps = own.filter(([, , became]) => !round.became || became === round.became);
  const first = round.all ? steps : steps.slice(0, FIRST_STEPS);
  const head = el("tr", {}, ...STEP_HEADS.map((name) => el("th", { scope: "col" }, name)));
  return [
    el("h2", { id: "rounds-title" }, "整改情况", el("span", { class: "n" }, `${steps.length} 条`)),
    el("p", { class: "results" }, ...Object.keys(INK).map((became) => resultButton(became, own, refresh))),
    steps.length
      ? el("div", { class: "wide" }, el("table", { class: "plain" }, el("thead", {}, head), el("tbody", {}, ...first.map(stepRow))))
      : el("p", { class: "none" }, "没有这样的问题。"),
    steps.length > first.length ? button(`显示其余 ${steps.length - first.length} 条`, { class: "more", id: "all-steps" }, () => {
      round.all = true;
      refresh();
    }) : null,
  ];
}

/** The button of an outcome with its count; while pressed, only that outcome is shown. */
function resultButton(became, own, refresh) {
  const count = own.filter(([, , each]) => each === became).length;
  const attributes = { class: `chip ${INK[became]}`, "aria-pressed": String(round.became === became), "data-became": became };
  return button(`${became} ${count}`, attributes, () => {
    round.became = round.became === became ? "" : became;
    refresh();
    document.querySelector(`[data-became="${became}"]`).focus();
  });
}

/** Form and cell; in a template, the name of the sheet is that of the form. */
const placeOf = (form, place) => (place.startsWith(form) ? place : `${form} ${place}`);

function stepRow([, department, became, form, project, rule, place, item, before, after, message, explained]) {
  return el(
    "tr", {},
    el("th", { scope: "row", class: "whose" }, department), el("td", {}, chip(INK[became], became)),
    el("td", { class: "one-line" }, rule), el("td", { class: "one-line" }, placeOf(form, place), project ? el("small", {}, project) : null),
    el("td", {}, item), el("td", { class: "short" }, before), el("td", { class: "short" }, after), el("td", {}, message, explained ? el("small", { class: "explained" }, `单位说明：${explained}`) : null),
  );
}
