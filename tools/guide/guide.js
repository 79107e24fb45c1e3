"use strict";
const small = () => document.querySelectorAll(".large").forEach((figure) => figure.classList.remove("large"));
for (const image of document.querySelectorAll("figure img"))
  image.addEventListener("click", () => image.parentElement.classList.toggle("large"));
document.addEventListener("keydown", (event) => event.key === "Escape" && small());
for (const button of document.querySelectorAll("button[data-part]"))
  button.addEventListener("click", () => {
    small();
    document.body.dataset.print = button.dataset.part;
    window.print();
  });
