"use strict";
// Files that are dropped or chosen are sent some at a time, each as the body of a request of its own.

(() => {
  const SENDERS = 4;
  for (const zone of document.querySelectorAll(".drop")) prepare(zone);

  function prepare(zone) {
    const state = zone.querySelector(".drop-state");
    const failed = zone.querySelector(".drop-failed");
    const send = (list) => sendAll(list, zone.dataset.to, state, failed);
    for (const input of zone.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => {
        send([...input.files].map((file) => [file.webkitRelativePath || file.name, file]));
      });
    }
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", async (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
      const plain = [...event.dataTransfer.files].map((file) => [file.name, file]);
      const listed = [];
      for (const entry of entries.filter(Boolean)) listed.push(...await filesOf(entry, ""));
      send(listed.length ? listed : plain);
    });
  }

  /** The files of an entry that was dropped, with their paths. */
  async function filesOf(entry, before) {
    const path = before + entry.name;
    if (entry.isFile) {
      return [[path, await new Promise((resolve, reject) => { entry.file(resolve, reject); })]];
    }
    const reader = entry.createReader();
    const listed = [];
    for (;;) {
      const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
      if (!some.length) return listed;
      for (const each of some) listed.push(...await filesOf(each, `${path}/`));
    }
  }

  const isOwn = (path) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return !name.startsWith(".") && !name.startsWith("~$") && name.toLowerCase() !== "thumbs.db";
  };

  /** Paths without the folder around the folders of departments: 报送/水利局/附件1.xlsx is 水利局/附件1.xlsx. */
  function withoutOuter(files) {
    const parts = files.map(([path]) => path.split("/"));
    const isOuter = parts.length && parts.every((each) => each.length > 2 && each[0] === parts[0][0]);
    return isOuter ? files.map(([path, file]) => [path.slice(path.indexOf("/") + 1), file]) : files;
  }

  async function sendAll(list, to, state, failed) {
    const files = withoutOuter(list.filter(([path]) => isOwn(path)));
    if (!files.length) return;
    document.body.dataset.sending = "yes";
    failed.textContent = "";
    let saved = 0;
    let same = 0;
    const waiting = files.slice();
    const sender = async () => {
      while (waiting.length) {
        const [path, file] = waiting.shift();
        state.textContent = `正在收下 ${files.length - waiting.length} / ${files.length}：${path}`;
        const reason = await sendFile(path, file, to);
        if (reason === "已收下") saved += 1;
        else if (reason === "已有同样的文件") same += 1;
        else failed.append(line(`${path}：${reason}`));
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
    delete document.body.dataset.sending;
    const rest = same ? `，${same} 个以前已经收过` : "";
    state.textContent = `收下 ${saved} 个文件${rest}${failed.childNodes.length ? "；下面这些没有收下：" : "。"}`;
    if (!failed.childNodes.length) location.reload();
  }

  async function sendFile(path, file, to) {
    try {
      const query = new URLSearchParams({ to, name: path });
      const answer = await fetch(`/上传?${query}`, { method: "POST", body: file });
      const text = await answer.text();
      return answer.ok || text.length < 300 ? text : `没有收下（${answer.status}）`;
    } catch (error) {
      return "没有收下：文件读不出来，或程序已经结束";
    }
  }

  function line(text) {
    const node = document.createElement("li");
    node.textContent = text;
    return node;
  }
})();
