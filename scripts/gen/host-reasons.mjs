// Puts the reasons for which a script has the host's network into docs/caching.md, from the list of packages/runner.
import { putIntoPage } from "../put-into-page.mjs";

export async function files(repository) {
  const { HOST_REASONS } = await import(`${repository}packages/runner/src/host/network/host-reasons.ts`);
  const rows = Object.values(HOST_REASONS).map(({ words, when }) => {
    const isOpen = /\b(by|into)$/.test(words);
    return `| ${words}${isOpen ? " …" : ""} | ${when} |`;
  });
  const text = ["| `dibkit fetched` says | when |", "|---|---|", ...rows].join("\n");
  return putIntoPage(repository, "docs/caching.md", "host-reasons", text);
}
