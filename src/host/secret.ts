/**
 * A value that must never be seen. It prints, inspects and serialises as `«npm token …7890»`; `reveal` is called only where
 * a request, a child's stdin or a child's environment is written (a house test lists the callers).
 */
export class Secret {
  readonly #value: string;
  /** What it is, e.g. `crates.io token`. */
  readonly label: string;
  /** The only origin (`https://host:port`) that it may be sent to; `null`: it is never sent over the network. */
  readonly origin: string | null;

  /** Every secret of this run, so that all output can be searched for it. */
  static readonly #known = new Set<string>();

  constructor(value: string, label: string, origin: string | null) {
    this.#value = value;
    this.label = label;
    this.origin = origin;
    // Shorter values would shred every output that holds them; no credential of any registry is that short.
    if (value.length >= 8) Secret.#known.add(value);
  }

  /** All values made so far, for the redactor alone. */
  static known(): ReadonlySet<string> {
    return Secret.#known;
  }

  reveal(): string {
    return this.#value;
  }

  get length(): number {
    return this.#value.length;
  }

  /** Whether the value has a known prefix: what kind of credential it is, without revealing it. */
  startsWith(prefix: string): boolean {
    return this.#value.startsWith(prefix);
  }

  /** The same value, allowed for one origin. */
  boundTo(origin: string): Secret {
    return new Secret(this.#value, this.label, origin);
  }

  /** The last four characters, where the value is long enough that they give nothing away. */
  get tail(): string {
    return this.#value.length >= 20 ? `…${this.#value.slice(-4)}` : "…";
  }

  toString(): string {
    return `«${this.label} ${this.tail}»`;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.toPrimitive](): string {
    return this.toString();
  }

  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}
