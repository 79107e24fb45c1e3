"use strict";
// For Chromium 80 and later, because the browsers of offices are old.
// Every text of a filing goes into the page as a text node, never as markup.

const DATA = JSON.parse(document.getElementById("data").textContent);
const SEVERITIES = ["error", "warning", "info"];
const WORDS = { error: "错误", warning: "警告", info: "提示" };
const FORMS = ["附件1", "附件2", "附件3"];
const NO_FILING = "不能归到单位的文件";
const SVG = "http://www.w3.org/2000/svg";

/** A text by its number; "" for -1. */
const textOf = (number) => (number < 0 ? "" : DATA.texts[number]);

/** A text folded for search: full width as half width, upper case as lower case. */
const fold = (text) => text.normalize("NFKC").toLowerCase();

/** A finding as an object; `place` is its place among those of its filing. */
function findingOf(row, index, place) {
  const finding = { index, place };
  DATA.columns.forEach((name, at) => {
    finding[name] = row[at];
  });
  finding.severity = SEVERITIES[finding.severity];
  for (const name of ["form", "project", "rule", "path", "sheet", "cell", "field"]) finding[name] = textOf(finding[name]);
  finding.group = [finding.filing, finding.path, finding.form, finding.project].join("\n");
  return finding;
}

const numberOf = (finding) => (finding.filing < 0 ? DATA.filings.length : finding.filing);
const byFiling = (a, b) => (
  numberOf(a) - numberOf(b) || SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.place - b.place
);

/** The findings in the order in which they are shown: by filing, errors first, then by form. */
const FINDINGS = DATA.findings.map((row, index) => findingOf(row, index, index)).sort(byFiling);

const RULES = new Map(DATA.rules.map(([code, title, severity, basis, hits, filings]) => (
  [code, { code, title, severity, basis, hits, filings }]
)));

/** The name of the filing a finding belongs to. */
const ownerOf = (finding) => (finding.filing < 0 ? NO_FILING : DATA.filings[finding.filing].name);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== "") node.append(child);
  }
  return node;
}

/** An element with attributes and children; a string becomes a text node. */
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** An element of a drawing, likewise. */
const draw = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** A button that calls a function. */
function button(text, attributes, action) {
  const node = el("button", { type: "button", ...attributes }, text);
  node.addEventListener("click", action);
  return node;
}

/** A link to a file, or its name where it has no address. */
const fileLink = (name, address) => (address ? el("a", { href: address, class: "file" }, name) : el("span", { class: "file" }, name));

const number = (value, digits) => (
  value === null ? "" : value.toLocaleString("zh-CN", { maximumFractionDigits: digits, useGrouping: true })
);
const points = (value) => number(value, 2);
const money = (value) => number(value, 2);
const percent = (value) => (value === null ? "" : `${(value * 100).toFixed(1)}%`);

/** The part of a path after its last slash. */
const baseName = (path) => path.slice(path.lastIndexOf("/") + 1);
