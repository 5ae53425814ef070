/** `@std/assert` without JSR: the assertions that the tests use, with the same signatures. */

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** What every failed assertion throws. */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

/** Fails unless `expr` is truthy. @throws {AssertionError} */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Fails unless both are deeply equal. @throws {AssertionError} */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  const text = typeof actual === "string" && typeof expected === "string";
  const [is, should] = text ? [actual, expected] : [inspect(actual), inspect(expected)];
  throw new AssertionError(
    `Values are not equal${suffix(msg)}\n\n${difference(is as string, should as string)}\n`,
  );
}

/** Fails if both are deeply equal. @throws {AssertionError} */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${inspect(actual)} not to be: ${inspect(expected)}${suffix(msg)}`,
  );
}

/** Fails if `actual` is null or undefined. @throws {AssertionError} */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw new AssertionError(`Expected actual: "${actual}" to not be null or undefined${suffix(msg)}`);
}

/** Fails unless `actual` holds `expected`. @throws {AssertionError} */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError(`Expected actual: "${actual}" to contain: "${expected}"${suffix(msg)}`);
}

/** Fails unless `expected` matches `actual`. @throws {AssertionError} */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) return;
  throw new AssertionError(`Expected actual: "${actual}" to match: "${expected}"${suffix(msg)}`);
}

/** Fails unless `actual` is an instance of `expectedType`. @throws {AssertionError} */
// deno-lint-ignore no-explicit-any
export function assertInstanceOf<T extends abstract new (...args: any[]) => any>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  throw new AssertionError(
    msg || `Expected object to be an instance of "${expectedType.name}" but was ${inspect(actual)}.`,
  );
}

/** Fails unless `fn` throws, and throws this class with this text in its message. @throws {AssertionError} */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  classOrMsg?: ErrorClass<E> | string,
  includesOrMsg?: string,
  msg?: string,
): unknown {
  const expected = expectation(classOrMsg, includesOrMsg, msg);
  let caught: Caught | undefined;
  try {
    fn();
  } catch (thrown) {
    caught = { thrown };
  }
  return check(caught, expected, "throw");
}

/** Fails unless the promise of `fn` rejects, and rejects with this class and this text in its message. @throws {AssertionError} */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<E> | string,
  includesOrMsg?: string,
  msg?: string,
): Promise<unknown> {
  const expected = expectation(classOrMsg, includesOrMsg, msg);
  let caught: Caught | undefined;
  let returned: PromiseLike<unknown> | undefined;
  try {
    returned = fn();
    await returned;
  } catch (thrown) {
    if (returned === undefined) {
      throw new AssertionError(`Function throws when expected to reject${suffix(expected.msg)}`, {
        cause: thrown,
      });
    }
    caught = { thrown };
  }
  return check(caught, expected, "reject");
}

interface Expectation {
  readonly type: ErrorClass<Error> | undefined;
  readonly includes: string | undefined;
  readonly msg: string | undefined;
}

interface Caught {
  readonly thrown: unknown;
}

function expectation(
  classOrMsg: ErrorClass<Error> | string | undefined,
  includes: string | undefined,
  msg: string | undefined,
): Expectation {
  return typeof classOrMsg === "string"
    ? { type: undefined, includes: undefined, msg: classOrMsg }
    : { type: classOrMsg, includes, msg };
}

function check(caught: Caught | undefined, { type, includes, msg }: Expectation, verb: string): unknown {
  if (!caught) throw new AssertionError(`Expected function to ${verb}${suffix(msg)}`);
  if (!type) return caught.thrown;
  const thrown = caught.thrown;
  if (!(thrown instanceof Error)) {
    throw new AssertionError(`A non-Error object was thrown or rejected${suffix(msg)}`);
  }
  if (!(thrown instanceof type)) {
    throw new AssertionError(
      `Expected error to be instance of "${type.name}", but was "${(thrown as Error).constructor.name}"${
        suffix(msg)
      }`,
      { cause: thrown },
    );
  }
  if (includes && !thrown.message.includes(includes)) {
    throw new AssertionError(
      `Expected error message to include ${JSON.stringify(includes)}, but got ${
        JSON.stringify(thrown.message)
      }${suffix(msg)}`,
      { cause: thrown },
    );
  }
  return thrown;
}

function suffix(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}

function inspect(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
  });
}

/** The lines of both sides: what both begin and end with once, what differs with `-` (is) and `+` (should be). */
function difference(actual: string, expected: string): string {
  const a = actual.split("\n");
  const b = expected.split("\n");
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return [
    "    [Diff] Actual (-) / Expected (+)",
    ...a.slice(Math.max(0, head - 3), head).map((line) => `    ${line}`),
    ...a.slice(head, a.length - tail).map((line) => `-   ${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+   ${line}`),
    ...a.slice(a.length - tail).slice(0, 3).map((line) => `    ${line}`),
  ].join("\n");
}

/** Equal by value: `NaN` equals itself, `-0` equals `0`, an object without a prototype equals a plain one. */
function equal(a: unknown, b: unknown, seen = new Map<unknown, unknown>()): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (prototype(a) !== prototype(b)) return false;
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof RegExp || a instanceof URL || a instanceof URLSearchParams) return String(a) === String(b);
  if (a instanceof ArrayBuffer) return equal(new Uint8Array(a), new Uint8Array(b as ArrayBuffer));
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Map || a instanceof Set) {
    return sameEntries(a, b as Map<unknown, unknown> | Set<unknown>, seen);
  }
  const keys = Reflect.ownKeys(a);
  return keys.length === Reflect.ownKeys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(Reflect.get(a, key), Reflect.get(b, key), seen));
}

function sameEntries(
  a: Map<unknown, unknown> | Set<unknown>,
  b: Map<unknown, unknown> | Set<unknown>,
  seen: Map<unknown, unknown>,
): boolean {
  const others = [...b.entries()];
  return a.size === b.size &&
    [...a.entries()].every((entry) => others.some((other) => equal(entry, other, seen)));
}

function prototype(value: object): unknown {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}
