import { resolve } from "@std/path";
import { type ExitCode, KeylessError } from "../../problem.ts";
import { checkClients } from "../../publish/client_check.ts";
import { checkout, worktree } from "../../publish/git.ts";
import { inOrder } from "../../publish/order.ts";
import { assertOwnDirectory, pack } from "../../publish/pack.ts";
import { choosePackages, on, openProject, openSession, show, text } from "../context.ts";
import type { Call } from "../verb.ts";
import { bytes, counted, shortDigest } from "../views/words.ts";
import { table } from "../../report/table.ts";
import { plainLine } from "../../host/redact.ts";

/** Builds and verifies every package from the commit, without any credential, and records what was made. */
export async function run(call: Call): Promise<ExitCode> {
  const session = openSession(call);
  const project = await openProject(session, call);
  const packages = inOrder(choosePackages(project, call.arguments));
  const head = await checkout(session.env, project.root);
  const shown = text(call, "artifacts") ?? "artifacts";
  const artifacts = resolve(shown);
  await assertOwnDirectory(artifacts, project.root, shown);
  const unfit = await checkClients(session, packages);
  if (unfit.length > 0) throw new KeylessError(unfit);
  // What an earlier run packed is no change to the sources.
  const changed = head.changed.filter((path) =>
    !`${resolve(project.root, path)}/`.startsWith(`${artifacts}/`)
  );
  if (changed.length > 0 && !on(call, "allow-dirty")) throw uncommitted(changed);
  const tree = await worktree(session.env, project.root, head.commit);
  try {
    const made = await pack(session, packages, {
      worktree: tree,
      checkout: head,
      artifacts,
      onLine: (line) =>
        call.io.verbose ? session.progress.say(plainLine(line)) : session.progress.live(plainLine(line)),
      extraEnv: {},
    });
    session.progress.live(null);
    const rows = made.packages.flatMap((pkg) =>
      pkg.files.map((
        file,
      ) => [pkg.name, pkg.version, file.name, bytes(file.size), `sha256 ${shortDigest(file.sha256)}`])
    );
    const lines = table({ header: ["package", "version", "file", "size", ""], rows }, call.io.stdout);
    show(
      call,
      "pack",
      { ...made, schema: "keyless/pack/1", artifacts },
      `${lines.join("\n")}\n\nPacked ${counted(made.packages.length, "package")} at ${
        head.commit.slice(0, 7)
      } into ${artifacts}. Publish them: keyless publish --artifacts ${shown}\n`,
    );
    return 0;
  } finally {
    session.progress.live(null);
    await tree.remove();
  }
}

function uncommitted(changed: readonly string[]): KeylessError {
  return new KeylessError({
    code: "dirty-tree",
    message: `${counted(changed.length, "file")} with uncommitted changes: ${changed.slice(0, 5).join(", ")}${
      changed.length > 5 ? ", …" : ""
    }`,
    why: ["Packages are built from the commit, so these changes would not ship."],
    next: ["commit or stash them", "or pack the commit as it is with --allow-dirty"],
  });
}
