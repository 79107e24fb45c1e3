// Details: what a page that would be too large leaves to files beside it. They are loaded when a department is looked at.

const FOLDER = "review.data";
const PARTS = [...new Set(DATA.parts || [])].filter((number) => number >= 0);
const MISSING = `旁边没有 ${FOLDER} 文件夹，或者它不是同一次审核的：只能看这个网页里有的内容。请把它和这个网页放在一起再打开；全部问题在 review.xlsx。`;
/** The parts that were asked for, by number: what to do when each is there or missing. */
const asked = new Map();
let isMissing = false;
const NUMBERS_OF_TEXTS = DATA.columns.map((name) => !["severity", "filing", "related", "windows", "key"].includes(name));

/** The findings that stand only in parts that are not loaded yet. */
function outstanding() {
  if (!DATA.parts) return 0;
  const all = ROWS.reduce((sum, row) => sum + row.counts.reduce((some, each) => some + each), 0);
  return all - FINDINGS.length;
}

/** Ask for the part with the findings of a filing, unless it was asked for. */
function askFor(filing) {
  const number = (DATA.parts || [])[filing];
  if (number >= 0) askForPart(number);
}

/** Load a part; the promise ends when it is taken, or when it is not there. */
function askForPart(number) {
  if (!asked.has(number)) {
    const script = el("script", { src: `./${FOLDER}/${number}.js` });
    const ended = new Promise((resolve) => {
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => {
        miss();
        resolve();
      });
    });
    asked.set(number, ended.then(() => script.remove()));
    document.head.append(script);
  }
  return asked.get(number);
}

function miss() {
  isMissing = true;
  showDetails();
}

/** Load all parts, some at a time, then draw everything again. */
async function askForAll() {
  $("all-details").disabled = true;
  for (let at = 0; at < PARTS.length && !isMissing; at += 1) {
    $("details-state").textContent = `正在读入 ${at + 1} / ${PARTS.length}`;
    await askForPart(PARTS[at]);
  }
  refresh();
}

/** The line that says what is not loaded, with a button that loads it. */
function showDetails() {
  const node = $("details");
  const left = outstanding();
  node.hidden = !isMissing && !left;
  if (node.hidden) return;
  node.textContent = "";
  if (isMissing) node.append(MISSING);
  else {
    fill(node, {}, [
      el("span", { id: "details-state" }, `还有 ${left} 条问题在 ${FOLDER} 文件夹，选单位时读入；按规则或者文字找全部单位的，请先`),
      button("全部读入", { id: "all-details" }, askForAll),
    ]);
  }
}

/** Take a part: findings that the page has get their windows, others are added. Called by the part. */
window.xltoolDetails = (number, stamp, data) => {
  if (stamp !== DATA.stamp) {
    miss();
    return;
  }
  const [texts, sheets] = [DATA.texts.length, DATA.sheets.length];
  for (const text of data.texts) DATA.texts.push(text);
  for (const sheet of data.sheets) {
    for (let at = 4; at < sheet.cells.length; at += 6) sheet.cells[at] = moved(sheet.cells[at], texts);
    DATA.sheets.push(sheet);
  }
  const own = new Map(data.findings.map((row) => [row[1], []]));
  for (const finding of FINDINGS) if (own.has(finding.filing)) own.get(finding.filing).push(finding);
  for (const known of own.values()) known.sort((a, b) => a.index - b.index);
  const before = FINDINGS.length;
  data.findings.forEach((row, place) => takeRow(movedRow(row, texts, sheets), place, own.get(row[1])));
  FINDINGS.sort(byFiling);
  if (FINDINGS.length > before) searched = null;
  const isShown = [...own.keys()].some((filing) => state.filing && state.filing === (filing < 0 ? NO_FILING : DATA.filings[filing].name));
  if (isShown && FINDINGS.length > before) refresh();
  else addWindows();
  showDetails();
};

/** Take a finding: the page has it if it is the next of those that it has of the filing. */
function takeRow(row, place, known) {
  const taken = findingOf(row, DATA.findings.length, place);
  const next = known[0];
  if (next && next.key === taken.key && textOf(next.message) === textOf(taken.message) && next.cell === taken.cell) {
    known.shift();
    Object.assign(next, { windows: taken.windows, place });
  } else {
    DATA.findings.push(row);
    FINDINGS.push(taken);
  }
}

const moved = (number, by) => (number < 0 ? number : number + by);

/** A finding whose numbers of texts and sheets are those of the page. */
function movedRow(row, texts, sheets) {
  return row.map((value, at) => {
    if (NUMBERS_OF_TEXTS[at]) return moved(value, texts);
    if (DATA.columns[at] === "related") return value.map((place) => place.map((each) => moved(each, texts)));
    if (DATA.columns[at] === "windows") return value.map(([sheet, ...rest]) => [sheet + sheets, ...rest]);
    return value;
  });
}

/** Add the windows to findings that were drawn before they were there. */
function addWindows() {
  const byIndex = new Map(FINDINGS.map((finding) => [String(finding.index), finding]));
  for (const node of document.querySelectorAll("article")) {
    const windows = node.querySelector(".windows") ? null : windowsOf(byIndex.get(node.dataset.index));
    if (windows) node.append(windows);
  }
}
