import { SourceText } from "../../formats/positions.ts";
import { isLoopback } from "../../host/http.ts";
import { type CredentialFile, filed } from "./filed_credential.ts";

const URL_WITH_PASSWORD = /https?:\/\/([^\s:@\/"'<>#]*):([^\s@\/"'<>#]+)@([^\s\/:"'<>#]+)/g;

/** Passwords that stand in addresses, as pip's and uv's settings have them. */
export function readUrlPasswords(text: string, path: string): CredentialFile {
  const source = new SourceText(text, path);
  return {
    path,
    credentials: [...source.body.matchAll(URL_WITH_PASSWORD)].flatMap(
      ({ 0: all, 2: value, 3: host, index }) => {
        if (isLoopback(host!)) return [];
        const end = index + all.length - host!.length - 1;
        return [filed(source, {
          key: "password",
          owner: host!,
          value: value!,
          variables: [...value!.matchAll(/\$\{?(\w+)\}?/g)].map(([, name]) => name!),
          start: end - value!.length,
          end,
          keyStart: index,
          keyEnd: index + all.length,
        })];
      },
    ),
  };
}
