// docs/pictures/: what a terminal shows, as the README has it. The findings come from a real run of the linter, made here;
// the build from the words that one printed, which scripts/record-build.mjs writes to docs/pictures/build.ansi.
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import Anser from "anser";

/** An element with mistakes that builds do not tell of, or only after minutes. */
const ELEMENT = {
  "README.rst": "web-app\n=======\nServes the application.\n",
  "element-deps": "web-cache\n",
  "package-installs.yaml": "nginx:\ncurl:\n  phase: postinstall.d\n",
  "install.d/50-web-app":
    '#!/bin/bash\nset -eu\nset -o pipefail\n\ninstall -d /etc/web-app\ncp "$TMP_MOUNT_PATH/etc/web-app.conf" /etc/web-app\n',
};

/** Lines of a build that the picture has at most: its end. */
const BUILD_LINES = 22;

export async function files(repository) {
  const recorded = await readFile(`${repository}docs/pictures/build.ansi`, "utf8");
  const [command, ...lines] = recorded.trimEnd().split("\n");
  const cut = lines.slice(-BUILD_LINES);
  return {
    "docs/pictures/lint.svg": picture("dibkit lint elements", (await findings(repository)).trimEnd().split("\n")),
    "docs/pictures/build.svg": picture(command, lines.length > cut.length ? ["…", ...cut] : cut),
  };
}

async function findings(repository) {
  const [{ main }, { commands }] = await Promise.all([
    import(`${repository}packages/cli/src/main.ts`),
    import(`${repository}packages/cli/src/commands/index.ts`),
  ]);
  const cwd = await mkdtemp(join(tmpdir(), "dibkit-picture-"));
  try {
    for (const [path, content] of Object.entries(ELEMENT)) {
      const file = join(cwd, "elements/web-app", path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      if (path.startsWith("install.d/")) await chmod(file, 0o755);
    }
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const printed = text(stdout);
    stderr.resume();
    await main(["lint", "elements"], commands, "0.0.0", {
      ...{ stdout, stderr, stdin: process.stdin, env: { PATH: process.env.PATH, HOME: cwd }, cwd, isTerminal: false },
      ...{ color: true, colorStderr: false, columns: 100, signal: new AbortController().signal },
    });
    stdout.end();
    return await printed;
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

const COLORS = {
  "ansi-red": "#ff7b72",
  "ansi-green": "#7ee787",
  "ansi-yellow": "#e3b341",
  "ansi-blue": "#79c0ff",
  "ansi-cyan": "#76e3ea",
};
const [COLUMN, LINE, MARGIN] = [8.4, 19, 18];

/** A terminal with a command and what it printed, as SVG that needs no font of its own. */
function picture(command, lines) {
  const rows = [`\u001b[1m$ ${command}\u001b[22m`, "", ...lines];
  const width = Math.max(...rows.map((row) => Anser.ansiToText(row).length)) * COLUMN + 2 * MARGIN;
  const height = rows.length * LINE + 2 * MARGIN;
  const words = rows.map((row, at) => svgLine(row, MARGIN + at * LINE + 14)).join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${height}" role="img" aria-label="${xml(command)}">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3">
${words}
</g>
</svg>
`;
}

/**
 * Each piece has its own column and width, so that a font with other letters keeps what stands below each other there.
 * Blanks are no part of a piece, because SVG shows several as one.
 */
function svgLine(row, y) {
  let column = 0;
  const spans = [];
  for (const { content, fg, decorations } of Anser.ansiToJson(row, { use_classes: true, remove_empty: true })) {
    const look = [
      ...(COLORS[fg] ? [`fill="${COLORS[fg]}"`] : []),
      ...(decorations.includes("bold") ? ['font-weight="bold"'] : []),
      ...(decorations.includes("dim") ? ['opacity="0.6"'] : []),
    ].join(" ");
    for (const { 0: piece, index } of content.matchAll(/\S+(?: \S+)*/g)) {
      const x = (MARGIN + (column + index) * COLUMN).toFixed(1);
      const size = `x="${x}" textLength="${(piece.length * COLUMN).toFixed(1)}" lengthAdjust="spacingAndGlyphs"`;
      spans.push(`<tspan ${size}${look && ` ${look}`}>${xml(piece)}</tspan>`);
    }
    column += content.length;
  }
  return `<text y="${y}">${spans.join("")}</text>`;
}

function xml(words) {
  return words.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
}
