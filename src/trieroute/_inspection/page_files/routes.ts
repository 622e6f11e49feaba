
type Scalar = string | number | bigint | boolean;
type QueryValue = Scalar | null | undefined | readonly (Scalar | null | undefined)[];
/** What is written behind the question mark; pairs keep their order, and a list repeats its key. */
export type Query = Readonly<Record<string, QueryValue>> | Iterable<readonly [string, QueryValue]>;

/** A text, or a variable: its name, how it is written, the least number of digits, the choices. */
type Piece = string | readonly [string, string, number?, (readonly string[])?];
interface Rule {
  readonly get: boolean;
  readonly pieces: readonly Piece[];
  readonly required: readonly string[];
  readonly defaults: Readonly<Record<string, unknown>>;
}

/** No rule of the endpoint suits the values. */
export class BuildError extends Error {}

function quote(text: string, safe: RegExp): string {
  return Array.from(text, (character) => {
    if (safe.test(character)) return character;
    const bytes = new TextEncoder().encode(character);
    return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
  }).join("");
}

const inPath = (text: string) => quote(text, /[A-Za-z0-9_.\-~!$&'()*+,/:;=@]/);
const inQuery = (text: string) => quote(text, /[A-Za-z0-9_.\-~!$'()*,/:;?@ ]/).replace(/ /g, "+");

/** A number with a fraction, as Python writes it. */
function real(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} can't be written in a URL`);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa = "0", power = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

function filled(text: string, length: number): string {
  const sign = /^[+-]/.test(text) ? text.slice(0, 1) : "";
  return sign + text.slice(sign.length).padStart(length - sign.length, "0");
}

function written(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" && !Number.isInteger(value)) return real(value);
  return typeof value === "number" ? BigInt(value).toString() : String(value);
}

function variable(piece: Exclude<Piece, string>, value: unknown): string {
  const [name, kind, digits = 0, choices = []] = piece;
  if ((kind === "int" || kind === "float") && typeof value === "string" && !/\d/.test(value)) {
    throw new RangeError(`${name}: ${JSON.stringify(value)} is no number`);
  }
  if (kind === "int") {
    const whole = typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value)));
    return filled(whole.toString(), digits);
  }
  if (kind === "float") return filled(real(Number(value)), digits);
  const text = written(value);
  if (kind === "any" && !choices.includes(text)) {
    throw new RangeError(`${name}: ${JSON.stringify(text)} is not one of ${choices.join(", ")}`);
  }
  return inPath(text);
}

/**
 * Build the path of a URL.
 * @param endpoint the endpoint.
 * @param values a value for each variable; one that the rule does not know goes into the query.
 * @param query what else goes into the query.
 * @throws BuildError if no rule of the endpoint suits the values.
 */
export function build<E extends Endpoint>(
  endpoint: E,
  ...[values, query]: {} extends Values[E]
    ? [values?: Values[E], query?: Query]
    : [values: Values[E], query?: Query]
): string {
  const given = new Map<string, unknown>(
    Object.entries(values ?? {}).filter(([, value]) => value !== undefined && value !== null),
  );
  const suits = (rule: Rule) =>
    rule.required.every((name) => given.has(name)) &&
    Object.entries(rule.defaults).every(([name, value]) => !given.has(name) || given.get(name) === value);
  const candidates: readonly Rule[] = rules[endpoint];
  const rule = candidates.find((each) => each.get && suits(each)) ?? candidates.find(suits);
  if (rule === undefined) {
    throw new BuildError(`no rule of ${JSON.stringify(endpoint)} suits ${[...given.keys()].join(", ")}`);
  }
  const pieces = rule.pieces.map((piece) =>
    typeof piece === "string" ? piece : variable(piece, given.get(piece[0])),
  );
  // Two slashes in front would begin a host.
  const path = `/${pieces.join("").replace(/^\/+/, "")}`;
  const known = new Set([...rule.required, ...Object.keys(rule.defaults)]);
  const pairs: [string, unknown][] = [...given].filter(([name]) => !known.has(name));
  const more: Iterable<readonly [string, QueryValue]> =
    query !== undefined && Symbol.iterator in query
      ? (query as Iterable<readonly [string, QueryValue]>)
      : Object.entries(query ?? {});
  for (const [name, value] of more) pairs.push([name, value]);
  const encoded: string[] = [];
  for (const [name, value] of pairs) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item === null || item === undefined) continue;
      encoded.push(`${inQuery(name)}=${inQuery(written(item))}`);
    }
  }
  return encoded.length ? `${path}?${encoded.join("&")}` : path;
}
