// 问题: by department and form, each with its surroundings. Drawn piece by piece as they come into sight.

const PIECE = 40;
const MOST_PRINTED = 3000;

/** The list of findings: draws the first piece, and the next ones when they are wanted; `below` stands at its end. */
function findingsList(section, shown, below) {
  const body = el("div", { class: "groups" });
  const rest = el("p", { class: "rest" });
  const next = button("继续显示", { class: "more", id: "more" }, () => extend(PIECE));
  section.append(
    el("h2", { id: "findings-title" }, "问题", el("span", { class: "n" }, `${shown.length} 条`)),
    shown.length ? body : el("p", { class: "none" }, FINDINGS.length ? "没有符合条件的问题。" : "没有发现问题。"), rest, next,
  );
  if (below) section.append(below);
  let drawn = 0;
  let owner = null;
  let group = null;
  let part = null;

  /** Draw some more findings. */
  function extend(count) {
    const piece = shown.slice(drawn, drawn + count);
    for (const one of piece) {
      if (owner !== ownerOf(one)) {
        owner = ownerOf(one);
        group = null;
        part = departmentPart(one, shown);
        body.append(part);
      }
      if (group !== one.group) {
        group = one.group;
        part.append(formHead(one));
      }
      part.append(article(one));
    }
    drawn += piece.length;
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

function departmentPart(one, shown) {
  const own = shown.filter((other) => other.filing === one.filing);
  const counts = SEVERITIES.map((severity) => [severity, own.filter((other) => other.severity === severity).length]);
  const chips = counts.filter(([, count]) => count).map(([severity, count]) => chip(severity, `${WORDS[severity]} ${count}`));
  return el("section", { class: "department", "data-filing": one.filing }, el("h3", {}, ownerOf(one), ...chips));
}

function formHead(one) {
  const name = one.form ? `${one.form}${one.project ? `　${one.project}` : ""}` : "整个文件";
  return el("h4", {}, name, fileLink(baseName(one.path), addressOf(one.path)));
}

const chip = (severity, text) => el("span", { class: `chip ${severity}` }, text);

const addresses = new Map([
  ...DATA.files.map(([path, , , address]) => [path, address]),
  ...DATA.filings.reduce((all, filing) => all.concat(filing.files), []),
]);
const addressOf = (path) => addresses.get(path) || null;

/** One finding. */
function article(one) {
  const place = [one.sheet, one.cell].filter(Boolean).join(" ") || "整个文件";
  const rule = RULES.get(one.rule);
  const code = el("a", { href: `#rule-${one.rule}`, class: "code", title: rule ? rule.title : null, "data-rule": one.rule }, one.rule);
  const windows = one.windows.map((each, at) => windowOf(each, one, at));
  return el(
    "article", { class: one.severity, tabindex: "-1", "data-index": one.index, "aria-label": `${WORDS[one.severity]}，${place}` },
    el(
      "div", { class: "told" },
      el("p", { class: "line" }, chip(one.severity, WORDS[one.severity]), code, el("span", { class: "place" }, place), el("span", { class: "field" }, one.field)),
      el("p", { class: "message" }, textOf(one.message)),
      sides(textOf(one.actual), textOf(one.expected)),
      el("p", { class: "advice" }, textOf(one.advice)),
      handling(textOf(one.status), textOf(one.note)),
      relatedLine(one),
      el("details", {}, el("summary", {}, "依据"), el("p", {}, textOf(one.basis))),
    ),
    windows.length ? el("div", { class: "windows" }, ...windows) : null,
  );
}

/** What was filed and what it should be. */
function sides(actual, expected) {
  if (!expected) return null;
  return el(
    "p", { class: "sides" },
    "填报 ", el("b", { class: "actual" }, actual || "空"), " → 应为 ", el("b", { class: "expected" }, expected),
  );
}

/** What an officer noted beside the finding in the workbook. */
function handling(status, note) {
  return status || note ? el("p", { class: "handled" }, `处理：${[status, note].filter(Boolean).join("，")}`) : null;
}

/** The other cells a finding rests on, by sheet. */
function relatedLine(one) {
  if (!one.related.length) return null;
  const places = new Map();
  for (const [path, sheet, cell] of one.related) {
    const file = textOf(path) === one.path ? "" : `〔${baseName(textOf(path))}〕`;
    const head = `${file}${textOf(sheet)}`;
    if (!places.has(head)) places.set(head, []);
    if (cell >= 0) places.get(head).push(textOf(cell));
  }
  const said = [...places].map(([head, cells]) => [head, [...new Set(cells)].join("、")].filter(Boolean).join(" "));
  return el("p", { class: "related" }, `相关：${said.join("；")}`);
}

/** A part of a form, the cell to mend marked, the cells it rests on marked otherwise. */
function windowOf([at, rows, left, right, spot, also], one, order) {
  const sheet = DATA.sheets[at];
  const cells = cellsOf(sheet);
  const table = el("table", { class: "window" });
  const other = sheet.path === one.path ? "" : `〔${baseName(sheet.path)}〕`;
  if (order || !spot) table.append(el("caption", {}, `相关：${other}${sheet.name}`));
  table.append(el("tr", { class: "letters" }, el("td", {}), ...range(left, right).map((column) => el("td", {}, letters(column)))));
  rows.forEach((row, index) => {
    if (index && rows[index - 1] + 1 < row) table.append(gap(right - left + 2));
    const line = el("tr", {}, el("td", { class: "row" }, String(sheet.rows[row] || row)));
    const until = lastOfRun(rows, index);
    for (let column = left; column <= right; column += 1) {
      const cell = cells.get(`${row},${column}`);
      const first = index === 0 || rows[index - 1] + 1 < row;
      if (!cell) line.append(el("td", { class: marked(null, row, column, spot, also) }));
      else if (column === Math.max(cell.left, left) && (row === cell.top || first)) line.append(cellNode(cell, row, until, left, right, spot, also));
    }
    table.append(line);
  });
  return table;
}

/** The last of the rows that follow each other without a gap. */
function lastOfRun(rows, index) {
  let at = index;
  while (at + 1 < rows.length && rows[at + 1] === rows[at] + 1) at += 1;
  return rows[at];
}

function cellNode(cell, row, until, left, right, spot, also) {
  const mark = marked(cell, row, cell.left, spot, also);
  const text = el("span", { class: "t" }, cell.text);
  const down = Math.min(cell.bottom, until) - row + 1;
  const across = Math.min(cell.right, right) - Math.max(cell.left, left) + 1;
  return el("td", {
    rowspan: down > 1 ? down : null, colspan: across > 1 ? across : null,
    class: [cell.filed ? "filled" : "printed", mark].filter(Boolean).join(" "),
    title: cell.text.length > 12 ? cell.text : null, "aria-label": mark === "spot" ? `${cell.text || "空"}（要改的单元格）` : null,
  }, text);
}

/** Whether a cell is the one to mend or one it rests on. */
function marked(cell, row, column, spot, also) {
  const { top, bottom, left, right } = cell || { top: row, bottom: row, left: column, right: column };
  const holds = (at) => at && top <= at[0] && at[0] <= bottom && left <= at[1] && at[1] <= right;
  return holds(spot) ? "spot" : also.some(holds) ? "also" : null;
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
