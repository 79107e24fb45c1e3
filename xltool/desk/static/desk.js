"use strict";
// Every page says now and then that it is open, shows the progress of the job, and says when the server is gone.
// For Chromium 80 and later, because the browsers of offices are old. Texts go in as text nodes, never as markup.

(() => {
  const ALIVE = 20000;
  const lost = document.getElementById("lost");

  /** Tell the server that this page is open; show where it does not answer. */
  async function sayAlive() {
    try {
      const answer = await fetch("/在", { cache: "no-store" });
      lost.hidden = answer.ok;
    } catch (error) {
      lost.hidden = false;
    }
  }
  setInterval(sayAlive, ALIVE);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) sayAlive(); });

  const job = document.getElementById("job");
  if (job && job.dataset.state === "running") followJob();

  /** Show how the job goes on; its own page then shows its end, and others lead there: something may be typed in them. */
  function followJob() {
    const source = new EventSource("/进度");
    const label = document.getElementById("job-label");
    const count = document.getElementById("job-count");
    const item = document.getElementById("job-item");
    const bar = document.getElementById("job-bar");
    source.onmessage = (event) => {
      const state = JSON.parse(event.data);
      if (!state || state.state !== "running") {
        source.close();
        if (decodeURIComponent(location.pathname) === job.dataset.page) location.reload();
        else leadToEnd();
        return;
      }
      label.textContent = state.label;
      count.textContent = state.total ? `${state.done} / ${state.total}` : "";
      item.textContent = state.item;
      bar.max = state.total || 1;
      bar.value = state.done;
    };
  }

  function leadToEnd() {
    const link = document.createElement("a");
    link.href = job.dataset.page;
    link.className = "button";
    link.textContent = "已结束，去看";
    job.querySelector("form").replaceWith(link);
    document.getElementById("job-bar").hidden = true;
    for (const name of ["label", "count", "item"]) document.getElementById(`job-${name}`).textContent = "";
  }

  for (const form of document.querySelectorAll("form[data-ask]")) {
    form.addEventListener("submit", (event) => { if (!window.confirm(form.dataset.ask)) event.preventDefault(); });
  }
})();
