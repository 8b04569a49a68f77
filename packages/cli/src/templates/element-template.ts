import { identifierOf } from "@dibkit/compile";

/** What the modules of the templates import or declare besides the element. */
const TAKEN: ReadonlySet<string> = new Set([
  ...["bash", "debianMirror", "defineConfig", "defineElement", "defineImage", "elementRef", "envDefault"],
  ...["greeting", "image", "postInstall", "release", "variable"],
]);

/** `acme-web` → `acmeWeb`, the name an element's constant gets. */
export function constantName(element: string): string {
  return identifierOf(element, TAKEN);
}

/** `acme-web` → `ACME_WEB`, the beginning of the names of its variables. */
function variablePrefix(element: string): string {
  const prefix = element.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return /^[0-9]/.test(prefix) ? `ELEMENT_${prefix}` : prefix;
}

/** A TypeScript module with an element that lints without a finding and builds: a package, a default, a script. */
export function elementTemplate(name: string): string {
  // run-parts takes no other characters in the names of files; only elements may have them.
  const script = name.replace(/[^a-z0-9_-]/g, "-");
  const file = script === name.replaceAll(".", "-") ? "" : `, { file: "50-${script}" }`;
  const variable = `${variablePrefix(name)}_GREETING`;
  return `import { bash, defineElement, elementRef, envDefault, postInstall, variable } from "@dibkit/model";

const greeting = variable("${variable}");

export const ${constantName(name)} = defineElement("${name}", {
  summary: "says hello when someone logs in",
  deps: [elementRef("package-installs")],
  environment: {
    ${variable}: envDefault("Hello from ${name}", "what the machine says"${file}),
  },
  packages: {
    "ca-certificates": {},
  },
  scripts: [
    postInstall(
      50,
      "${script}",
      bash\`
        printf '%s\\n' \${greeting} >/etc/motd
      \`,
    ),
  ],
});
`;
}
