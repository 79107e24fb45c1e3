"use strict";
// Written for Chromium 80 and later: the browsers of offices are old.
// Every text of a filing goes into the page as a text node, never as markup.

const DATA = JSON.parse(document.getElementById("data").textContent);
const SEVERITIES = ["error", "warning", "info"];
const WORDS = { error: "错误", warning: "警告", info: "提示" };
const FORMS = ["附件1", "附件2", "附件3"];
const NOBODY = "不能归到单位的文件";
const SVG = "http://www.w3.org/2000/svg";

/** A text by its number; "" for none. */
const textOf = (number) => (number < 0 ? "" : DATA.texts[number]);

/** A text as it is searched: full width as half width, no upper case. */
const fold = (text) => text.normalize("NFKC").toLowerCase();

/** The findings as objects, in the order they are shown in. */
const FINDINGS = DATA.findings.map((row, index) => {
  const one = { index };
  DATA.columns.forEach((name, at) => {
    one[name] = row[at];
  });
  one.severity = SEVERITIES[one.severity];
  for (const name of ["form", "project", "rule", "path", "sheet", "cell", "field"]) one[name] = textOf(one[name]);
  one.group = [one.filing, one.path, one.form, one.project].join("\n");
  return one;
});

const RULES = new Map(DATA.rules.map(([code, title, severity, basis, hits, filings]) => (
  [code, { code, title, severity, basis, hits, filings }]
)));

/** The name of the filing a finding belongs to. */
const ownerOf = (finding) => (finding.filing < 0 ? NOBODY : DATA.filings[finding.filing].name);

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

/** An element with attributes and children; what is a string becomes a text node. */
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** The same for a drawing. */
const draw = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/** A button that calls a function. */
function button(text, attributes, action) {
  const node = el("button", { type: "button", ...attributes }, text);
  node.addEventListener("click", action);
  return node;
}

/** A link to a file, or its name where there is no way to it. */
const fileLink = (name, address) => (address ? el("a", { href: address, class: "file" }, name) : el("span", { class: "file" }, name));

const number = (value, digits) => (
  value === null ? "" : value.toLocaleString("zh-CN", { maximumFractionDigits: digits, useGrouping: true })
);
const points = (value) => number(value, 2);
const money = (value) => number(value, 2);
const percent = (value) => (value === null ? "" : `${(value * 100).toFixed(1)}%`);

/** The part of a path after its last slash. */
const baseName = (path) => path.slice(path.lastIndexOf("/") + 1);
