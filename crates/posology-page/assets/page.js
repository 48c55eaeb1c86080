// Small helps; the page works without them.
"use strict";
// An answer that was exchanged is announced and scrolled to, as a new page would be.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target && event.detail.target.id === "answer") {
    const heading = document.querySelector("#difference") || document.querySelector("#answer h1");
    if (heading) {
      heading.setAttribute("tabindex", "-1");
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: "nearest" });
    }
  }
});
// A request that fails must not look like an answer that stayed the same.
document.addEventListener("htmx:responseError", () => tell());
document.addEventListener("htmx:sendError", () => tell());
function tell() {
  let box = document.getElementById("failed");
  if (!box) {
    box = document.createElement("p");
    box.id = "failed";
    box.className = "failed";
    box.setAttribute("role", "alert");
    document.body.append(box);
  }
  box.textContent = "The service did not answer: what is shown is of before. Try again.";
}
document.addEventListener("htmx:afterSwap", () => document.getElementById("failed")?.remove());
// A file is opened as soon as it is chosen.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input instanceof HTMLInputElement && input.id === "file" && input.files.length > 0) {
    input.form.setAttribute("action", "/enter");
    input.form.submit();
  }
});
