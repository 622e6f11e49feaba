"use strict";
/* The page: the tree, the request, the steps of its walk. All text of rules and requests becomes text
   nodes; nothing is ever read as HTML. */
(() => {
  const trie = JSON.parse(document.getElementById("trie").textContent);
  const byId = (id) => document.getElementById(id);

  /** Make an element; children are elements or texts. */
  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  const shown = (text) => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0).toString(16);
    return `\\u{${code}}`;
  });

  /** A text with its variables apart. */
  function withVariables(text) {
    return shown(text)
      .split(/(<[^<>]*>)/)
      .filter(Boolean)
      .map((part) => (part.startsWith("<") ? element("span", "variable", part) : part));
  }

  // The tree. Rows are a flat list, so that no depth of rules is too deep for it.

  const rows = [];
  const rowOf = [];
  const ranks = new Map();
  const tree = byId("tree");

  /** Whether a rule has a line: of the several rules of a mount, one stands for all. */
  const isTold = (number) => trie.rules[number].stands_for === number;

  for (const node of trie.nodes) {
    for (const ending of node.endings) {
      if (ending.form === "exact" && isTold(ending.rule)) ranks.set(ending.rule, ending.place);
    }
  }
  [...ranks].sort((one, other) => one[1] - other[1]).forEach(([rule], at) => ranks.set(rule, at + 1));

  const findingsOf = new Map();
  trie.findings.forEach((finding, number) => {
    const [rule] = finding.rules;
    if (rule === undefined) return;
    if (!findingsOf.has(rule)) findingsOf.set(rule, []);
    findingsOf.get(rule).push(number);
  });

  function methodsOf(rule) {
    if (rule.mount) return ["mount"];
    if (rule.websocket) return ["WebSocket"];
    if (rule.methods === null) return ["all methods"];
    const named = rule.methods.filter((name) => name !== "HEAD" || !rule.methods.includes("GET"));
    return named.length ? named : ["no method"];
  }

  function ruleLine(number, last) {
    const rule = trie.rules[number];
    const line = element("span", "rule");
    line.dataset.rule = number;
    line.title = rule.rule;
    if (last) line.append(element("span", "label", "/"));
    for (const method of methodsOf(rule)) {
      const badge = element("span", "method", shown(method));
      badge.dataset.method = method;
      line.append(badge);
    }
    line.append(element("span", "endpoint", shown(rule.endpoint)));
    line.append(element("span", "rank", `#${ranks.get(number)}`));
    for (const finding of findingsOf.get(number) || []) {
      const link = element("a", "finding", `⚠ ${trie.findings[finding].kind}`);
      link.href = `#finding-${finding}`;
      link.title = trie.findings[finding].message;
      link.tabIndex = -1;
      line.append(link);
    }
    return line;
  }

  const single = trie.roots.length === 1 && trie.nodes[trie.roots[0]].label === "";
  const exact = (node) =>
    node.endings.filter((ending) => ending.form === "exact" && isTold(ending.rule));

  function addRow(node, parent) {
    const row = {
      node,
      parent,
      depth: parent ? parent.depth + 1 : 0,
      children: [],
      open: true,
      label: element("span", "label"),
      element: element("div", "row"),
    };
    const item = row.element;
    item.setAttribute("role", "treeitem");
    item.setAttribute("aria-level", row.depth + 1);
    item.style.setProperty("--depth", Math.min(row.depth, 12));
    item.tabIndex = -1;
    row.toggle = element("span", "toggle");
    row.toggle.setAttribute("aria-hidden", "true");
    item.append(row.toggle, row.label);
    if (parent) parent.children.push(row);
    rows.push(row);
    item.addEventListener("click", (event) => {
      if (event.target.closest("a")) return;
      focusRow(row);
      if (row.children.length) setOpen(row, !row.open);
    });
    return row;
  }

  const parents = [];
  for (const node of trie.nodes) {
    for (const child of node.children) parents[child] = node.number;
    const above = parents[node.number];
    let row;
    if (above === undefined) {
      row = single && !exact(node).length ? null : addRow(node, null);
      if (row && !single) row.label.append("domain ", ...withVariables(node.label || "(none)"));
    } else {
      const before = rowOf[above];
      const joined = before && parents[above] !== undefined && !exact(trie.nodes[above]).length;
      row = joined && trie.nodes[above].children.length === 1 ? before : null;
      if (row === null) row = addRow(node, single && parents[above] === undefined ? null : before);
      row.label.append("/", ...withVariables(node.label));
    }
    rowOf[node.number] = row;
    const endings = exact(node);
    const branches = endings.length > 0 && endings.every((ending) => ending.slashes > 0);
    if (branches) row.label.append("/");
    for (const ending of endings) {
      row.element.append(ruleLine(ending.rule, ending.slashes > 0 && !branches));
    }
  }

  function setOpen(row, open) {
    row.open = open;
    show();
  }

  function visible(row) {
    for (let above = row.parent; above; above = above.parent) if (!above.open) return false;
    return true;
  }

  function show() {
    const hidden = new Set();
    for (const row of rows) {
      const gone = row.parent && (hidden.has(row.parent) || !row.parent.open);
      if (gone) hidden.add(row);
      row.element.hidden = Boolean(gone);
      // A text that is written anew is laid out anew, though it is the same.
      if (row.children.length && row.told !== row.open) {
        row.told = row.open;
        row.element.setAttribute("aria-expanded", row.open);
        row.toggle.textContent = row.open ? "▾" : "▸";
      }
    }
  }

  let focused = null;

  function focusRow(row, focus = true) {
    if (focused) focused.element.tabIndex = -1;
    focused = row;
    row.element.tabIndex = 0;
    if (focus) row.element.focus({ preventScroll: false });
  }

  function reveal(row) {
    if (visible(row)) return;
    for (let above = row.parent; above; above = above.parent) above.open = true;
    show();
  }

  tree.addEventListener("keydown", (event) => {
    if (!focused || event.altKey || event.ctrlKey || event.metaKey) return;
    const seen = rows.filter((row) => !row.element.hidden);
    const at = seen.indexOf(focused);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: seen.length - 1 };
    if (event.key in moves) {
      const next = seen[moves[event.key]];
      if (next) focusRow(next);
    } else if (event.key === "ArrowRight") {
      if (focused.children.length && !focused.open) setOpen(focused, true);
      else if (focused.children.length) focusRow(focused.children[0]);
    } else if (event.key === "ArrowLeft") {
      if (focused.children.length && focused.open) setOpen(focused, false);
      else if (focused.parent) focusRow(focused.parent);
    } else if (event.key === "Enter" || event.key === " ") {
      if (focused.children.length) setOpen(focused, !focused.open);
    } else return;
    event.preventDefault();
  });

  tree.append(...rows.map((row) => row.element));
  const large = rows.length > 150;
  for (const row of rows) row.open = !large || (!single && row.depth === 0);
  show();
  if (rows.length) focusRow(rows[0], false);
  else tree.append(element("p", "", "No rules."));
  for (const [id, open] of [["open-all", true], ["close-all", false]]) {
    byId(id).addEventListener("click", () => {
      for (const row of rows) row.open = open;
      show();
    });
  }

  // Findings.

  trie.findings.forEach((finding, number) => {
    const item = element("li", "");
    item.id = `finding-${number}`;
    item.tabIndex = -1;
    const kind = finding.certain ? finding.kind : `${finding.kind} (maybe)`;
    item.append(element("span", "kind", kind), element("code", "", shown(finding.lines[0])));
    item.append(element("p", "", shown(finding.message)));
    for (const line of finding.lines.slice(1)) item.append(element("code", "more", shown(line)));
    if (finding.example) {
      item.append(element("p", "", "Example: ", element("code", "", shown(finding.example))));
    }
    if (finding.hint) item.append(element("p", "hint", shown(finding.hint)));
    byId("findings").append(item);
  });
  byId("findings-section").hidden = !trie.findings.length;
  for (const reason of trie.left_out) byId("left-out").append(element("li", "", shown(reason)));
  byId("left-out-section").hidden = !trie.left_out.length;

  // The request.

  const form = byId("request");
  const domain = byId("domain");
  const several = trie.host_matching || trie.roots.some((root) => trie.nodes[root].label !== "");
  byId("domain-field").hidden = !several;
  byId("domain-name").textContent = trie.host_matching ? "Host" : "Subdomain";
  if (trie.host_matching) {
    const named = trie.roots.map((root) => trie.nodes[root].text).find(Boolean);
    domain.value = named || "localhost";
  }
  let answer = null;
  let current = -1;

  const quoted = (text) => `“${shown(text)}”`;

  function describe(step) {
    if (step.merging) return ["Nothing yet: once more, with runs of slashes as one."];
    const node = trie.nodes[step.node];
    const taken = step.taken ? "taken" : step.why || "not taken";
    const empty = node.kind === "rest" ? "(all)" : "(none)";
    const label = element("code", "", ...withVariables(node.label || empty));
    if (node.kind === "domain" && single) return ["The walk begins at the root."];
    if (node.kind === "domain") return ["domain ", label, ` — ${quoted(step.text)}: ${taken}`];
    const part = node.kind === "rest" ? "the rest, " : `segment ${step.depth + 1}, `;
    return [`${part}${quoted(step.text)}: `, label, ` — ${taken}`];
  }

  const marked = { visited: [], winner: [], current: [] };

  function mark(name, row) {
    if (!row) return;
    row.element.classList.add(name);
    marked[name].push(row);
  }

  function unmark(name) {
    for (const row of marked[name].splice(0)) row.element.classList.remove(name);
  }

  function showStep(number, focus) {
    unmark("current");
    const items = [...byId("steps").children];
    items.forEach((item, at) => {
      item.classList.toggle("current", at === number);
      if (at === number) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    current = number;
    byId("previous").disabled = number <= 0;
    byId("next").disabled = number >= items.length - 1;
    byId("place").textContent = number < 0 ? "" : `${number + 1} of ${items.length}`;
    if (number < 0) return;
    const step = answer.steps[number];
    const row = step.merging ? null : rowOf[step.node];
    if (row) {
      reveal(row);
      mark("current", row);
      if (focus) {
        row.element.scrollIntoView({ block: "nearest" });
        items[number].scrollIntoView({ block: "nearest" });
      }
    }
  }

  /** What became of the rules, with one of each mount: the winner, or one for such requests. */
  function mountsOnce(told, winner, websocket) {
    const once = new Map();
    for (const one of told) {
      const rule = trie.rules[one.rule];
      const ofKind = !rule.mount || rule.websocket === null || rule.websocket === websocket;
      if (one === winner || (ofKind && !once.has(rule.stands_for))) once.set(rule.stands_for, one);
    }
    return [...once.values()];
  }

  function verdict(one) {
    const rule = trie.rules[one.rule];
    const item = element("li", one === answer.winner ? "winner" : "");
    item.append(element("code", "", ...withVariables(rule.rule)));
    item.append(element("span", "endpoint", shown(`[${methodsOf(rule).join(", ")}] ${rule.endpoint}`)));
    const line = element("p", "", element("strong", "", one.verdict));
    if (one.reason) line.append(`: ${shown(one.reason)}`);
    if (one === answer.winner && rule.leads && one.verdict === "matched") {
      line.append(`; by its ${rule.leads}, the client may be sent on`);
    }
    item.append(line);
    const values = Object.entries(one.values).map(([name, value]) => `${name}=${value}`);
    if (values.length) item.append(element("p", "values", shown(values.join(", "))));
    item.dataset.rule = one.rule;
    item.dataset.verdict = one.verdict;
    return item;
  }

  /** Why no rule came into question: the segment that no node takes, after the longest way. */
  function nothing(path, steps) {
    const end = steps.findIndex((step) => step.merging);
    const taken = steps.slice(0, end < 0 ? steps.length : end).filter((step) => step.taken);
    const depth = Math.max(-1, ...taken.map((step) => step.depth));
    const segment = path.replace(/^\/+/, "").split("/")[depth + 1];
    const rest = taken.some((step) => step.depth === depth && trie.nodes[step.node].kind === "rest");
    if (!taken.length || rest || segment === undefined) return "None: no rule ends where the path leads.";
    return `None: nothing takes segment ${depth + 2}, ${quoted(segment)}.`;
  }

  function ask() {
    let path = byId("path").value;
    Object.keys(marked).forEach(unmark);
    byId("result").hidden = path === "";
    if (path === "") return;
    const hints = [];
    const url = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(path);
    if (url) {
      path = url[1] || "/";
      hints.push(`The path of the URL is ${path}.`);
    }
    const query = /[?#].*$/s.exec(path);
    if (query) {
      path = path.slice(0, query.index);
      hints.push(`${query[0]} is no part of the path.`);
    }
    if (/%[0-9a-f]{2}/i.test(path)) {
      try {
        path = decodeURIComponent(path);
        hints.push(`The path was decoded: ${path}`);
      } catch {
        hints.push("The path has a percent sign, and is taken as it stands.");
      }
    }
    const asked = byId("method").value;
    answer = walk(trie, {
      path,
      method: asked === "WebSocket" ? "GET" : asked,
      websocket: asked === "WebSocket",
      domain: domain.value,
    });
    const { outcome, winner, steps, doubt } = answer;
    const told = mountsOnce(answer.told, winner, asked === "WebSocket");
    byId("outcome").textContent = shown(outcome.text);
    byId("result").dataset.kind = outcome.kind;
    byId("doubt").textContent = [doubt && `Perhaps: ${shown(doubt)}.`, ...hints.map(shown)]
      .filter(Boolean)
      .join(" ");
    byId("rules").replaceChildren(...told.map(verdict));
    byId("none").textContent = told.length ? "" : nothing(path, steps);
    byId("none").hidden = told.length > 0;
    byId("steps").replaceChildren(
      ...steps.map((step, number) => {
        const item = element("li", step.taken ? "taken" : "", ...describe(step));
        const late = winner && !step.merging && trie.nodes[step.node].least > winner.place;
        if (late) item.append(element("span", "late", " — nothing below could win"));
        for (const one of told) {
          if (one.node !== step.node || !step.taken) continue;
          const rule = trie.rules[one.rule];
          const line = `ends here: ${rule.rule} ${rule.endpoint}: ${one.verdict}`;
          item.append(element("span", one === winner ? "ending winner" : "ending", shown(line)));
        }
        item.addEventListener("click", () => showStep(number, true));
        return item;
      }),
    );
    for (const step of steps) if (step.taken) mark("visited", rowOf[step.node]);
    if (winner) {
      const row = rowOf[winner.node];
      mark("winner", row);
      if (row) reveal(row);
    }
    current = -1;
    const last = winner ? steps.findIndex((step) => step.node === winner.node && step.taken) : -1;
    showStep(last, false);
  }

  let waiting = 0;
  form.addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(ask);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
    const row = answer && answer.winner && rowOf[answer.winner.node];
    // On a phone, the tree is below the result.
    const wide = matchMedia("(min-width: 60rem)").matches;
    if (!wide) byId("result").scrollIntoView({ block: "nearest" });
    else if (row) row.element.scrollIntoView({ block: "nearest" });
  });
  byId("previous").addEventListener("click", () => showStep(current - 1, true));
  byId("next").addEventListener("click", () => showStep(current + 1, true));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      byId("path").focus();
      byId("path").select();
    }
  });
  window.trieroute = { trie, walk };
})();
