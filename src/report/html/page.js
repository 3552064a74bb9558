"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const all = (query, from = document) => [...from.querySelectorAll(query)];

  at("theme").addEventListener("click", () => {
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  });

  const table = at("findings");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  // The address keeps what is chosen, so a view can be sent to somebody or opened again.
  const state = new URLSearchParams(location.hash.slice(1));
  const choose = (key, value) => {
    value ? state.set(key, value) : state.delete(key);
    show();
    history.replaceState(null, "", "#" + state);
  };

  const fits = (row) => {
    const { severity, rule, path, day, state: where } = row.dataset;
    const is = (key, value) => !state.get(key) || state.get(key) === value;
    const words = (state.get("search") || "").toLowerCase().split(/\s+/).filter(Boolean);
    return is("severity", severity) && is("state", where) && is("rule", rule) && is("path", path)
      && day.startsWith(state.get("day") || "") && words.every((word) => texts.get(row).includes(word));
  };

  const compare = (key) => (one, other) => {
    const [a, b] = [one.dataset, other.dataset];
    const text = (x, y) => (x < y ? -1 : x > y ? 1 : 0);
    const place = text(a.path, b.path) || a.line - b.line;
    return (key === "severity" ? a.rank - b.rank : text(a[key], b[key])) || place;
  };

  const show = () => {
    const sort = state.get("sort");
    if (sort) {
      const [key, down] = [sort.replace(/^-/, ""), sort.startsWith("-")];
      const sorted = [...rows].sort(compare(key));
      body.append(...(down ? sorted.reverse() : sorted));
      for (const button of all("th button", table)) {
        const order = button.dataset.sort !== key ? "none" : down ? "descending" : "ascending";
        button.parentElement.setAttribute("aria-sort", order);
      }
    }
    let count = 0;
    for (const row of rows) {
      row.hidden = !fits(row);
      if (!row.hidden) count += 1;
    }
    at("count").textContent = `${count} of ${rows.length}`;
    at("search").value = state.get("search") || "";
    at("severity").value = state.get("severity") || "";
    at("state").value = state.get("state") || "";
    at("chosen").textContent = ["rule", "path", "day"].map((key) => state.get(key)).filter(Boolean).join(" · ");
    for (const bar of all(".timeline g")) bar.classList.toggle("on", bar.dataset.day === state.get("day"));
  };

  at("filters").addEventListener("submit", (event) => event.preventDefault());
  for (const id of ["search", "severity", "state"]) {
    at(id).addEventListener("input", (event) => choose(id, event.target.value));
  }
  at("clear").addEventListener("click", () => {
    for (const key of ["search", "severity", "state", "rule", "path", "day"]) state.delete(key);
    choose("search", "");
  });
  for (const button of all("th button", table)) {
    button.addEventListener("click", () => {
      const key = button.dataset.sort;
      choose("sort", state.get("sort") === key ? "-" + key : key);
    });
  }
  for (const key of ["rule", "path"]) {
    for (const button of all(`.chart button[data-${key}]`)) {
      const name = button.dataset[key];
      button.addEventListener("click", () => choose(key, state.get(key) === name ? "" : name));
    }
  }
  for (const bar of all(".timeline g")) {
    const { day } = bar.dataset;
    const toggle = () => choose("day", state.get("day") === day ? "" : day);
    bar.addEventListener("click", toggle);
    bar.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); toggle(); }
    });
  }
  show();
})();
