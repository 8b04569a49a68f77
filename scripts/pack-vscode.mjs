// Makes the extension for Visual Studio Code: a .vsix, which is a zip in the layout of the Open Packaging Conventions, as
// @vscode/vsce makes it. That program brings 285 packages and an optional native one, which is much for one archive.
// node scripts/pack-vscode.mjs [--out DIR]      (needs no build: the extension is bundled from the sources)
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { zipSync } from "fflate";
import { rolldown } from "rolldown";
import { licences } from "./bundle-licences.mjs";
import "./source-loader.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "build/packages") } } });
const out = resolve(values.out);
const directory = join(root, "packages/vscode");
const { xmlText } = await import("../packages/lint/src/xml-text.ts");

const { dependencies, devDependencies, private: _, ...manifest } = JSON.parse(text(join(directory, "package.json")));
const { code, modules } = await bundle();
const files = {
  "extension/package.json": `${JSON.stringify(manifest, null, 2)}\n`,
  "extension/README.md": text(join(directory, "README.md")),
  "extension/LICENSE.txt": text(join(root, "LICENSE")),
  [`extension/${manifest.main.replace("./", "")}`]: code,
  "extension/dist/LICENSES.txt": licences(modules),
  ...folder(join(directory, "grammars"), "extension/grammars"),
  ...folder(join(directory, "languages"), "extension/languages"),
  ...folder(join(root, "docs/schemas"), "extension/schemas", ".json"),
};
const parts = { "extension.vsixmanifest": packageManifest(), "[Content_Types].xml": contentTypes(), ...files };
const zip = zipSync(
  Object.fromEntries(Object.entries(parts).map(([path, content]) => [path, new TextEncoder().encode(content)])),
  // The same bytes from the same sources; a zip knows no earlier time.
  { mtime: new Date(1980, 0, 1), level: 9 },
);
mkdirSync(out, { recursive: true });
const archive = join(out, `${manifest.name}-${manifest.version}.vsix`);
writeFileSync(archive, zip);
console.log(`${archive}: ${Object.keys(parts).length} files, ${Math.ceil(zip.length / 1024)} KiB`);

/** The extension and all it stands on but the editor's own module, as one file that the editor requires. */
async function bundle() {
  const build = await rolldown({
    input: join(directory, "src/extension.ts"),
    platform: "node",
    external: [/^node:/, "vscode"],
    resolve: {
      alias: Object.fromEntries(["exec", "model"].map((name) => [`@dibkit/${name}`, source(name)])),
      extensionAlias: { ".js": [".ts", ".js"] },
      mainFields: ["module", "main"],
    },
  });
  const { output } = await build.generate({ format: "cjs", minify: { compress: true, mangle: false } });
  if (output.length !== 1) throw new Error(`the extension is bundled into ${output.length} files, and not into one`);
  const [{ code, moduleIds }] = output;
  return { code, modules: moduleIds };
}

function source(name) {
  return join(root, "packages", name, "src/index.ts");
}

function text(path) {
  return readFileSync(path, "utf8");
}

function folder(path, target, ending = "") {
  const names = readdirSync(path).filter((name) => name.endsWith(ending));
  return Object.fromEntries(names.sort().map((name) => [`${target}/${name}`, text(join(path, name))]));
}

/** What the editor and its galleries read of the package before they unpack it. */
function packageManifest() {
  const { name, version, publisher, displayName, description, keywords, categories, engines, extensionKind } = manifest;
  const properties = {
    "Microsoft.VisualStudio.Code.Engine": engines.vscode,
    "Microsoft.VisualStudio.Code.ExtensionDependencies": "",
    "Microsoft.VisualStudio.Code.ExtensionPack": "",
    "Microsoft.VisualStudio.Code.ExtensionKind": extensionKind.join(","),
    "Microsoft.VisualStudio.Code.ExecutesCode": "true",
  };
  const assets = {
    "Microsoft.VisualStudio.Code.Manifest": "extension/package.json",
    "Microsoft.VisualStudio.Services.Content.Details": "extension/README.md",
    "Microsoft.VisualStudio.Services.Content.License": "extension/LICENSE.txt",
  };
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">',
    "  <Metadata>",
    `    <Identity Language="en-US" Id="${name}" Version="${version}" Publisher="${publisher}" />`,
    `    <DisplayName>${xmlText(displayName)}</DisplayName>`,
    `    <Description xml:space="preserve">${xmlText(description)}</Description>`,
    `    <Tags>${xmlText(keywords.join(","))}</Tags>`,
    `    <Categories>${xmlText(categories.join(","))}</Categories>`,
    "    <GalleryFlags>Public</GalleryFlags>",
    "    <Properties>",
    ...Object.entries(properties).map(([id, value]) => `      <Property Id="${id}" Value="${xmlText(value)}" />`),
    "    </Properties>",
    "    <License>extension/LICENSE.txt</License>",
    "  </Metadata>",
    "  <Installation>",
    '    <InstallationTarget Id="Microsoft.VisualStudio.Code" />',
    "  </Installation>",
    "  <Dependencies />",
    "  <Assets>",
    ...Object.entries(assets).map(([type, path]) => `    <Asset Type="${type}" Path="${path}" Addressable="true" />`),
    "  </Assets>",
    "</PackageManifest>",
    "",
  ].join("\n");
}

/** The type of every part, by its ending, which the packaging conventions ask for. */
function contentTypes() {
  const types = {
    ".vsixmanifest": "text/xml",
    ".json": "application/json",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".cjs": "application/javascript",
  };
  const endings = new Set([".vsixmanifest", ...Object.keys(files).map((path) => extname(path))]);
  const defaults = [...endings].map((ending) => {
    if (types[ending] === undefined) throw new Error(`there is no content type for "${ending}"`);
    return `  <Default Extension="${ending}" ContentType="${types[ending]}" />`;
  });
  const schema = "http://schemas.openxmlformats.org/package/2006/content-types";
  return ['<?xml version="1.0" encoding="utf-8"?>', `<Types xmlns="${schema}">`, ...defaults, "</Types>", ""].join(
    "\n",
  );
}
