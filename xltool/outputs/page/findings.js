// 问题: by department and form, each with its surroundings. They are drawn in pieces, as they come into view.

const PIECE = 40;
const MOST_PRINTED = 3000;

/**
 * The list of findings: draws the first piece, and the next pieces when the reader gets there; `below` is its last node.
 * `folded` are findings that stand folded below those of their department.
 */
function findingsList(section, shown, folded, below) {
  const body = el("div", { class: "groups" });
  const rest = el("p", { class: "rest" });
  const next = button("继续显示", { class: "more", id: "more" }, () => extend(PIECE));
  section.append(
    el("h2", { id: "findings-title" }, "问题", el("span", { class: "n" }, `${shown.length} 条`)),
    shown.length ? body : el("p", { class: "none" }, nothing()), rest, next,
  );
  if (below) section.append(below);
  let drawn = 0;
  let owner = null;
  let group = null;
  let part = null;

  /** Draw some more findings. */
  function extend(count) {
    const piece = shown.slice(drawn, drawn + count);
    for (const finding of piece) {
      if (owner !== ownerOf(finding)) {
        if (part) part.append(...foldedPart(owner, folded));
        owner = ownerOf(finding);
        group = null;
        part = departmentPart(finding, shown);
        body.append(part);
      }
      if (group !== finding.group) {
        group = finding.group;
        part.append(formHead(finding));
      }
      part.append(article(finding));
    }
    drawn += piece.length;
    if (part && drawn >= shown.length) part.append(...foldedPart(owner, folded));
    next.hidden = drawn >= shown.length;
    rest.textContent = next.hidden ? "" : `已显示 ${drawn} 条，还有 ${shown.length - drawn} 条`;
  }

  extend(PIECE);
  if (window.IntersectionObserver) {
    const watch = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting) && drawn < shown.length) extend(PIECE);
    }, { rootMargin: "800px" });
    watch.observe(next);
  }
  return { extend, left: () => shown.length - drawn };
}

/** What is said where no finding is shown. */
function nothing() {
  if (outstanding()) return FINDINGS.length ? "已读入的问题中没有符合条件的。" : "问题还没有读入。";
  return FINDINGS.length ? "没有符合条件的问题。" : "没有发现问题。";
}

/** The folded findings of a department: a line that draws them when it is opened; nothing where there are none. */
function foldedPart(owner, folded) {
  const own = folded.filter((finding) => ownerOf(finding) === owner);
  if (!own.length) return [];
  const lines = el("details", { class: "folded" }, el("summary", {}, `提示 ${own.length} 条，供参考，不用单位处理`));
  lines.addEventListener("toggle", () => {
    if (lines.childElementCount > 1) return;
    let group = null;
    for (const finding of own) {
      if (group !== finding.group) lines.append(formHead(finding));
      group = finding.group;
      lines.append(article(finding));
    }
  });
  return [lines];
}

function departmentPart(finding, shown) {
  const own = shown.filter((other) => other.filing === finding.filing);
  const counts = SEVERITIES.map((severity) => [severity, own.filter((other) => other.severity === severity).length]);
  const chips = counts.filter(([, count]) => count).map(([severity, count]) => chip(severity, `${WORDS[severity]} ${count}`));
  const filing = DATA.filings[finding.filing];
  return el(
    "section", { class: "department", "data-filing": finding.filing },
    el("h3", {}, ownerOf(finding), ...chips), filing ? checked(filing) : null,
  );
}

function formHead(finding) {
  const name = finding.form ? `${finding.form}${finding.project ? `　${finding.project}` : ""}` : "整个文件";
  return el("h4", {}, name, fileLink(baseName(finding.path), addressOf(finding.path)));
}

const chip = (severity, text) => el("span", { class: `chip ${severity}` }, text);

const addresses = new Map([
  ...DATA.files.map(([path, , , address]) => [path, address]),
  ...DATA.filings.reduce((all, filing) => all.concat(filing.files), []),
]);
const addressOf = (path) => addresses.get(path) || null;

/** A finding. */
function article(finding) {
  const place = [finding.sheet, finding.cell].filter(Boolean).join(" ") || "整个文件";
  const rule = RULES.get(finding.rule);
  const code = el("a", { href: `#rule-${finding.rule}`, class: "code", title: rule ? rule.title : null, "data-rule": finding.rule }, finding.rule);
  askFor(numberOf(finding));
  return el(
    "article", { class: finding.severity, tabindex: "-1", "data-index": finding.index, "aria-label": `${WORDS[finding.severity]}，${place}` },
    el(
      "div", { class: "texts" },
      el("p", { class: "line" }, chip(finding.severity, WORDS[finding.severity]), code, el("span", { class: "place" }, place), el("span", { class: "field" }, finding.field)),
      el("p", { class: "message" }, textOf(finding.message)),
      sides(textOf(finding.actual), textOf(finding.expected)),
      el("p", { class: "advice" }, textOf(finding.advice)),
      explanation(textOf(finding.explained)),
      handling(textOf(finding.status), textOf(finding.note)),
      relatedLine(finding),
      el("details", {}, el("summary", {}, "依据"), el("p", {}, textOf(finding.basis))),
    ),
    windowsOf(finding),
  );
}

