// Pictures of a filing: its funds from budget to spending, and its scores. All bars begin at zero.

const WIDTH = 600;
const LEFT = 92; // start of the bars
const LONGEST_BAR = 270; // width of the longest bar
let drawings = 0;

/** The pictures of a filing side by side; a blank amount is written as such and has no bar. */
function pictures(filing) {
  if (!filing.picture) return el("p", { class: "none" }, "没有附件2、附件3，无法画出资金和得分。");
  return el("div", { class: "pictures" }, fundsPicture(filing), scorePicture(filing));
}

/** The number of forms of the kind that is drawn. */
const copies = (filing) => filing.forms[FORMS.indexOf(filing.picture.form)];

/** The name of the form that is drawn; of several, the first is drawn. */
const drawnFrom = (filing) => (
  copies(filing) > 1 ? `${filing.picture.form}，报送 ${copies(filing)} 份，图按第一份` : filing.picture.form
);

function drawing(title, description, height, parts) {
  drawings += 1;
  const id = `drawing-${drawings}`;
  return draw(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-labelledby": `${id}-t ${id}-d` },
    draw("title", { id: `${id}-t` }, title), draw("desc", { id: `${id}-d` }, description), ...parts,
  );
}

const bar = (kind, x, y, width, height) => draw("rect", { class: kind, x, y, width: Math.max(width, 1), height });
const word = (kind, x, y, text) => draw("text", { class: kind, x, y }, text);

/** 年初预算 → 全年预算 → 全年执行, the kinds of spending, and the projects. */
function fundsPicture(filing) {
  const { form, funds, kinds, projects } = filing.picture;
  const isOnly = copies(filing) === 1;
  const lines = fundLines(funds, kinds, form === "附件2" && isOnly ? projects : []);
  const most = Math.max(0, ...lines.map((line) => line.parts.reduce((sum, part) => sum + Math.max(part.amount, 0), 0)));
  const scale = most > 0 ? LONGEST_BAR / most : 0;
  const parts = [];
  lines.forEach((line, index) => {
    const y = 8 + index * 34;
    parts.push(word("label", LEFT - 8, y + 14, line.label));
    let x = LEFT;
    for (const part of line.parts) {
      const width = Math.max(part.amount, 0) * scale;
      if (width > 0) parts.push(withTitle(bar(part.kind, x, y, width, 20), `${part.name} ${money(part.amount)} 万元`));
      x += width;
    }
    const next = lines[index + 1];
    if (line.flows && next && next.flows) parts.unshift(funnel(x, y + 20, LEFT + next.parts[0].amount * scale, y + 34));
    parts.push(draw("text", { class: "value", x: x + 6, y: y + 14 }, line.value, note(line.note)));
  });
  const description = lines.map((line) => `${line.label}${line.value}${line.note ? `，${line.note}` : ""}`).join("；");
  const title = `资金（万元，${drawnFrom(filing)}）`;
  return el("figure", {}, el("figcaption", {}, title), drawing(`${filing.name} ${title}`, description, 8 + lines.length * 34, parts));
}

const note = (text) => (text ? draw("tspan", { class: "note", dx: 8 }, text) : null);

function withTitle(node, text) {
  node.append(draw("title", {}, text));
  return node;
}

/** The connection between a bar and the next. */
const funnel = (right, top, nextRight, bottom) => (
  draw("polygon", { class: "flow", points: `${LEFT},${top} ${right},${top} ${nextRight},${bottom} ${LEFT},${bottom}` })
);

/** The lines of the picture, each with its parts, its value in words and a note. */
function fundLines([initial, budget, executed], [basic, project], projects) {
  const lines = [
    fundLine("年初预算", "initial", initial, ""),
    fundLine("全年预算", "budget", budget, ratio(budget, initial, (share) => `比年初 ${signed(share - 1)}`)),
    fundLine("全年执行", "executed", executed, ratio(executed, budget, (share) => `执行率 ${percent(share)}`)),
  ];
  if (basic !== null && project !== null) {
    const off = executed !== null && Math.abs(basic + project - executed) > 0.015;
    lines.push({
      label: "支出性质",
      parts: [{ name: "基本支出", kind: "basic", amount: basic }, { name: "项目支出", kind: "project", amount: project }],
      value: `基本 ${money(basic)}，项目 ${money(project)}`,
      note: off ? `合计 ${money(basic + project)}，与全年执行不一致` : "",
    });
  }
  const known = projects.filter(([, amount]) => amount !== null);
  if (projects.length) lines.push(projectLine(known, projects.length, project));
  return lines;
}

