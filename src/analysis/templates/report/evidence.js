// The segments behind a number: a link such as #segments?code=T1&group=patient opens the list that the number
// counts. Everything comes from the page's own data; nothing is fetched, nothing is kept.
"use strict";
(() => {
  const source = document.getElementById("evidence-data");
  const dialog = document.getElementById("evidence");
  if (!source || !dialog) return;
  const data = JSON.parse(source.textContent);
  const PAGE = 60; // rows drawn at once; more follow as one scrolls
  const V = data.codes.length;
  const codeAt = new Map(data.codes.map((code, n) => [code.id, n]));
  const groupAt = new Map(data.groups.map((group, n) => [group, n]));
  const coderAt = new Map(data.coders.map((coder, n) => [coder, n]));
  const personAt = new Map(data.people.map((person, n) => [person, n]));
  const below = data.codes.map(() => new Set());
  data.codes.forEach((code, n) => {
    for (let up = n; up >= 0; up = data.codes[up].parent) below[up].add(n);
  });
  const words = data.texts.map((text, n) => `${data.ids[n]} ${text ?? ""}`.toLocaleLowerCase());
  const part = (name) => dialog.querySelector(`[data-part=${name}]`);
  let opener = null;
  let shown = [];
  let drawn = 0;

  const parsed = () => {
    const [kind, query] = decodeURI(location.hash.slice(1)).split("?");
    if (query === undefined || !["segments", "values", "agreement"].includes(kind)) return null; // a section's address
    return { kind, asked: new URLSearchParams(location.hash.slice(location.hash.indexOf("?") + 1)), query };
  };

  // What each coder gave a segment: true, false, a value's place, or null where they did not see it.
  const given = (asked) => {
    const variable = data.variables[asked.get("variable")];
    if (variable) return (segment, coder) => (variable.given[segment][coder] < 0 ? null : variable.given[segment][coder]);
    const code = codeAt.get(asked.get("code"));
    if (code === undefined) return null;
    return (segment, coder) =>
      data.marks[segment].includes(coder * V + code) ? 1 : data.seen[segment].includes(coder) ? 0 : null;
  };

  const wanted = (asked, code) => (asked.get("sub") ? below[code] : new Set([code]));

  // Whether a coder gave a segment the variable's value, or one of the codes; with neither, whether anything.
  const by = (coder, variable, codes) => {
    if (coder === undefined) return () => false;
    const valued = (each, n) => each.given[n][coder] >= 0;
    if (variable) return (n) => valued(variable, n);
    const variables = codes ? [] : Object.values(data.variables);
    return (n) => data.marks[n].some((mark) => Math.floor(mark / V) === coder && (!codes || codes.has(mark % V)))
      || variables.some((each) => valued(each, n));
  };

  const admits = ({ kind, asked }) => {
    const tests = [];
    const add = (name, test) => asked.get(name) && tests.push(test(asked.get(name)));
    const code = codeAt.get(asked.get("code"));
    const variable = data.variables[asked.get("variable")];
    if (kind === "segments" && code !== undefined) {
      const sought = wanted(asked, code);
      const carried = asked.get("side") ? data.sides[asked.get("side")] ?? [] : data.counted;
      tests.push((n) => carried[n]?.some((each) => sought.has(each)));
    }
    if (kind === "values" && variable) {
      const value = variable.values.indexOf(asked.get("value"));
      tests.push((n) => (value < 0 ? variable.counted[n] >= 0 : variable.counted[n] === value));
    }
    const unknown = (asked.get("code") && code === undefined) || (asked.get("variable") && !variable);
    if (unknown) tests.push(() => false);
    const gave = given(asked);
    if (kind === "agreement") {
      const [a, b] = (asked.get("pair") ?? "").split("|").map((coder) => coderAt.get(coder));
      const paired = a !== undefined && b !== undefined;
      if (paired && !gave) tests.push((n) => data.seen[n].includes(a) && data.seen[n].includes(b));
      if (paired && gave) {
        tests.push((n) => gave(n, a) !== null && gave(n, b) !== null);
        const cell = asked.get("cell")?.split(",").map(Number);
        if (cell) tests.push((n) => gave(n, a) === cell[0] && gave(n, b) === cell[1]);
      }
    }
    add("group", (group) => (n) => data.homes[n] === groupAt.get(group));
    add("case", (person) => (n) => data.cases[n] === personAt.get(person));
    add("coder", (coder) => by(coderAt.get(coder), variable, code === undefined ? null : wanted(asked, code)));
    add("agreed", (how) => (n) => agreed(n, gave) === how);
    add("q", (text) => { const sought = text.toLocaleLowerCase(); return (n) => words[n].includes(sought); });
    return (n) => tests.every((test) => test(n));
  };

  const agreed = (segment, gave) => {
    const told = gave
      ? data.coders.map((_, coder) => gave(segment, coder)).filter((each) => each !== null)
      : data.coders.flatMap((_, coder) => (data.seen[segment].includes(coder)
        ? [data.marks[segment].filter((mark) => Math.floor(mark / V) === coder).map((mark) => mark % V).join()] : []));
    if (told.length < 2) return "one coder";
    return told.every((each) => each === told[0]) ? "alike" : "differently";
  };

  const element = (tag, properties = {}, ...children) => {
    const { data: set, aria, ...rest } = properties;
    const made = Object.assign(document.createElement(tag), rest);
    for (const [key, value] of Object.entries(set ?? {})) made.dataset[key] = value;
    for (const [key, value] of Object.entries(aria ?? {})) made.setAttribute(`aria-${key}`, value);
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  };
  const nameOf = (asked) => {
    const code = asked.get("code");
    if (code) return data.codes[codeAt.get(code)]?.name ?? `${code} is not in this report`;
    return asked.get("variable") ?? "All segments";
  };
  const plural = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

  const titled = ({ kind, asked }) => {
    const about = [nameOf(asked), asked.get("value"), asked.get("group")?.replaceAll("_", " "), asked.get("case")];
    const side = kind === "segments" ? asked.get("side") : "";
    const sub = kind === "segments" && asked.get("sub") ? "including subcodes" : "";
    const pair = kind === "agreement" ? (asked.get("pair") ?? "").replace("|", " and ") : "";
    return [...about, side, sub, pair].filter(Boolean).join(", ");
  };

  const select = (name, label, values, chosen) => {
    if (values.length < 2) return null;
    const made = element("select", { name },
      element("option", { value: "", textContent: "all" }),
      ...values.map(([value, text]) => element("option", { value, textContent: text })));
    made.value = chosen ?? "";
    return element("label", {}, `${label} `, made);
  };
  const filters = ({ kind, asked }) => {
    const form = part("filters");
    const search = element("input", { type: "search", name: "q", value: asked.get("q") ?? "", autocomplete: "off" });
    const plain = (values) => values.map((value) => [value, value]);
    form.replaceChildren(...[
      element("label", {}, "Search ", search),
      kind === "values" ? null : select("code", "Theme", data.codes.map((code) => [code.id, code.name]), asked.get("code")),
      select("group", "Group", data.groups.map((group) => [group, group.replaceAll("_", " ")]), asked.get("group")),
      select("coder", "Coder", plain(data.coders), asked.get("coder")),
      select("agreed", "Coded", plain(["alike", "differently", "one coder"]), asked.get("agreed")),
    ].filter(Boolean));
  };

  const crossed = ({ kind, asked }) => {
    const place = part("crossed");
    place.replaceChildren();
    if (kind !== "agreement") return;
    const name = asked.get("variable") ? `variable ${asked.get("variable")}` : asked.get("code");
    const table = data.crossed[name];
    if (!table) {
      if (!name) place.append(element("p", { className: "note", textContent: "Choose a theme for its table." }));
      return;
    }
    const pairs = Object.keys(table.pairs);
    const pair = pairs.includes(asked.get("pair")) ? asked.get("pair") : pairs[0];
    if (!pair) return place.append(element("p", { className: "note", textContent: "No table by pair: fewer than two coders, or more than twenty." }));
    const [a, b] = pair.split("|");
    const cell = (i, j, n) => {
      const button = element("button", { type: "button", textContent: String(n), disabled: data.unit !== "segment",
        onclick: () => refine({ pair, cell: `${i},${j}` }) });
      button.setAttribute("aria-label", `${n}: ${a} ${table.words[i]}, ${b} ${table.words[j]}`);
      return element("td", { className: i === j ? "number same" : "number" }, button);
    };
    const chooser = pairs.length > 1 ? select("pair", "Pair", pairs.map((each) => [each, each.replace("|", " and ")]), pair) : null;
    const head = element("tr", {}, element("th", { scope: "col", textContent: `${a} \\ ${b}` }),
      ...table.words.map((word) => element("th", { scope: "col", className: "number", textContent: word })));
    const rows = table.pairs[pair].map((row, i) => element("tr", {}, element("th", { scope: "row", textContent: table.words[i] }),
      ...row.map((n, j) => cell(i, j, n))));
    place.append(...[chooser,
      element("table", {}, element("caption", { textContent: `What ${a} (rows) and ${b} (columns) gave the ${data.unit}s that both coded` }),
        element("thead", {}, head), element("tbody", {}, ...rows)),
      data.unit === "segment" ? null : element("p", { className: "note", textContent:
        `The coefficient is computed on ${data.unit}s; below are the segments that coders marked.` })].filter(Boolean));
  };

  const row = (n, asked) => {
    const gave = given(asked);
    const variable = data.variables[asked.get("variable")];
    const person = data.people[data.cases[n]] ?? "";
    const marks = data.coders.flatMap((coder, m) => {
      if (variable) {
        const value = gave(n, m);
        return value === null ? [] : [`${coder}: ${variable.values[value]}`];
      }
      const codes = data.marks[n].filter((mark) => Math.floor(mark / V) === m).map((mark) => data.codes[mark % V].name);
      return data.seen[n].includes(m) || codes.length ? [`${coder}: ${codes.join(", ") || "no code"}`] : [];
    });
    const text = data.texts[n];
    return element("li", { data: { segment: data.ids[n] } },
      element("p", { className: "who" }, element("b", { textContent: data.ids[n] }), person ? ` · ${person}` : ""),
      text === null ? element("p", { className: "unshown", textContent: "words not shown" }) : element("blockquote", { textContent: text }),
      marks.length ? element("p", { className: "marks", textContent: marks.join("; ") }) : null);
  };
  const more = () => {
    const { asked } = parsed();
    const list = part("list");
    list.append(...shown.slice(drawn, drawn + PAGE).map((n) => row(n, asked)));
    drawn = Math.min(shown.length, drawn + PAGE);
    part("more").hidden = drawn >= shown.length;
  };

  const list = (state) => {
    const test = admits(state);
    shown = data.ids.map((_, n) => n).filter(test);
    drawn = 0;
    const people = new Set(shown.map((n) => data.cases[n]).filter((person) => person >= 0)).size;
    dialog.dataset.rows = shown.length;
    dialog.dataset.people = people;
    part("title").textContent = titled(state);
    part("count").textContent = `${plural(shown.length, "segment")}${data.people.length ? `, ${plural(people, "participant")}` : ""}`;
    part("list").replaceChildren();
    part("link").href = location.href;
    more();
  };

  // Change what is asked for without a new entry in the history; the address always says what is shown.
  const refine = (changes) => {
    const state = parsed();
    if (!state) return;
    for (const [name, value] of Object.entries(changes)) value ? state.asked.set(name, value) : state.asked.delete(name);
    history.replaceState(null, "", `#${state.kind}?${state.asked}`);
    list(parsed());
    if ("pair" in changes || "code" in changes) crossed(parsed());
  };
  const show = () => {
    const state = parsed();
    if (!state) return dialog.open ? dialog.close() : undefined;
    opener = dialog.open ? opener : document.activeElement;
    filters(state);
    crossed(state);
    if (state.kind === "agreement" && !state.asked.get("pair")) {
      const first = Object.keys(data.crossed[state.asked.get("variable") ? `variable ${state.asked.get("variable")}` : state.asked.get("code")]?.pairs ?? {})[0];
      if (first) return refine({ pair: first });
    }
    list(state);
    return undefined;
  };
  const open = () => {
    show();
    if (parsed() && !dialog.open) dialog.showModal();
  };

  dialog.addEventListener("close", () => {
    history.replaceState(null, "", location.pathname + location.search);
    opener?.focus?.();
  });
  part("close").addEventListener("click", () => dialog.close());
  part("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      part("copied").textContent = "Copied.";
    } catch {
      part("copied").textContent = "Copy the address from the address bar.";
    }
  });
  part("filters").addEventListener("input", (event) => refine({ [event.target.name]: event.target.value }));
  part("filters").addEventListener("submit", (event) => event.preventDefault());
  part("crossed").addEventListener("change", (event) => refine({ pair: event.target.value, cell: "" }));
  part("more").addEventListener("click", more);
  new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && drawn < shown.length && more(),
    { root: part("scroll") }).observe(part("more"));
  window.addEventListener("hashchange", open);
  open();
})();