/** The windows of a finding on its forms; null where there are none, or where they are not there yet. */
function windowsOf(finding) {
  const windows = finding.windows.map((each, at) => windowOf(each, finding, at));
  return windows.length ? el("div", { class: "windows" }, ...windows) : null;
}

/** The filed and the expected value. */
function sides(actual, expected) {
  if (!expected) return null;
  return el(
    "p", { class: "sides" },
    "填报 ", el("b", { class: "actual" }, actual || "空"), " → 应为 ", el("b", { class: "expected" }, expected),
  );
}

/** What the department wrote on the finding in the list of its returned copy. */
function explanation(text) {
  return text ? el("p", { class: "explained" }, `单位说明：${text}`) : null;
}

/** The notes of the officer on the finding in the workbook. */
function handling(status, note) {
  return status || note ? el("p", { class: "handled" }, `处理：${[status, note].filter(Boolean).join("，")}`) : null;
}

/** The related cells of a finding, by sheet. */
function relatedLine(finding) {
  if (!finding.related.length) return null;
  const places = new Map();
  for (const [path, sheet, cell] of finding.related) {
    const file = textOf(path) === finding.path ? "" : `〔${baseName(textOf(path))}〕`;
    const head = `${file}${textOf(sheet)}`;
    if (!places.has(head)) places.set(head, []);
    if (cell >= 0) places.get(head).push(textOf(cell));
  }
  const said = [...places].map(([head, cells]) => [head, [...new Set(cells)].join("、")].filter(Boolean).join(" "));
  return el("p", { class: "related" }, `相关：${said.join("；")}`);
}

/** A window on a form, with the cell to correct and the related cells marked. */
function windowOf([at, rows, left, right, marked, related], finding, order) {
  const sheet = DATA.sheets[at];
  const cells = cellsOf(sheet);
  const table = el("table", { class: "window" });
  const other = sheet.path === finding.path ? "" : `〔${baseName(sheet.path)}〕`;
  if (order || !marked) table.append(el("caption", {}, `相关：${other}${sheet.name}`));
  table.append(el("tr", { class: "letters" }, el("td", {}), ...range(left, right).map((column) => el("td", {}, letters(column)))));
  rows.forEach((row, index) => {
    if (index && rows[index - 1] + 1 < row) table.append(gap(right - left + 2));
    const line = el("tr", {}, el("td", { class: "row" }, String(sheet.rows[row] || row)));
    const until = lastOfRun(rows, index);
    for (let column = left; column <= right; column += 1) {
      const cell = cells.get(`${row},${column}`);
      const first = index === 0 || rows[index - 1] + 1 < row;
      if (!cell) line.append(el("td", { class: markOf(null, row, column, marked, related) }));
      else if (column === Math.max(cell.left, left) && (row === cell.top || first)) line.append(cellNode(cell, row, until, left, right, marked, related));
    }
    table.append(line);
  });
  return table;
}

/** The last row of those that follow each other without a gap. */
function lastOfRun(rows, index) {
  let at = index;
  while (at + 1 < rows.length && rows[at + 1] === rows[at] + 1) at += 1;
  return rows[at];
}

function cellNode(cell, row, until, left, right, marked, related) {
  const mark = markOf(cell, row, cell.left, marked, related);
  const text = el("span", { class: "t" }, cell.text);
  const down = Math.min(cell.bottom, until) - row + 1;
  const across = Math.min(cell.right, right) - Math.max(cell.left, left) + 1;
  return el("td", {
    rowspan: down > 1 ? down : null, colspan: across > 1 ? across : null,
    class: [cell.filed ? "filled" : "printed", mark].filter(Boolean).join(" "),
    title: cell.text.length > 12 ? cell.text : null, "aria-label": mark === "marked" ? `${cell.text || "空"}（要改的单元格）` : null,
  }, text);
}

/** The mark of a cell: it is the cell to correct, a related cell, or neither. */
function markOf(cell, row, column, marked, related) {
  const { top, bottom, left, right } = cell || { top: row, bottom: row, left: column, right: column };
  const holds = (at) => at && top <= at[0] && at[0] <= bottom && left <= at[1] && at[1] <= right;
  return holds(marked) ? "marked" : related.some(holds) ? "related-cell" : null;
}

const gap = (columns) => el("tr", { class: "gap" }, el("td", { colspan: columns }, "⋮"));
const range = (first, last) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

function letters(column) {
  const rest = Math.floor((column - 1) / 26);
  return (rest ? letters(rest) : "") + String.fromCharCode(65 + ((column - 1) % 26));
}

/** The cells of a sheet by every row and column they cover. */
function cellsOf(sheet) {
  if (!sheet.known) {
    sheet.known = new Map();
    for (let at = 0; at < sheet.cells.length; at += 6) {
      const [top, left, bottom, right, text, filed] = sheet.cells.slice(at, at + 6);
      const cell = { top, left, bottom, right, text: textOf(text), filed: filed === 1 };
      for (let row = top; row <= bottom; row += 1) {
        for (let column = left; column <= right; column += 1) sheet.known.set(`${row},${column}`, cell);
      }
    }
  }
  return sheet.known;
}
