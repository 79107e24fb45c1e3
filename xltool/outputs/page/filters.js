// The state of the filters. It stands in the address of the page, so that a view can be shared.

/** The severities shown at first: errors and warnings; hints only where there is nothing else. */
const OPENING = FINDINGS.some((finding) => finding.severity !== "info") ? SEVERITIES.filter((each) => each !== "info") : SEVERITIES;
const opening = () => ({ search: "", filing: "", rule: "", severities: new Set(OPENING), forms: new Set(FORMS) });
const state = opening();

/** The texts of each finding that are searched; computed at the first search, because it takes a moment. */
let searched = null;
function searchedTexts() {
  if (searched === null) {
    const folded = DATA.texts.map(fold);
    const names = DATA.filings.map((filing) => fold(filing.name));
    const known = (at) => (at < 0 ? "" : folded[at]);
    const at = (name) => DATA.columns.indexOf(name);
    const kept = ["project", "message", "field", "cell", "rule", "form", "actual", "path", "status", "note", "explained"].map(at);
    searched = DATA.findings.map((row) => (
      [row[1] < 0 ? fold(NO_FILING) : names[row[1]], ...kept.map((column) => known(row[column]))].join("\n")
    ));
  }
  return searched;
}

/** Whether the shown severities are those shown at first. */
const isOpening = () => state.severities.size === OPENING.length && OPENING.every((each) => state.severities.has(each));

/** Whether all filters are as they were at first. */
const isUnfiltered = () => (
  !state.search.trim() && !state.filing && !state.rule && isOpening() && state.forms.size === FORMS.length
);

/** The findings that pass every filter; of several words, a finding must contain all. */
const chosen = () => passing().filter((finding) => state.severities.has(finding.severity));

/** The findings that pass every filter except the severity. */
function passing() {
  const words = fold(state.search).split(/\s+/).filter(Boolean);
  const texts = words.length ? searchedTexts() : [];
  const allForms = state.forms.size === FORMS.length;
  return FINDINGS.filter((finding) => (
    (allForms || state.forms.has(finding.form))
    && (!state.rule || finding.rule === state.rule)
    && (!state.filing || ownerOf(finding) === state.filing)
    && words.every((word) => texts[finding.index].includes(word))
  ));
}

/** Write the state into the address. */
function remember() {
  const words = new URLSearchParams();
  if (state.search.trim()) words.set("q", state.search.trim());
  if (state.filing) words.set("d", state.filing);
  if (state.rule) words.set("r", state.rule);
  if (!isOpening()) words.set("s", [...state.severities].join(","));
  if (state.forms.size < FORMS.length) words.set("f", [...state.forms].join(","));
  const hash = `#${words}`;
  if (hash === (location.hash || "#")) return;
  try {
    history.replaceState(null, "", hash);
  } catch (refused) {
    location.hash = hash; // some browsers do not let a local file replace its address
  }
}

/** Read the state from the address; unknown values are ignored. */
function recall() {
  const words = new URLSearchParams(location.hash.slice(1));
  const listed = (name, all, otherwise) => {
    const given = words.has(name) ? words.get(name).split(",") : otherwise;
    return new Set(all.filter((each) => given.includes(each)));
  };
  state.search = words.get("q") || "";
  state.filing = words.get("d") || "";
  state.rule = words.get("r") || "";
  state.severities = listed("s", SEVERITIES, OPENING);
  state.forms = listed("f", FORMS, FORMS);
}

/** Reset all filters. */
const clear = () => Object.assign(state, opening());

/** Show only the findings of a rule, whatever their severity. */
function chooseRule(code) {
  state.rule = code;
  for (const finding of FINDINGS) if (finding.rule === code) state.severities.add(finding.severity);
}

