"use strict";
for (const button of document.querySelectorAll("button[data-part]"))
  button.addEventListener("click", () => {
    document.body.dataset.print = button.dataset.part;
    window.print();
  });
