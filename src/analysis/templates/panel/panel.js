// The panel: draws what Python says (model.get("view")), sends what the person does, holds no state of its own
// but the answer being prepared. A decision counts as kept only once Python has answered.

const PATIENCE = 6000; // ms without an answer until the panel says so
const NO_ANSWER = "No answer from the kernel: it is busy, or it has ended. "
  + "Whether this was kept shows when it answers, or when the notebook is run again.";
const GONE = "Not sent: the kernel has ended. Run the notebook again; what was kept is on disk.";
const FILTERS = [["code", "Code"], ["pair", "Pair"], ["document", "Document"], ["state", "State"]];

const element = (tag, properties = {}, ...children) => {
  const { class: name, data, aria, ...rest } = properties;
  const made = Object.assign(document.createElement(tag), rest);
  if (name) made.className = name;
  for (const [key, value] of Object.entries(data ?? {})) made.dataset[key] = value;
  for (const [key, value] of Object.entries(aria ?? {})) made.setAttribute(`aria-${key}`, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};

function render({ model, el }) {
  const root = element("section", { class: "concord-panel", tabIndex: 0, aria: { label: "Segments coded differently" } });
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  el.append(root);
  let answer = "";
  let waiting = null; // for an answer: until then nothing else is sent, or a key pressed twice would act twice

  const send = (message) => {
    if (waiting !== null) return;
    waiting = setTimeout(() => say(NO_ANSWER, true), PATIENCE);
    try {
      model.send(message);
    } catch { // Jupyter's, where the kernel that made this panel is gone for good
      clearTimeout(waiting);
      waiting = null;
      say(GONE, true);
    }
  };
  const say = (text, failed) => {
    const line = root.querySelector(".message");
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("failed", Boolean(failed));
  };
  const reason = () => root.querySelector(".reason");
  const pick = (word) => {
    answer = word;
    for (const each of root.querySelectorAll(".answers button")) {
      each.setAttribute("aria-pressed", String(each.dataset.answer === word));
    }
    reason()?.focus();
  };
  const decide = () => {
    const item = model.get("view").item;
    if (!item) return;
    if (!answer) return say("Choose an answer first.", true);
    if (!reason().value.trim()) {
      reason().focus();
      return say("Say why, in a few words.", true);
    }
    if (waiting === null) say("Keeping …");
    send({ do: "decide", place: item.place, after: answer, why: reason().value });
  };
  const move = (by) => send({ do: "move", by });
  const undo = () => send({ do: "undo" });

  const filters = (view) =>
    element("form", { class: "filters", onsubmit: (event) => event.preventDefault() },
      ...FILTERS.map(([name, label]) => {
        const select = element("select", { name, onchange: () => choose() },
          element("option", { value: "", textContent: "all" }),
          ...view.choices[name].map((value) => element("option", { value, textContent: value })));
        select.value = view.chosen[name];
        return element("label", {}, label, select);
      }));
  const choose = () => {
    const chosen = Object.fromEntries(FILTERS.map(([name]) => [name, root.querySelector(`select[name=${name}]`).value]));
    send({ do: "choose", ...chosen });
  };

  const marks = (item) =>
    element("table", { class: "marks" },
      element("caption", { textContent: "What each coder gave" }),
      element("tbody", {}, ...item.marks.map(({ coder, gave }) =>
        element("tr", {}, element("th", { scope: "row", textContent: coder }), element("td", { textContent: gave })))));
  const earlier = (item) => item.earlier.length === 0 ? null :
    element("ol", { class: "earlier", aria: { label: "Decided before" } }, ...item.earlier.map(({ by, after, why }) =>
      element("li", { textContent: `${by}: ${after}${why ? `, ${why}` : ""}` })));
  const answers = (item) =>
    element("div", { class: "answers", role: "group", aria: { label: "Decision" } },
      ...item.choices.map((word, n) =>
        element("button", { type: "button", data: { answer: word }, aria: { pressed: "false" }, onclick: () => pick(word) },
          element("kbd", { textContent: String(n + 1) }), word)));

  const question = (view) => {
    const { item } = view;
    if (!item) return element("p", { class: "nothing", textContent: "No segment fits this choice." });
    const where = [item.document, item.participant, item.speaker].filter(Boolean).join(" · ");
    return element("div", { class: "question" },
      element("div", { class: "transcript" },
        element("p", { class: "where", textContent: `${item.unit} · ${where}` }),
        element("p", { class: "passage", tabIndex: 0, aria: { label: "Transcript" } },
          element("span", { class: "around", textContent: item.passage.before }),
          element("mark", { textContent: item.passage.text }),
          element("span", { class: "around", textContent: item.passage.after }))),
      element("div", { class: "codebook" },
        element("h3", { textContent: item.name }),
        element("p", { class: "definition", textContent: item.definition || "The codebook holds no definition." }),
        marks(item),
        element("p", { class: `state ${item.state}`, textContent: item.state }),
        earlier(item),
        answers(item),
        element("label", { class: "why" }, "Why",
          element("input", { class: "reason", type: "text", maxLength: 500, autocomplete: "off" })),
        element("button", { type: "button", class: "keep", onclick: decide }, "Keep and go on ", element("kbd", { textContent: "Enter" }))));
  };

  const draw = () => {
    clearTimeout(waiting);
    waiting = null;
    const view = model.get("view");
    const focused = root.contains(document.activeElement);
    answer = "";
    root.replaceChildren(
      element("header", {},
        element("p", { class: "counts",
          textContent: `${view.counts.open} open, ${view.counts.decided} decided, ${view.counts.conflict} in conflict` }),
        element("p", { class: "by", textContent: `deciding as ${view.by}` })),
      filters(view),
      question(view),
      element("footer", {},
        element("button", { type: "button", onclick: () => move(-1), disabled: view.at === 0 }, element("kbd", { textContent: "k" }), "back"),
        element("span", { class: "place", textContent: view.n ? `${view.at + 1} of ${view.n}` : "0 of 0" }),
        element("button", { type: "button", onclick: () => move(1), disabled: view.at + 1 >= view.n }, element("kbd", { textContent: "j" }), "next"),
        element("button", { type: "button", class: "undo", onclick: undo, disabled: !view.undo }, element("kbd", { textContent: "u" }), "take back"),
        element("p", { class: view.failed ? "message failed" : "message", role: "status", textContent: view.message })));
    if (focused) root.focus({ preventScroll: true });
    const passage = root.querySelector(".passage");
    const marked = passage?.querySelector("mark");
    // within the passage alone: scrollIntoView would move the notebook too
    if (marked) passage.scrollTop = marked.offsetTop - passage.offsetTop - passage.clientHeight / 3;
  };

  root.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the notebook's own shortcuts would act on cells
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, select");
    if (event.key === "Escape") return root.focus();
    if (event.key === "Enter" && event.target === reason()) return decide();
    if (typing || event.target.matches("button") && event.key === "Enter") return undefined;
    const choices = model.get("view").item?.choices ?? [];
    const number = Number(event.key);
    if (number >= 1 && number <= choices.length) pick(choices[number - 1]);
    else if (event.key === "j" || event.key === "ArrowDown") move(1);
    else if (event.key === "k" || event.key === "ArrowUp") move(-1);
    else if (event.key === "u") undo();
    else if (event.key === "Enter") decide();
    else return undefined;
    event.preventDefault();
    return undefined;
  });

  model.on("change:view", draw);
  draw();
  return () => {
    clearTimeout(waiting);
    model.off("change:view", draw);
  };
}

export default { render };
