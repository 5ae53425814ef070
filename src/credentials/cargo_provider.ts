import { systemEnv } from "../host/env.ts";
import { readStdinLine } from "../host/line.ts";
import { askLine, revealing } from "../host/listen_tcp.ts";
import { writeRaw } from "../host/terminal.ts";
import { type CargoRequest, failure, HELLO, parseRequest } from "./cargo_protocol.ts";

/** Where a provider that keyless started finds it: `PORT#WORD`. */
export const LINK_VARIABLE = "KEYLESS_CREDENTIAL";

/**
 * What keyless is when cargo starts it as its credential provider (`keyless --cargo-plugin`): it hands cargo's question to the keyless
 * that started cargo, and the answer back. Configured by people (`credential-provider = ["keyless", "cargo-credential"]`), it gets
 * the token itself. This module must load without any third-party package, because the child has no permission to look for one.
 */
export async function runProvider(): Promise<0> {
  say(revealing(HELLO));
  const line = await readStdinLine();
  const request = line === null ? null : parseRequest(line);
  say(request ? await answer(request) : revealing(NOT_CARGO));
  return 0;
}

async function answer(request: CargoRequest): Promise<string> {
  const link = systemEnv.get(LINK_VARIABLE);
  if (link) {
    const [port, word] = link.split("#");
    return await askLine(Number(port), JSON.stringify({ word, request })) ?? revealing(GONE);
  }
  if (request.args?.[0] !== "cargo-credential") return revealing(NOT_CONFIGURED);
  const { answerAlone, openAlone } = await import("./cargo_alone.ts");
  return revealing(await answerAlone(openAlone(), request));
}

const NOT_CARGO = failure({
  message: "keyless --cargo-plugin is for cargo to run",
  next: ["see docs/cargo-credential.md"],
});

const GONE = failure({
  message: "the keyless that started this upload does not answer",
  next: ["run keyless publish again"],
});

const NOT_CONFIGURED = failure({
  message: "keyless was configured without its second word",
  next: ['write credential-provider = ["keyless", "cargo-credential"]'],
});

function say(line: string): void {
  writeRaw("stdout", `${line}\n`);
}