/** The bar with the filters; `changed` is called whenever a filter changes. */
function filterBar(changed) {
  const search = el("input", {
    type: "search", id: "search", placeholder: "搜索单位、问题、栏目", autocomplete: "off",
    "aria-label": "搜索", "aria-keyshortcuts": "/",
  });
  search.addEventListener("input", () => {
    state.search = search.value;
    changed();
  });
  const filing = choice("单位", "filing", filingOptions(), (value) => {
    state.filing = value;
    changed();
  });
  const rule = choice("规则", "rule", ruleOptions(), (value) => {
    chooseRule(value);
    changed();
  });
  const severities = toggles("严重程度", state, "severities", SEVERITIES, (each) => WORDS[each], changed);
  const forms = toggles("表", state, "forms", FORMS, (each) => each, changed);
  const count = el("output", { id: "count", "aria-live": "polite" });
  const reset = button("清除", { id: "clear", "aria-keyshortcuts": "Escape" }, () => {
    clear();
    changed();
  });
  return {
    nodes: [search, filing, rule, severities.node, forms.node, reset, count, printing()],
    /** Show the state in the bar, and the number of findings that pass. */
    show(shown) {
      if (search.value !== state.search) search.value = state.search;
      filing.lastChild.value = state.filing;
      rule.lastChild.value = state.rule;
      severities.show();
      forms.show();
      reset.disabled = isUnfiltered();
      count.textContent = shown === FINDINGS.length ? `共 ${shown} 条问题` : `显示 ${shown} 条，共 ${FINDINGS.length} 条`;
    },
  };
}

/** The print button, and the option that each department begins a new page. */
function printing() {
  const pages = el("input", { type: "checkbox", id: "pages" });
  pages.addEventListener("change", () => document.body.classList.toggle("by-department", pages.checked));
  const label = el("label", { class: "check", title: "打印时每个单位另起一页，并印出资金和得分图" }, pages, "每单位一页");
  return el("span", { class: "printing" }, button("打印", { id: "print" }, () => window.print()), label);
}

function choice(label, id, options, onChange) {
  const select = el("select", { id }, ...options);
  select.addEventListener("change", () => onChange(select.value));
  return el("label", { class: "choice" }, el("span", { class: "hidden" }, label), select);
}

function filingOptions() {
  const counts = new Map();
  if (DATA.parts) for (const row of ROWS) counts.set(row.name, row.counts.reduce((all, each) => all + each));
  else for (const finding of FINDINGS) counts.set(ownerOf(finding), (counts.get(ownerOf(finding)) || 0) + 1);
  const names = [...new Set([...DATA.filings.map((filing) => filing.name), ...counts.keys()])];
  const options = names.map((name) => el("option", { value: name }, `${name}（${counts.get(name) || 0}）`));
  return [el("option", { value: "" }, `全部单位（${DATA.filings.length}）`), ...options];
}

function ruleOptions() {
  const rules = [...RULES.values()].filter((rule) => rule.hits);
  const options = rules.map((rule) => el("option", { value: rule.code }, `${rule.code} ${rule.title}（${rule.hits}）`));
  return [el("option", { value: "" }, `全部规则（${rules.length}）`), ...options];
}

/** Toggle buttons, each with its number of findings. */
function toggles(label, held, key, all, word, changed) {
  const field = key === "severities" ? "severity" : "form";
  const counts = all.map(() => el("span", { class: "n" }));
  const nodes = all.map((each, at) => {
    const node = button(word(each), { class: `toggle ${each}`, "data-value": each }, () => {
      if (!held[key].delete(each)) held[key].add(each);
      changed();
    });
    node.append(counts[at]);
    return node;
  });
  let counted = -1;
  /** Count again where findings have come since. */
  const recount = () => {
    if (counted === FINDINGS.length) return;
    counted = FINDINGS.length;
    all.forEach((each, at) => {
      counts[at].textContent = String(FINDINGS.filter((finding) => finding[field] === each).length);
    });
  };
  return {
    node: el("span", { class: "toggles", role: "group", "aria-label": label }, ...nodes),
    show: () => {
      recount();
      nodes.forEach((node) => node.setAttribute("aria-pressed", String(held[key].has(node.dataset.value))));
    },
  };
}
