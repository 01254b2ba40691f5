(function () {
  "use strict";
  var at = -1, unfolded = false;
  var all = function (s) { return Array.prototype.slice.call(document.querySelectorAll(s)); };
  var headers = all(".h");
  function on(kind) {
    var chip = document.querySelector('.chips button[data-k="' + kind + '"]');
    return !chip || chip.getAttribute("aria-pressed") === "true";
  }
  function visible() { return headers.filter(function (h) { return !h.classList.contains("off"); }); }
  function place() {
    var v = visible();
    document.getElementById("place").textContent = v.length ? (at >= 0 && at < v.length ? (at + 1) + " of " : "") + v.length : "none shown";
  }
  function filter() {
    headers.forEach(function (h) { h.classList.toggle("off", !h.dataset.k.split(" ").some(on)); });
    all(".row[data-k]").forEach(function (r) { r.classList.toggle("plain", !r.dataset.k.split(" ").some(on)); });
    at = -1; headers.forEach(function (h) { h.classList.remove("now"); }); place();
  }
  function go(step) {
    var v = visible();
    if (!v.length) { return; }
    at = at < 0 ? (step > 0 ? 0 : v.length - 1) : (at + step + v.length) % v.length;
    headers.forEach(function (h) { h.classList.remove("now"); });
    var target = v[at], up = target.closest("details");
    while (up) { up.open = true; up = up.parentElement.closest("details"); }
    target.classList.add("now"); target.scrollIntoView({ block: "start" }); place();
  }
  function unfold() { unfolded = !unfolded; all("details.same").forEach(function (d) { d.open = unfolded; });
    document.getElementById("unfold").textContent = unfolded ? "collapse" : "expand"; }
  all(".chips button").forEach(function (b) { b.addEventListener("click", function () {
    b.setAttribute("aria-pressed", b.getAttribute("aria-pressed") === "true" ? "false" : "true"); filter(); }); });
  document.getElementById("next").addEventListener("click", function () { go(1); });
  document.getElementById("prev").addEventListener("click", function () { go(-1); });
  document.getElementById("unfold").addEventListener("click", unfold);
  document.addEventListener("keydown", function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey) { return; }
    if (e.key === "n" || e.key === "j") { go(1); } else if (e.key === "p" || e.key === "k") { go(-1); }
    else if (e.key === "e") { unfold(); } else if (e.key === "t") { document.getElementById("theme").click(); }
  });
  filter();
})();
