"use strict";
/* The walk through an exported trie, as the documentation says that it is matched. This file knows
   no page: `walk(trie, request)` is a function of its two arguments alone. */
const walk = (() => {
  /** A path, cut at its slashes; those in front count as one, unless it is taken exactly. */
  function cut(path, merging, exactly) {
    const spans = [];
    let leading = 0;
    while (path[leading] === "/" && !(exactly && leading)) leading += 1;
    let start = leading;
    while (path) {
      const slash = path.indexOf("/", start);
      const stop = slash < 0 ? path.length : slash;
      // While slashes are merged, only the last segment may be empty.
      if (slash < 0 || stop > start || !merging) spans.push([start, stop]);
      if (slash < 0) break;
      start = stop + 1;
    }
    return { path, merging, leading, spans };
  }

  const text = (cutPath, depth) => cutPath.path.slice(...cutPath.spans[depth]);

  const made = new Map();

  /** The regex of a source, which has to take a whole text; with a slash behind it, if it sees one. */
  function regexOf(source, flags, slash) {
    const key = `${flags}${slash ? "/" : " "}${source}`;
    if (!made.has(key)) {
      made.set(key, new RegExp(`^(?:${source})${slash ? "(?=/$)" : "$"}`, flags));
    }
    return made.get(key);
  }

  /** The texts of the variables of a pattern in a text; null if it does not match. */
  function textsOf(pattern, given, merging, flags, slash) {
    const source = merging ? pattern.merging : pattern.regex;
    const found = regexOf(source, flags, slash).exec(slash ? `${given}/` : given);
    if (found === null) return null;
    const groups = found.groups || {};
    const texts = [];
    for (let at = 0; `v${at}` in groups; at += 1) texts.push(groups[`v${at}`]);
    return texts;
  }

  /** Where the variables of a rest begin and end in it; what the regex gives are texts alone. */
  function spansOf(pattern, given, merging, slash) {
    const source = merging ? pattern.merging : pattern.regex;
    const found = regexOf(source, "ud", slash).exec(slash ? `${given}/` : given);
    if (found === null) return null;
    const groups = found.indices.groups || {};
    const spans = [];
    for (let at = 0; `v${at}` in groups; at += 1) spans.push(groups[`v${at}`]);
    return spans;
  }

  /** The rest of a path, matched by a pattern that may hold slashes. */
  function restOf(node, pattern, cutPath, depth) {
    const { path, merging } = cutPath;
    const start = cutPath.spans[depth][0];
    let stop = path.length;
    let slashes = 0;
    if (node.branch) {
      const rest = path.slice(start);
      const kept = merging ? rest.replace(/\/+$/, "") : rest.replace(/\/$/, "");
      if (kept !== rest) {
        if (kept.endsWith("/")) return null;
        slashes = 1;
      }
      stop = start + kept.length;
    }
    const slash = path[stop] === "/";
    const earlier = merging && pattern.items && !(node.branch && start === stop);
    let first = start;
    let spans = spansOf(pattern, path.slice(start, stop), merging, slash);
    // A value may begin within a run of slashes in front of it, but for the rule's own slash.
    while (spans === null && earlier && first > cutPath.leading && path[first - 2] === "/") {
      first -= 1;
      spans = spansOf(pattern, path.slice(first, stop), merging, slash);
    }
    if (spans === null) return null;
    const found = spans.map(([a, b]) => [first + a, first + b]);
    const texts = found.map(([a, b]) => path.slice(a, b));
    let corrected = path;
    if (merging) {
      corrected = "/";
      for (let at = 0; at < depth; at += 1) corrected += `${text(cutPath, at)}/`;
      let at = found.length ? Math.min(start, found[0][0]) : start;
      for (const [a, b] of found) {
        corrected += path.slice(at, a).replace(/\/\/+/g, "/") + path.slice(a, b);
        at = b;
      }
      corrected += path.slice(at).replace(/\/\/+/g, "/");
    }
    return { slashes, texts, corrected };
  }

  /** The decimal value of a digit of any script: their digits stand in rows of ten. */
  function digit(character) {
    const code = character.codePointAt(0);
    let first = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
    return (code - first) % 10;
  }

  const digits = (given) => [...given].map((c) => (/\p{Nd}/u.test(c) ? digit(c) : c)).join("");

  /** The value of a text, or the reason why the converter refuses it. */
  function convert(variable, given) {
    const { conversion, converter, min, max, digits: wanted } = variable;
    const refused = (why) => ({ refusal: `${converter} refuses '${given}': ${why}` });
    if (conversion === "int") {
      const plain = digits(given);
      if (wanted && [...given].length !== wanted) return refused(`not ${wanted} digits`);
      if (plain.replace("-", "").length > 4300) return refused("too many digits");
      const value = plain.startsWith("-") ? -BigInt(plain.slice(1)) : BigInt(plain);
      if (min !== null && value < BigInt(min)) return refused(`less than ${min}`);
      if (max !== null && value > BigInt(max)) return refused(`more than ${max}`);
      return { value: String(value) };
    }
    if (conversion === "float") {
      const value = Number(digits(given));
      if (min !== null && value < Number(min)) return refused(`less than ${min}`);
      if (max !== null && value > Number(max)) return refused(`more than ${max}`);
      return { value: String(value) };
    }
    return { value: `'${given}'`, unsure: conversion === "code" ? converter : null };
  }

  /** All rules that end where a path leads to, and each step on the way. */
  function follow(trie, domain, cutPath, steps) {
    const lowered = domain.toLowerCase();
    const found = [];
    const unsure = [];
    const add = (node, slashes, texts, corrected) => {
      for (const ending of node.endings) {
        if (ending.slashes !== slashes) continue;
        const lacks = ending.form === "redirected" ? "/" : "";
        found.push({ ...ending, node: node.number, texts, corrected: corrected + lacks });
      }
    };
    const waiting = [];
    for (const number of [...trie.roots].reverse()) waiting.push([number, -1, []]);
    while (waiting.length) {
      const [number, depth, before] = waiting.pop();
      const node = trie.nodes[number];
      const step = { node: number, depth, text: null, taken: false };
      let texts = [];
      if (node.pattern !== null) {
        const pattern = trie.patterns[node.pattern];
        if (pattern.regex === null) {
          step.why = "its regex can't be followed in a page";
          unsure.push(node.least);
          steps.push(step);
          continue;
        }
        if (depth < 0) {
          step.text = domain;
          // Lower case may have another length, as with the Turkish dotted I.
          texts = textsOf(pattern, lowered, false, "iu", false);
          if (texts !== null && lowered.length === domain.length) {
            texts = textsOf(pattern, domain, false, "iu", false) || texts;
          }
        } else if (node.kind === "rest") {
          step.text = cutPath.path.slice(cutPath.spans[depth][0]);
          const rest = restOf(node, pattern, cutPath, depth);
          step.taken = rest !== null;
          steps.push(step);
          if (rest !== null) {
            add(node, rest.slashes, [...before, ...rest.texts], rest.corrected);
          }
          continue;
        } else {
          step.text = text(cutPath, depth);
          texts = textsOf(pattern, step.text, cutPath.merging, "u", false);
        }
      } else {
        step.text = depth < 0 ? domain : text(cutPath, depth);
        if ((depth < 0 ? lowered : step.text) !== node.text) texts = null;
      }
      step.taken = texts !== null;
      // Of many texts, the walk finds the right one at once.
      if (step.taken || node.pattern !== null) steps.push(step);
      if (texts === null) continue;
      const known = [...before, ...texts];
      const next = depth + 1;
      const left = cutPath.spans.slice(next);
      if (left.every(([start, stop]) => start === stop)) {
        const segments = cutPath.spans.map((span, at) => `/${text(cutPath, at)}`).join("");
        const whole = cutPath.merging ? segments : cutPath.path;
        add(node, left.length, known, whole);
      }
      if (left.length) {
        for (const child of [...node.children].reverse()) waiting.push([child, next, known]);
      }
    }
    return { found, unsure };
  }

  /** What becomes of a rule whose path it is, and the values that it has. */
  function judge(trie, ending, request, merging) {
    const rule = trie.rules[ending.rule];
    const told = { ...ending, merging, verdict: "", reason: "", values: {}, unsure: null };
    for (let at = 0; at < rule.variables.length; at += 1) {
      const variable = rule.variables[at];
      const made = convert(variable, ending.texts[at]);
      if (made.refusal) return { ...told, verdict: "converter refused", reason: made.refusal };
      told.values[variable.name] = made.value;
      told.unsure = told.unsure || made.unsure;
    }
    Object.assign(told.values, rule.defaults);
    const lacks = ending.form === "redirected" || ending.form === "completed";
    const refuse = (verdict, reason) => ({
      ...told,
      verdict: lacks ? "slash missing" : verdict,
      reason: lacks ? `the path lacks the last slash, and ${reason}` : reason,
    });
    const kind = rule.websocket ? "WebSocket requests alone" : "no WebSocket requests";
    const mismatch = rule.websocket !== null && rule.websocket !== request.websocket;
    if (mismatch && !trie.redirects) return refuse("WebSocket mismatch", `the route takes ${kind}`);
    if (rule.methods !== null && !rule.methods.includes(request.method)) {
      const takes = rule.methods.length ? rule.methods.join(", ") : "no method";
      return refuse("wrong method", `the rule takes ${takes}, not ${request.method}`);
    }
    if (mismatch) return refuse("WebSocket mismatch", `the rule takes ${kind}`);
    return { ...told, suits: true };
  }

  function onePass(trie, request, cutPath, steps) {
    const { found, unsure } = follow(trie, request.domain, cutPath, steps);
    found.sort((one, other) => one.place - other.place);
    const told = [];
    let winner = null;
    for (const ending of found) {
      const rule = trie.rules[ending.rule];
      if (cutPath.merging && !rule.merges) continue;
      const one = judge(trie, ending, request, cutPath.merging);
      if (one.suits && cutPath.merging && one.corrected === request.path) {
        one.suits = false;
        one.verdict = "slashes merged";
        one.reason = "merging changes nothing of this path";
      }
      if (one.suits && winner === null) {
        winner = one;
        one.verdict = "matched";
        if (cutPath.merging || one.form === "redirected") {
          one.verdict = cutPath.merging ? "slashes merged" : "slash missing";
          one.reason = `the client is sent to ${one.corrected}`;
        } else if (one.form === "tolerated") {
          one.reason = "the rule is not strict and tolerates the last slash";
        } else if (one.form === "completed") {
          one.reason = "the rule is not strict and does without its last slash";
        }
      } else if (one.suits) {
        one.verdict = "outranked";
        one.reason = `by ${trie.rules[winner.rule].rule}`;
      }
      told.push(one);
    }
    return { told, winner, unsure };
  }

  /** What a map makes of a request. */
  function byMap(trie, request, steps) {
    const first = onePass(trie, request, cut(request.path, false), steps);
    let { told, winner } = first;
    let unsure = first.unsure;
    if (winner === null && trie.merge_slashes && request.path.includes("//")) {
      steps.push({ merging: true });
      const second = onePass(trie, request, cut(request.path, true), steps);
      // Of a rule whose path it was as it stood, that is told; of others, what the merging gives.
      const missed = (one) => one.verdict === "converter refused";
      const known = new Set(told.filter((one) => !missed(one)).map((one) => one.rule));
      const again = second.told.filter((one) => !known.has(one.rule) || one === second.winner);
      const fitting = new Set(again.map((one) => one.rule));
      told = [...told.filter((one) => !(missed(one) && fitting.has(one.rule))), ...again];
      winner = second.winner;
      unsure = [...unsure, ...second.unsure];
    }
    let outcome = { kind: "404", text: "404 Not Found" };
    if (winner !== null) {
      const rule = trie.rules[winner.rule];
      const sent = winner.verdict !== "matched";
      const code = `308 redirect to ${winner.corrected}`;
      outcome = sent
        ? { kind: "redirect", text: code }
        : { kind: "match", text: rule.endpoint, leads: rule.leads };
    } else {
      const allowed = new Set();
      for (const one of told) {
        if (one.verdict !== "wrong method") continue;
        for (const method of trie.rules[one.rule].methods) allowed.add(method);
      }
      const methods = [...allowed].sort().join(", ");
      if (told.some((one) => one.verdict === "wrong method")) {
        outcome = { kind: "405", text: `405 Method Not Allowed (allowed: ${methods})` };
      } else if (told.some((one) => one.verdict === "WebSocket mismatch")) {
        outcome = { kind: "400", text: "400 WebSocket mismatch" };
      }
    }
    return { outcome, winner, told, unsure };
  }

  /** What the routes of Starlette make of a request: the first one that takes it wins. */
  function byRoutes(trie, request, steps) {
    const { told, unsure } = onePass(trie, request, cut(request.path, false, true), steps);
    const suiting = told.filter((one) => one.suits);
    const first = suiting.length ? trie.rules[suiting[0].rule] : null;
    // Behind the routes of a mount stands the mount, which keeps what none of them has taken.
    const mount = first !== null && first.mount && first.inner.length ? first : null;
    for (const one of suiting) {
      const wins = one === suiting[0];
      one.verdict = wins ? "matched" : "outranked";
      one.reason = wins ? "" : `by ${first.rule}, which is before it`;
    }
    if (first !== null && mount === null) {
      const outcome = { kind: "match", text: first.endpoint };
      return { outcome, winner: suiting[0], told, unsure };
    }
    const inside = (one) => mount === null || mount.inner.includes(one.rule);
    const partial = told.find((one) => one.verdict === "wrong method" && inside(one));
    let outcome = { kind: "404", text: "404 Not Found" };
    if (mount !== null) outcome.text += `, below the mount ${mount.rule}, which takes the request`;
    if (partial) {
      const methods = trie.rules[partial.rule].methods.join(", ");
      outcome = { kind: "405", text: `405 Method Not Allowed (allowed: ${methods})` };
    } else if ((mount || trie).redirect_slashes && !request.websocket && request.path !== "/") {
      const { path } = request;
      const other = path.endsWith("/") ? path.replace(/\/+$/, "") : `${path}/`;
      const again = onePass(trie, { ...request, path: other }, cut(other, false, true), []);
      const takes = (one) => inside(one) && one.verdict !== "WebSocket mismatch";
      if (again.told.some(takes)) {
        outcome = { kind: "redirect", text: `307 redirect to ${other}` };
      }
    }
    return { outcome, winner: null, told, unsure };
  }

  /**
   * Follow a request through a trie.
   * @param trie what the page was given.
   * @param request `path`, `method`, `websocket`, and `domain`: the host, or the subdomain.
   * @return the outcome, the winner or null, what became of each rule, the steps on the way, and
   *   why it may not be so in the program, if that depends on code that no page can run.
   */
  return function walk(trie, request) {
    const steps = [];
    const asked = { ...request, method: request.method.toUpperCase() };
    const answer = (trie.redirects ? byMap : byRoutes)(trie, asked, steps);
    let doubt = "";
    const place = answer.winner === null ? Infinity : answer.winner.place;
    const merged = answer.winner !== null && answer.winner.merging;
    const asking = answer.told.find((one) => one.unsure && (merged || one.place <= place));
    if (asking) doubt = `${asking.unsure} is Python code, which may refuse the value`;
    else if (answer.unsure.some((least) => merged || least < place)) {
      doubt = "a regex of Python that a page can't follow may match";
    }
    return { ...answer, steps, doubt };
  };
})();
if (typeof module !== "undefined") module.exports = { walk };
