// What plain HTML cannot say: the page's title, which menu entry is here, printing, large type, "please wait".
(function () {
  "use strict";

  function update() {
    const heading = document.querySelector("main h1");
    if (heading) document.title = heading.textContent + " · 明账";
    for (const link of document.querySelectorAll(".site-nav a")) {
      if (link.classList.contains("here")) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const frame = document.querySelector(".frame");
    if (frame) document.documentElement.classList.toggle("large", frame.dataset.type === "large");
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    const button = form.querySelector("button[type=submit]");
    if (form.method.toLowerCase() !== "post" || !button) return;
    if (form.dataset.sent) { event.preventDefault(); return; }  // a second click sends nothing twice
    form.dataset.sent = "1";
    if (form.dataset.busy) button.textContent = form.dataset.busy;
  });

  window.addEventListener("pageshow", function () {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  new MutationObserver(update).observe(document.body, { childList: true, subtree: true });
})();
