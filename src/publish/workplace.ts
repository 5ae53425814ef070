import { privateDirectory } from "../host/files.ts";
import type { Session } from "../host/session.ts";
import { type Worktree, worktree } from "./git.ts";

/** Private directories of one release, made when they are first needed and gone when it ends. */
export class Workplace {
  readonly #session: Session;
  readonly #root: string;
  readonly #commit: string;
  #directory: { path: string; remove(): Promise<void> } | null = null;
  #worktree: Worktree | null = null;

  constructor(session: Session, root: string, commit: string) {
    this.#session = session;
    this.#root = root;
    this.#commit = commit;
  }

  /** For packed files, when nobody wants to keep them. */
  async directory(): Promise<string> {
    this.#directory ??= await privateDirectory("artifacts");
    return this.#directory.path;
  }

  /** A clean tree of the commit. */
  async worktree(): Promise<Worktree> {
    this.#worktree ??= await worktree(this.#session.env, this.#root, this.#commit);
    await this.#worktree.clean();
    return this.#worktree;
  }

  async close(): Promise<void> {
    await this.#worktree?.remove();
    await this.#directory?.remove();
  }
}
