"use strict";
// A file is sent as the body of a request, and the result is put into the page.

(() => {
  const zone = document.getElementById("single");
  const state = zone.querySelector(".drop-state");
  let result = document.getElementById("result");

  zone.querySelector("input").addEventListener("change", (event) => {
    if (event.target.files.length) check(event.target.files[0]);
    event.target.value = "";
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const files = event.dataTransfer.files;
    if (files.length > 1) state.textContent = "一次一个文件；几张表要一起核对的，打成一个 .zip";
    else if (files.length) check(files[0]);
  });

  async function check(file) {
    state.textContent = `正在核对 ${file.name}`;
    result.textContent = "";
    try {
      const answer = await fetch(`/单张?${new URLSearchParams({ name: file.name })}`, { method: "POST", body: file });
      const text = await answer.text();
      if (!answer.ok) {
        state.textContent = text.length < 500 && !text.startsWith("<") ? text : "没有核对成，请再试一次";
        return;
      }
      const shown = new DOMParser().parseFromString(text, "text/html").getElementById("result");
      result.replaceWith(shown);
      result = shown;
      state.textContent = "";
      shown.focus();
    } catch (error) {
      state.textContent = "没有核对成：文件读不出来，或程序已经结束";
    }
  }
})();
