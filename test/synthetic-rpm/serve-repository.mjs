import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serveDirectory } from "../../examples/debian-atomic/tree/serve.mjs";

/**
 * Serves a directory with a repository in `repo`, and writes the configuration that upstream's yum-minimal takes in the
 * place of the distribution's own. A chroot shares the network of its host, so loopback is enough.
 *
 * @param {string} directory
 * @param {number} [port]
 * @returns {Promise<{ url: string, port: number, environment: Readonly<Record<string, string>>, close: () => void }>}
 */
export async function serveRepository(directory, port = 0) {
  const server = await serveDirectory(directory, port);
  const address = server.address();
  const taken = typeof address === "object" && address ? address.port : port;
  const url = `http://127.0.0.1:${taken}/`;
  const repositories = join(directory, "repos.d");
  mkdirSync(repositories, { recursive: true });
  // 3.13 of upstream removes what has this name when the image is done.
  writeFileSync(
    join(repositories, "dib-mirror-synthetic.repo"),
    `[synthetic]\nname=synthetic distribution\nbaseurl=${url}repo/\nenabled=1\ngpgcheck=0\n`,
  );
  return {
    url,
    port: taken,
    environment: { DIB_YUM_MINIMAL_BOOTSTRAP_REPOS: repositories },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
