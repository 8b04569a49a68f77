// What the README shows of a build, from a real one: builds examples/web-server, edits its last script, builds again, and
// writes what the terminal printed (docs/pictures/build.ansi) and pictures of the pages of `dibkit size` and `dibkit trace`.
// node scripts/record-pictures.mjs [--cache-dir DIR]   (after npm run build; needs root, or a user who may build, and chromium)
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pagesDigest } from "./pages-digest.mjs";

const repository = fileURLToPath(new URL("../", import.meta.url));
const dibkit = join(repository, "packages/cli/bin/dibkit.js");
const { values } = parseArgs({ options: { "cache-dir": { type: "string" } } });

const root = mkdtempSync(join(tmpdir(), "dibkit-pictures-"));
try {
  const project = join(root, "web-server");
  cpSync(join(repository, "examples/web-server"), project, { recursive: true });
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"));
  const store = ["--cache-dir", values["cache-dir"] ?? join(root, "store")];
  const run = (words) => {
    // Without the caller's other variables, of which a build says that nothing reads them.
    const { PATH, HOME, LANG } = process.env;
    const env = { PATH, HOME, LANG, FORCE_COLOR: "1", COLUMNS: "100" };
    const { status, stdout, stderr } = spawnSync(process.execPath, [dibkit, ...words, ...store], {
      ...{ cwd: project, env, encoding: "utf8", maxBuffer: 2 ** 28 },
    });
    if (status !== 0) throw new Error(`dibkit ${words.join(" ")} ended with ${status}:\n${stderr}`);
    return { stdout, stderr };
  };
  run(["build", "web-server.image.ts"]);
  const definition = join(project, "elements/acme-web.ts");
  const source = readFileSync(definition, "utf8");
  const edited = source.replace("nginx -t", "nginx -t -q");
  if (edited === source) throw new Error("the script that is edited for the picture no longer calls nginx -t");
  writeFileSync(definition, edited);
  const { stderr } = run(["build", "web-server.image.ts"]);
  const shown = stderr.replaceAll(`${project}/`, "");
  writeFileSync(join(repository, "docs/pictures/build.ansi"), `dibkit build web-server.image.ts\n${shown}`);
  for (const [page, button] of Object.entries({ size: "[data-group=element]", trace: "[data-order=seconds]" })) {
    const html = join(root, `${page}.html`);
    const click = `<script>document.querySelector("${button}").click()</script></html>`;
    writeFileSync(html, run([page, "web-server.qcow2", "--format", "html"]).stdout.replace("</html>", click));
    const screenshot = `--screenshot=${join(repository, `docs/pictures/${page}.png`)}`;
    const flags = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--hide-scrollbars",
      `--user-data-dir=${join(root, "browser")}`,
    ];
    const shot = spawnSync("chromium", [...flags, "--window-size=1000,620", screenshot, `file://${html}`]);
    if (shot.status !== 0) throw new Error(`chromium ended with ${shot.status}: ${shot.stderr}`);
  }
  writeFileSync(join(repository, "docs/pictures/pages.sha256"), `${pagesDigest(repository)}\n`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