function projectLine(known, count, project) {
  const sum = known.reduce((total, [, amount]) => total + amount, 0);
  const blank = count - known.length;
  const share = ratio(known.length ? sum : null, project, (value) => `占项目支出 ${percent(value)}`);
  return {
    label: "附件3项目",
    parts: known.map(([name, amount], index) => ({ name: name || "未填名称的项目", kind: `part${index % 2}`, amount })),
    value: `${count} 个，${known.length ? money(sum) : "未填执行数"}`,
    note: blank && known.length ? `${blank} 个未填执行数` : share,
  };
}

const fundLine = (label, kind, amount, note) => ({
  label,
  flows: amount !== null && amount >= 0,
  parts: amount === null ? [] : [{ name: label, kind, amount }],
  value: amount === null ? "未填" : money(amount),
  note: amount === null ? "" : note,
});

/** A share in words; "" where a number is missing. */
const ratio = (part, whole, describe) => (part === null || whole === null || whole <= 0 ? "" : describe(part / whole));

const signed = (share) => `${share > 0 ? "+" : ""}${percent(share)}`;

/** Scores by 一级指标: the weight as a frame, the filed score inside, the recomputed score below. */
function scorePicture(filing) {
  const { bars } = filing.picture;
  const drawn = bars.filter(([, weight, filed, recomputed]) => weight !== null || filed !== null || recomputed !== null);
  const scale = LONGEST_BAR / Math.max(1, ...drawn.map(([, ...numbers]) => Math.max(0, ...numbers.map((each) => each || 0))));
  const parts = [];
  const descriptions = [];
  drawn.forEach(([name, weight, filed, recomputed], index) => {
    const y = 6 + index * 36;
    const differs = filed !== null && recomputed !== null && Math.abs(filed - recomputed) > 0.05;
    parts.push(word("label", LEFT - 8, y + 16, name.length > 6 ? `${name.slice(0, 6)}…` : name || "未填指标"));
    if (weight !== null && weight > 0) parts.push(bar("weight", LEFT, y, weight * scale, 25));
    if (filed !== null && filed > 0) parts.push(bar("filed", LEFT, y + 3, filed * scale, 11));
    if (recomputed !== null && recomputed > 0) parts.push(bar(differs ? "differs" : "recomputed", LEFT, y + 16, recomputed * scale, 6));
    const value = `自评 ${filed === null ? "未填" : points(filed)}${weight === null ? "" : ` / ${points(weight)}`}`;
    const again = differs ? `重算 ${points(recomputed)}` : "";
    const x = LEFT + 6 + scale * Math.max(weight || 0, filed || 0, recomputed || 0);
    parts.push(draw("text", { class: "value", x, y: y + 16 }, value, again ? draw("tspan", { class: "off", dx: 8 }, again) : null));
    descriptions.push(`${name} ${value}${again ? `，${again}` : ""}`);
  });
  const title = `得分（${drawnFrom(filing)}）`;
  const caption = el("figcaption", {}, title, legend());
  if (!drawn.length) return el("figure", {}, caption, el("p", { class: "none" }, "没有填写分值和得分。"));
  return el("figure", {}, caption, drawing(`${filing.name} ${title}`, descriptions.join("；"), 8 + drawn.length * 36, parts));
}

const legend = () => el(
  "span", { class: "legend" },
  ...[["weight", "分值"], ["filed", "自评"], ["recomputed", "重算"], ["differs", "重算（与自评不同）"]].map(([kind, text]) => (
    el("span", {}, el("i", { class: `key ${kind}` }), text)
  )),
);
