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

/**
 * A client whose connection serves one request. On a connection that served before, the runtime sends a request a second time,
 * unasked, when it breaks before the answer: what was sent may have been processed, and an OIDC token is good for one exchange.
 */
export async function singleUseClient(url: URL): Promise<Deno.HttpClient> {
  const options = url.protocol === "https:" ? await authorities() : null;
  return Deno.createHttpClient({ ...options, poolMaxIdlePerHost: 0 });
}

async function create(): Promise<{ client?: Deno.HttpClient }> {
  const options = await authorities();
  return options ? { client: Deno.createHttpClient(options) } : {};
}

async function authorities(): Promise<{ caCerts: string[] } | null> {
  try {
    if (Deno.env.get("DENO_CERT") || Deno.env.get("NODE_EXTRA_CA_CERTS")) return null;
    const file = Deno.env.get("SSL_CERT_FILE");
    return file ? { caCerts: [await Deno.readTextFile(file)] } : null;
  } catch {
    // An unreadable setting is no reason to refuse: the built-in authorities are enough for the public registries.
    return null;
  }
}
