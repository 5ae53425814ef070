/**
 * Extra certificate authorities. Deno itself reads DENO_CERT and NODE_EXTRA_CA_CERTS; the name that curl, uv and cargo read,
 * SSL_CERT_FILE, is honoured here, so that one setting is enough.
 */
let client: Promise<{ client?: Deno.HttpClient }> | undefined;

/** What `fetch` needs beside the URL: nothing for plain http. */
export function httpClient(url: URL): Promise<{ client?: Deno.HttpClient }> {
  if (url.protocol !== "https:") return Promise.resolve({});
  return client ??= create();
}

async function create(): Promise<{ client?: Deno.HttpClient }> {
  try {
    if (Deno.env.get("DENO_CERT") || Deno.env.get("NODE_EXTRA_CA_CERTS")) return {};
    const file = Deno.env.get("SSL_CERT_FILE");
    if (!file) return {};
    return { client: Deno.createHttpClient({ caCerts: [await Deno.readTextFile(file)] }) };
  } catch {
    // An unreadable setting is no reason to refuse: the built-in authorities are enough for the public registries.
    return {};
  }
}
