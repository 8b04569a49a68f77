/** `acme-web` → `acmeWeb`, the name an element's constant gets. */
export function constantName(element: string): string {
  const name = element.replace(/[^A-Za-z0-9]+(.)?/g, (_, letter: string | undefined) => (letter ?? "").toUpperCase());
  return /^[0-9]/.test(name) ? `element${name}` : name;
}

/** `acme-web` → `ACME_WEB`, the beginning of the names of its variables. */
function variablePrefix(element: string): string {
  return element.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
}

/** A TypeScript module with an element that lints without a finding and builds: a package, a default, a script. */
export function elementTemplate(name: string): string {
  const variable = `${variablePrefix(name)}_GREETING`;
  return `import { bash, defineElement, elementRef, envDefault, postInstall, variable } from "@dibkit/model";

const greeting = variable("${variable}");

export const ${constantName(name)} = defineElement("${name}", {
  summary: "says hello when someone logs in",
  deps: [elementRef("package-installs")],
  environment: {
    ${variable}: envDefault("Hello from ${name}", "what the machine says"),
  },
  packages: {
    "ca-certificates": {},
  },
  scripts: [
    postInstall(
      50,
      "${name}",
      bash\`
        printf '%s\\n' \${greeting} >/etc/motd
      \`,
    ),
  ],
});
`;
}
