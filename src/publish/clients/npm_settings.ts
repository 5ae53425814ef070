import { writeAtomic } from "../../host/files.ts";

/** Settings of npm that come from nowhere else: two different empty files (npm refuses one twice), and a cache of its own. */
export async function emptyNpmSettings(directory: string): Promise<Readonly<Record<string, string>>> {
  const [user, global] = [`${directory}/user.npmrc`, `${directory}/global.npmrc`];
  await writeAtomic(user, "");
  await writeAtomic(global, "");
  return {
    NPM_CONFIG_USERCONFIG: user,
    NPM_CONFIG_GLOBALCONFIG: global,
    NPM_CONFIG_UPDATE_NOTIFIER: "false",
    NPM_CONFIG_FUND: "false",
    NPM_CONFIG_AUDIT: "false",
    NPM_CONFIG_COLOR: "false",
  };
}
