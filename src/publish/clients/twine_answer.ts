/** Reason phrases that say nothing beyond the status. */
const GENERIC =
  /^(?:Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Conflict|Gone|Content Too Large|Too Many Requests|Internal Server Error|Bad Gateway|Service Unavailable|Gateway Timeout|)$/;

/**
 * What the registry said, from the output of `twine upload --verbose`: PyPI puts it into the reason phrase, some servers between it and
 * twine drop that, and then it is in the body.
 */
export function twineAnswer(output: string): { readonly status: number; readonly words: string } | null {
  const error = /^ERROR\s+(?:HTTPError: )?(\d{3}) (.*?) from \S+\s*$/m.exec(output);
  if (!error) return null;
  const [, status, reason] = error;
  const body = GENERIC.test(reason!) ? bodyOf(output.slice(0, error.index)) : "";
  return { status: Number(status), words: body || reason! };
}

/** The last body that was logged before the error: `INFO Response from URL:`, the status line, `INFO body`. */
function bodyOf(output: string): string {
  const start = output.lastIndexOf("Response from ");
  const logged =
    /\n\s+\d{3} [^\n]*\n(?:INFO\s+)?([\s\S]*)$/.exec(start < 0 ? "" : output.slice(start))?.[1] ?? "";
  const text = logged.split("\n").map((line) => line.trim()).join("\n").trim();
  try {
    const { code, message } = JSON.parse(text);
    return String(code ?? message ?? text).replace(/^\d{3} /, "");
  } catch {
    // HTML or plain text.
    return text.replace(/<(style|script|title)[\s\S]*?<\/\1>/g, "").replace(/<[^>]*>/g, " ").replace(
      /\s+/g,
      " ",
    ).trim().slice(0, 600);
  }
}
