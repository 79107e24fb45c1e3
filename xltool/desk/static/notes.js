"use strict";
// What the officer decides is saved without leaving the place; where that fails the texts stay in their fields.

(() => {
  for (const form of document.querySelectorAll("form.note")) {
    const saved = form.querySelector(".saved");
    form.addEventListener("input", () => {
      saved.textContent = "还没有保存";
      form.dataset.unsaved = "yes";
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const texts = new URLSearchParams(new FormData(form));
      texts.set("quiet", "yes");
      saved.textContent = "正在保存";
      try {
        const answer = await fetch(form.action, { method: "POST", body: texts });
        const text = await answer.text();
        saved.textContent = answer.ok ? "已保存到 review.xlsx" : reasonIn(text);
        saved.classList.toggle("failed", !answer.ok);
        form.dataset.unsaved = answer.ok ? "" : "yes";
      } catch (error) {
        saved.textContent = "没有保存：程序可能已经结束";
        saved.classList.add("failed");
      }
    });
    form.querySelector("select").addEventListener("change", () => form.requestSubmit && form.requestSubmit());
  }

  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form.note[data-unsaved='yes']")) event.preventDefault();
  });

  /** The sentence in a page that says why something was not done. */
  function reasonIn(page) {
    const shown = new DOMParser().parseFromString(page, "text/html").querySelector(".notice.error");
    return shown ? shown.textContent : "没有保存，请刷新页面再试";
  }
})();
