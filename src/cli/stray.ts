/**
 * Runs `work`; an error that nobody waits for (in a callback, or in a promise that was let go) makes it fail, too. Without this such
 * an error would end the program before it has cleaned up.
 */
export async function withStrayErrors<T>(work: () => Promise<T>): Promise<T> {
  const stray = Promise.withResolvers<never>();
  const over = new AbortController();
  const options = { signal: over.signal };
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    stray.reject(event.reason);
  }, options);
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    stray.reject(event.error);
  }, options);
  try {
    return await Promise.race([work(), stray.promise]);
  } finally {
    over.abort();
  }
}
