
(function () {
  "use strict";
  var get = function (id) { return document.getElementById(id); };
  var all = function (s, within) { return Array.prototype.slice.call((within || document).querySelectorAll(s)); };
  var names = ["q", "kind", "target", "outcome"], test = "";
  // One entry for each test: the row that lists it, the card that tells of it, the cell of the matrix it lies in.
  var tests = [];
  all("#all .group").forEach(function (group) {
    all("li", group).forEach(function (row) {
      var card = row.dataset.for ? get(row.dataset.for) : null;
      tests.push({ row: row, card: card, group: group, kind: group.dataset.k, target: row.dataset.t || "",
        outcome: row.dataset.o.split(" "), cell: row.dataset.c || "", text: "" });
    });
  });
  var cells = all("#matrix td[data-c]"), rows = all("#matrix tbody tr"), trends = all(".trend");
  function text(t) {
    if (!t.text) { t.text = (t.row.textContent + " " + t.target + " " + (t.card ? t.card.textContent : "")).toLowerCase(); }
    return t.text;
  }
  function toggle(e, shown) { e.classList.toggle("off", !shown); }
  // Columns where nothing matches go: on a phone the matrix is wider than the screen.
  function columns(active, inside) {
    var seen = new Set(), heads = all("#matrix thead tr:last-child th"), at = 0;
    inside.forEach(function (c) { seen.add(Number(c.split("c")[1])); });
    var shown = heads.map(function (h, i) { return !active || seen.has(i); });
    heads.forEach(function (h, i) { toggle(h, shown[i]); });
    rows.forEach(function (r) { shown.forEach(function (yes, i) { toggle(r.cells[i + 1], yes); }); });
    all("#matrix thead th[data-span]").forEach(function (h) {
      var span = Number(h.dataset.span), left = shown.slice(at, at + span).filter(Boolean).length;
      at += span; toggle(h, left); h.colSpan = left || 1;
    });
  }
  function any(list, selector) { return list.some(function (e) { return e.matches(selector); }); }
  function filter() {
    var words = get("q").value.toLowerCase().split(/\s+/).filter(Boolean);
    var kind = get("kind").value, target = get("target").value, outcome = get("outcome").value;
    var active = words.length || kind || target || outcome, shown = 0, inside = new Set(), groups = new Map();
    tests.forEach(function (t) {
      var yes = (!kind || t.kind === kind) && (!target || t.target === target) &&
        (!outcome || t.outcome.indexOf(outcome) >= 0) && words.every(function (w) { return text(t).indexOf(w) >= 0; });
      toggle(t.row, yes);
      if (t.card) { toggle(t.card, yes); }
      if (yes) { shown += 1; inside.add(t.cell); groups.set(t.group, (groups.get(t.group) || 0) + 1); }
    });
    cells.forEach(function (c) { c.classList.toggle("out", !inside.has(c.dataset.c)); });
    rows.forEach(function (r) { toggle(r, !active || r.querySelector("td[data-c]:not(.out)")); });
    columns(active, inside);
    trends.forEach(function (f) { var said = f.dataset.q.toLowerCase();
      toggle(f, (!target || said.indexOf(target.toLowerCase()) >= 0) && words.every(function (w) { return said.indexOf(w) >= 0; })); });
    all("#all .group").forEach(function (g) { toggle(g, groups.has(g)); g.open = Boolean(active && shown <= 300) && groups.has(g); });
    all("section.told").forEach(function (s) {
      var cards = all(".card", s), left = cards.filter(function (c) { return !c.classList.contains("off"); }).length;
      toggle(s, left); s.querySelector(".of").textContent = left < cards.length ? left + " of " + cards.length : left;
    });
    ["matrix", "trends"].forEach(function (id) {
      if (get(id)) { toggle(get(id), any(id === "matrix" ? rows : trends, ":not(.off)")); } });
    get("shown").textContent = active ? shown + " of " + tests.length + " tests" : tests.length + " tests";
  }
  function keep() {
    var state = new URLSearchParams();
    names.forEach(function (n) { if (get(n).value) { state.set(n, get(n).value); } });
    if (test) { state.set("test", test); }
    try { history.replaceState(null, "", "#" + state); } catch (error) { location.hash = String(state); }
  }
  function go() {
    all(".here").forEach(function (e) { e.classList.remove("here"); });
    var target = test && get("test=" + test);
    if (!target) { return; }
    if (target.classList.contains("off")) { clear(); }
    for (var up = target.closest("details"); up; up = up.parentElement.closest("details")) { up.open = true; }
    target.classList.add("here"); target.scrollIntoView({ block: "start" });
  }
  function read() {
    var state = new URLSearchParams(location.hash.slice(1));
    test = state.get("test") || "";
    // A link to a test alone leaves the filter as it is.
    if (names.some(function (n) { return state.has(n); }) || !test) { names.forEach(function (n) { get(n).value = state.get(n) || ""; }); filter(); }
    else { keep(); }
    go();
  }
  function clear() { names.forEach(function (n) { get(n).value = ""; }); filter(); }
  function copy(button) {
    var code = button.parentElement.querySelector("code"), range = document.createRange();
    range.selectNodeContents(code); getSelection().removeAllRanges(); getSelection().addRange(range);
    var done = function () { button.textContent = "copied"; setTimeout(function () { button.textContent = "copy"; }, 1500); };
    if (navigator.clipboard) { navigator.clipboard.writeText(code.textContent).then(done, function () { if (document.execCommand("copy")) { done(); } }); }
    else if (document.execCommand("copy")) { done(); }
  }
  names.forEach(function (n) { get(n).addEventListener(n === "q" ? "input" : "change", function () { test = ""; filter(); keep(); }); });
  get("clear").addEventListener("click", function () { test = ""; clear(); keep(); go(); });
  all("button.copy").forEach(function (b) { b.hidden = false; b.addEventListener("click", function () { copy(b); }); });
  window.addEventListener("hashchange", read);
  get("filters").hidden = false;
  filter(); read();
})();
