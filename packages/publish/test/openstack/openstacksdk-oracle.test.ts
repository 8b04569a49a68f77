import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, describe, expect, test } from "vitest";
import type { CloudConfig, Named } from "../../src/openstack/cloud-config.js";
import { loadCloudConfig } from "../../src/openstack/load-cloud-config.js";

const oracle = fileURLToPath(new URL("openstacksdk-clouds.py", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "dibkit-openstacksdk-"));
afterAll(() => rmSync(root, { recursive: true }));
// In CI nothing is skipped: the comparison then fails.
const missing = !process.env.CI && !existsSync("/usr/lib/python3/dist-packages/openstack/__init__.py");

interface Case {
  readonly title: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly region?: string;
}

const auth = `    auth:
      auth_url: https://id.example:5000/v3
      username: ann
      password: s3cret
      project_name: web
      user_domain_name: Default
      project_domain_name: Default
`;
const one = `clouds:\n  one:\n${auth}`;
const openrc = {
  ...{ OS_AUTH_URL: "https://id.example:5000/v3", OS_USERNAME: "ann", OS_PASSWORD: "pw", OS_PROJECT_NAME: "web" },
  ...{ OS_USER_DOMAIN_NAME: "Default", OS_PROJECT_DOMAIN_NAME: "Default" },
};

const cases: readonly Case[] = [
  { title: "the only cloud", files: { "clouds.yaml": one } },
  { title: "the user's directory", files: { "home/.config/openstack/clouds.yaml": one } },
  {
    title: "the working directory first",
    files: { "clouds.yml": one, "home/.config/openstack/clouds.yaml": one.replace("ann", "bob") },
  },
  {
    title: "OS_CLIENT_CONFIG_FILE",
    files: { "x/y.yaml": one, "clouds.yaml": one.replace("ann", "bob") },
    env: { OS_CLIENT_CONFIG_FILE: "CWD/x/y.yaml" },
  },
  {
    title: "OS_CLOUD",
    files: { "clouds.yaml": `${one}  two:\n${auth.replace("ann", "bob")}` },
    env: { OS_CLOUD: "two" },
  },
  { title: "secure.yaml", files: { "clouds.yaml": one, "secure.yaml": "clouds: {one: {auth: {password: other}}}" } },
  { title: "openrc", env: openrc },
  { title: "openrc beside a file", files: { "clouds.yaml": one }, env: openrc },
  { title: "a file's cloud beside an openrc", files: { "clouds.yaml": one }, env: { ...openrc, OS_CLOUD: "one" } },
  {
    title: "openrc with a region, an interface, a certificate",
    env: { ...openrc, OS_REGION_NAME: "R1", OS_INTERFACE: "internal", OS_CACERT: "/ca.pem" },
  },
  { title: "openrc without verification", env: { ...openrc, OS_INSECURE: "true" } },
  { title: "tenants", files: { "clouds.yaml": one.replace("project_name", "tenant_name") } },
  { title: "a region asked for", files: { "clouds.yaml": `${one}    regions: [R1, R2]\n` }, region: "R2" },
  { title: "the first region", files: { "clouds.yaml": `${one}    regions: [R1, R2]\n` } },
  {
    title: "a region's own values",
    files: { "clouds.yaml": `${one}    regions: [R1, {name: R2, values: {interface: admin}}]\n` },
    region: "R2",
  },
  { title: "a region that is not there", files: { "clouds.yaml": `${one}    regions: [R1, R2]\n` }, region: "R3" },
  { title: "a cloud that is not there", files: { "clouds.yaml": one }, env: { OS_CLOUD: "two" } },
  { title: "verify: no", files: { "clouds.yaml": `${one}    verify: no\n` } },
  { title: "an authority", files: { "clouds.yaml": `${one}    cacert: /etc/ca.pem\n` } },
  {
    title: "an authority and insecure",
    files: { "clouds.yaml": `${one}    cacert: /etc/ca.pem\n    insecure: true\n` },
  },
  { title: "an image endpoint", files: { "clouds.yaml": `${one}    image_endpoint_override: https://i.example\n` } },
  {
    title: "an image interface",
    files: { "clouds.yaml": `${one}    interface: internal\n    image_interface: admin\n` },
  },
  { title: "dashes", files: { "clouds.yaml": `${one}    region-name: R1\n` } },
  { title: "a numeric password", files: { "clouds.yaml": one.replace("s3cret", "12345") } },
  {
    title: "one domain for both",
    files: {
      "clouds.yaml": one
        .replace(/ {6}\w+_domain_name: Default\n/g, "")
        .replace("web\n", "web\n      domain_name: Corp\n"),
    },
  },
  {
    title: "an application credential",
    files: {
      "clouds.yaml":
        "clouds: {one: {auth_type: v3applicationcredential, auth: {auth_url: 'https://k/v3', application_credential_id: a, application_credential_secret: s}}}",
    },
  },
  {
    title: "a profile",
    files: {
      "clouds.yaml": "clouds: {one: {profile: shop, auth: {user_id: u, password: p, project_id: q}}}",
      "clouds-public.yaml": "public-clouds: {shop: {auth: {auth_url: 'https://shop/v3'}, region_name: north}}",
    },
  },
];

