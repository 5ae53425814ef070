import { privateDirectory } from "../host/files.ts";
import type { Session } from "../host/session.ts";
import { type Worktree, worktree } from "./git.ts";

/** Private directories of one release, made when they are first asked for and gone when it ends. */
export class Workplace {
  readonly #session: Session;
  readonly #root: string;
  readonly #commit: string;
  #directory: ReturnType<typeof privateDirectory> | null = null;
  #worktree: Promise<Worktree> | null = null;
  #forUploads: Promise<string> | null = null;
  #treeGone: Promise<void> | null = null;
  readonly #early: Promise<unknown>[] = [];

  constructor(session: Session, root: string, commit: string) {
    this.#session = session;
    this.#root = root;
    this.#commit = commit;
  }

  /** For packed files, when nobody wants to keep them. */
  async directory(): Promise<string> {
    this.#directory ??= privateDirectory("artifacts");
    return (await this.#directory).path;
  }

  /** A tree of the commit. Whoever uses it cleans it first. */
  worktree(): Promise<Worktree> {
    return this.#worktree ??= worktree(this.#session.env, this.#root, this.#commit);
  }

  /** The tree when all is packed. Uploads run no project code, so it is cleaned once for all of them. */
  treeForUploads(): Promise<string> {
    return this.#forUploads ??= (async () => {
      const tree = await this.worktree();
      await tree.clean();
      return tree.path;
    })();
  }

  /** Starts what will be needed, beside other work; if it fails, whoever asks for it is told. */
  early(start: (workplace: this) => Promise<unknown>): void {
    this.#early.push(start(this).catch(() => {}));
  }

  /** Removes the tree, when nobody needs it any more. */
  closeTree(): Promise<void> {
    return this.#treeGone ??= (async () => {
      await this.#forUploads?.catch(() => {});
      // Where it could not be made, whoever asked for it was told.
      const tree = await this.#worktree?.catch(() => null);
      await tree?.remove();
    })();
  }

  /** Removes everything. */
  async close(): Promise<void> {
    await Promise.all(this.#early);
    const directory = await this.#directory?.catch(() => null);
    await Promise.all([this.closeTree(), directory?.remove()]);
  }
}
