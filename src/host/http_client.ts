let client: Promise<{ client?: Deno.HttpClient }> | undefined;

/** What `fetch` needs beside the URL. */
export function httpClient(url: URL): Promise<{ client?: Deno.HttpClient }> {
  keepLoopbackDirect();
  if (url.protocol !== "https:") return Promise.resolve({});
  return client ??= create();
}

/**
 * A client whose connection serves one request. On a connection that served before, the runtime sends a request a second time,
 * unasked, when it breaks before the answer: what was sent may have been processed, and an OIDC token is good for one exchange.
 */
export async function singleUseClient(url: URL): Promise<Deno.HttpClient> {
  keepLoopbackDirect();
  const options = url.protocol === "https:" ? await authorities() : null;
  return Deno.createHttpClient({ ...options, poolMaxIdlePerHost: 0 });
}

let direct = false;

/**
 * What is said to this machine (a rehearsal's registries, with its tokens) must not take the way through a proxy. Deno reads the
 * setting when the first request is made.
 */
function keepLoopbackDirect(): void {
  if (direct) return;
  direct = true;
  for (const name of ["NO_PROXY", "no_proxy"]) {
    const before = Deno.env.get(name);
    // The lower-case twin counts only where it is set.
    if (before === undefined && name === "no_proxy") continue;
    Deno.env.set(name, [before, "127.0.0.1", "localhost", "::1"].filter(Boolean).join(","));
  }
}

async function create(): Promise<{ client?: Deno.HttpClient }> {
  const options = await authorities();
  return options ? { client: Deno.createHttpClient(options) } : {};
}

/**
 * Deno itself reads DENO_CERT. What node and npm read is honoured too, which old versions of Deno leave alone, and what curl, uv and
 * cargo read, so that one of them is enough.
 */
async function authorities(): Promise<{ caCerts: string[] } | null> {
  const files = [Deno.env.get("NODE_EXTRA_CA_CERTS"), Deno.env.get("SSL_CERT_FILE")];
  const caCerts: string[] = [];
  for (const file of new Set(files)) {
    try {
      if (file) caCerts.push(await Deno.readTextFile(file));
    } catch {
      // An unreadable setting is no reason to refuse: the built-in authorities are enough for the public registries.
    }
  }
  return caCerts.length > 0 ? { caCerts } : null;
}
