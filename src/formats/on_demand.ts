/**
 * A library for what is rare, asked for in the midst of what is synchronous: whoever starts the work works {@link withLibraries}. Start-up
 * time is a feature, and most files need none of the big parsers.
 */
export class OnDemand<Library> {
  #library: Library | undefined;

  constructor(readonly load: () => Promise<Library>) {}

  /** The library. @throws {NotLoaded} until it is there */
  get(): Library {
    if (this.#library === undefined) throw new NotLoaded(this);
    return this.#library;
  }

  /** Has the library loaded. */
  async ready(): Promise<void> {
    this.#library ??= await this.load();
  }
}

/** Thrown to whoever started the work, who begins again with the library. */
class NotLoaded extends Error {
  constructor(readonly library: OnDemand<unknown>) {
    super("a library is not loaded; the work that needs it has to run inside of withLibraries()");
  }
}

/** What work results in, done once more for each library that it turns out to need; it must be fit to be begun again. */
export async function withLibraries<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error;
      await error.library.ready();
    }
  }
}
