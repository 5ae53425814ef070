/**
 * Runs `work`; an error that nobody waits for (in a callback, or in a promise that was let go) makes it fail, too. Without this such
 * an error would end the program before it has cleaned up.
 */
export async function withStrayErrors<T>(work: () => Promise<T>): Promise<T> {
  const stray = Promise.withResolvers<never>();
  const onRejection = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    stray.reject(event.reason);
  };
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    stray.reject(event.error);
  };
  globalThis.addEventListener("unhandledrejection", onRejection);
  globalThis.addEventListener("error", onError);
  try {
    return await Promise.race([work(), stray.promise]);
  } finally {
    globalThis.removeEventListener("unhandledrejection", onRejection);
    globalThis.removeEventListener("error", onError);
  }
}