describe.skipIf(missing)("dibkit reads clouds as openstacksdk does", async () => {
  const prepared = cases.map(prepare);
  const expected = missing ? [] : await askOracle(prepared);
  test.each(cases.map(({ title }, index) => [title, index] as const))("%s", async (_title, index) => {
    const { cwd, env, region } = prepared[index] as Prepared;
    const loaded = await loadCloudConfig(env, cwd, region ? { region } : {});
    const mine = loaded.ok ? sdkShape(loaded.value) : { error: "ConfigException" };
    expect(mine).toEqual(expected[index]);
  });
});

interface Prepared {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly region?: string;
}

function prepare({ files = {}, env = {}, region }: Case): Prepared {
  const cwd = mkdtempSync(join(root, "case-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const placed = Object.entries(env).map(([key, value]) => [key, value.replace("CWD", cwd)]);
  return { cwd, env: { HOME: join(cwd, "home"), ...Object.fromEntries(placed) }, ...(region ? { region } : {}) };
}

async function askOracle(prepared: readonly Prepared[]): Promise<readonly unknown[]> {
  const answer = await createCommandRunner().run(["/usr/bin/python3", oracle], { input: JSON.stringify(prepared) });
  if (!answer.ok) throw new Error(answer.error.tail.join("\n"));
  return JSON.parse(answer.value.stdout) as unknown[];
}

/** A configuration in the words of openstacksdk. */
function sdkShape(config: CloudConfig) {
  const { credentials, scope } = config;
  const project = scope && "project" in scope ? scope.project : undefined;
  const login =
    credentials.kind === "application-credential" && "id" in credentials.credential
      ? {
          application_credential_id: credentials.credential.id,
          application_credential_secret: credentials.secret.reveal(),
        }
      : credentials.kind === "password"
        ? { ...namedWords("user", "username", credentials.user), password: credentials.password.reveal() }
        : {};
  return {
    name: config.name,
    auth: { auth_url: config.authUrl, ...login, ...(project ? namedWords("project", "project_name", project) : {}) },
    region: config.region ?? null,
    interface: config.interfaces[0],
    endpoint: config.imageEndpoint ?? null,
    verify: config.tls.verify ? (config.tls.caFile ?? true) : false,
  };
}

function namedWords(kind: "user" | "project", nameKey: string, named: Named): Record<string, string> {
  if ("id" in named) return { [`${kind}_id`]: named.id };
  const domain =
    "id" in named.domain ? [`${kind}_domain_id`, named.domain.id] : [`${kind}_domain_name`, named.domain.name];
  return { [nameKey]: named.name, ...Object.fromEntries([domain]) };
}
