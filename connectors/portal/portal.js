for (const button of document.querySelectorAll("[data-open-assistant]")) {
  button.addEventListener("click", () => document.querySelector("tro-ly-hanh-chinh")?.open());
}
