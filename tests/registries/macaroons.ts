/** Makes a token of PyPI's form with the given caveats: `pypi-` and a macaroon of version 2 in base64url. */
export function pypiToken(caveats: readonly unknown[], location = "pypi.org"): string {
  const field = (type: number, value: string) => {
    const bytes = [...new TextEncoder().encode(value)];
    return [type, ...varint(bytes.length), ...bytes];
  };
  const sections = caveats.map((
    caveat,
  ) => [...field(2, typeof caveat === "string" ? caveat : JSON.stringify(caveat)), 0]);
  const bytes = [
    2,
    ...field(1, location),
    ...field(2, "CANARY-identifier"),
    0,
    ...sections.flat(),
    0,
    ...field(6, "s".repeat(32)),
  ];
  return `pypi-${
    btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
  }`;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)];
}
