import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type CloudConfig, secretsOf } from "../../src/openstack/cloud-config.js";
import { loadCloudConfig } from "../../src/openstack/load-cloud-config.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-clouds-"));
afterAll(() => rmSync(root, { recursive: true }));

type Files = Readonly<Record<string, string>>;
type Environment = Readonly<Record<string, string>>;

async function load(files: Files, env: Environment = {}, selection: Parameters<typeof loadCloudConfig>[2] = {}) {
  const place = mkdtempSync(join(root, "case-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  }
  const named = Object.entries(env).map(([key, value]) => [key, value.replace("PLACE", place)]);
  const loaded = await loadCloudConfig({ HOME: join(place, "home"), ...Object.fromEntries(named) }, place, selection);
  if (loaded.ok) return shown(loaded.value).replaceAll(place, "PLACE");
  return `FAILURE ${loaded.error.message}${loaded.error.help ? ` / ${loaded.error.help}` : ""}`.replaceAll(
    place,
    "PLACE",
  );
}

/** One line for each configuration, with the secrets in clear: it is them that must be right. */
function shown(config: CloudConfig): string {
  const secrets = secretsOf(config).map((one) => one.reveal());
  const { kind, ...credentials } = config.credentials;
  const parts = {
    ...{ [kind]: Object.values(credentials)[0], scope: config.scope, region: config.region },
    interfaces: config.interfaces.join() === "public" ? undefined : config.interfaces,
    ...{ endpoint: config.imageEndpoint, service: config.serviceName, tls: tlsOf(config) },
  };
  return `${config.name} ${config.authUrl} ${secrets} ${JSON.stringify(parts).replaceAll('"', "")}`;
}

const tlsOf = ({ tls }: CloudConfig) => (tls.verify && Object.keys(tls).length === 1 ? undefined : tls);

const auth = (more = "") => `    auth:
      auth_url: https://id.example:5000/v3
      username: ann
      password: s3cret
      project_name: web
      user_domain_name: Default
      project_domain_name: Default
${more}`;
const one = (more = "") => `clouds:\n  one:\n${auth(more)}`;
const ann = "password:{name:ann,domain:{name:Default}}";
const web = "scope:{project:{name:web,domain:{name:Default}}}";
const plain = `one https://id.example:5000/v3 s3cret {${ann},${web}`;

describe("where a cloud comes from", () => {
  test.each<[string, Files, Environment, string]>([
    ["the only cloud of clouds.yaml", { "clouds.yaml": one() }, {}, `${plain}}`],
    ["the user's directory", { "home/.config/openstack/clouds.yaml": one() }, {}, `${plain}}`],
    ["XDG_CONFIG_HOME", { "xdg/openstack/clouds.yml": one() }, { XDG_CONFIG_HOME: "PLACE/xdg" }, `${plain}}`],
    [
      "a file that the environment names",
      { "x/my.yaml": one() },
      { OS_CLIENT_CONFIG_FILE: "PLACE/x/my.yaml" },
      `${plain}}`,
    ],
    [
      "the working directory before the user's",
      { "clouds.yaml": one(), "home/.config/openstack/clouds.yaml": "clouds: {other: {auth: {}}}" },
      {},
      `${plain}}`,
    ],
    [
      "a password in secure.yaml",
      {
        "clouds.yaml": one().replace("      password: s3cret\n", ""),
        "secure.yaml": "clouds: {one: {auth: {password: 0042}}}",
      },
      {},
      `one https://id.example:5000/v3 0042 {${ann},${web}}`,
    ],
    [
      "OS_CLOUD among several",
      { "clouds.yaml": `${one()}  two:\n${auth().replace("ann", "bob")}` },
      { OS_CLOUD: "two" },
      `two https://id.example:5000/v3 s3cret {${ann.replace("ann", "bob")},${web}}`,
    ],
    [
      "OS_ variables alone",
      {},
      {
        ...{ OS_AUTH_URL: "https://id.example:5000", OS_USERNAME: "ann", OS_PASSWORD: "pw", OS_PROJECT_NAME: "web" },
        ...{
          OS_USER_DOMAIN_NAME: "Default",
          OS_PROJECT_DOMAIN_ID: "default",
          OS_REGION_NAME: "R2",
          OS_ENDPOINT_TYPE: "internalURL",
        },
      },
      `envvars https://id.example:5000/v3 pw {${ann},scope:{project:{name:web,domain:{id:default}}},region:R2,interfaces:[internal]}`,
    ],
    [
      "OS_PASSWORD for a cloud that keeps its password out of files",
      { "clouds.yaml": one().replace("      password: s3cret\n", "") },
      { OS_CLOUD: "one", OS_PASSWORD: "pw" },
      `one https://id.example:5000/v3 pw {${ann},${web}}`,
    ],
    [
      "a profile of clouds-public.yaml",
      {
        "clouds.yaml": one("    profile: shop\n").replace(/ {6}auth_url.*\n/, ""),
        "clouds-public.yaml":
          "public-clouds: {shop: {auth: {auth_url: 'https://{region_name}.shop.example/v3'}, regions: [north, south]}}",
      },
      { OS_REGION_NAME: "south", OS_CLOUD: "one" },
      `one https://south.shop.example/v3 s3cret {${ann},${web},region:south}`,
    ],
  ])("%s", async (_title, files, env, expected) => {
    expect(await load(files, env)).toBe(expected);
  });
});

describe("what a cloud says", () => {
  test.each<[string, string, string]>([
    ["a region", one("    region_name: R1\n"), `${plain},region:R1}`],
    ["the first of its regions", one("    regions: [R1, R2]\n"), `${plain},region:R1}`],
    [
      "values of a region",
      one("    regions: [{name: R1, values: {interface: internal}}]\n"),
      `${plain},region:R1,interfaces:[internal]}`,
    ],
    ["an old interface name", one("    endpoint_type: adminURL\n"), `${plain},interfaces:[admin]}`],
    ["an interface for images", one("    interface: internal\n    image_interface: public\n"), `${plain}}`],
    ["interfaces in order", one("    interface: [internal, public]\n"), `${plain},interfaces:[internal,public]}`],
    [
      "its own image endpoint",
      one("    image_endpoint_override: https://i.example/v2\n"),
      `${plain},endpoint:https://i.example/v2}`,
    ],
    ["an authority", one("    cacert: ca.pem\n"), `${plain},tls:{verify:true,caFile:PLACE/ca.pem}}`],
    ["an authority at home", one("    cacert: ~/ca.pem\n"), `${plain},tls:{verify:true,caFile:PLACE/home/ca.pem}}`],
    ["no verification", one("    verify: false\n"), `${plain},tls:{verify:false}}`],
    ["no verification, the other way", one("    insecure: True\n"), `${plain},tls:{verify:false}}`],
    [
      "dashes in keys",
      one("    region-name: R1\n").replace("user_domain_name", "user-domain-name"),
      `${plain},region:R1}`,
    ],
    [
      "merged YAML",
      `x: &x\n${auth().replace(/^/gm, "  ")}\nclouds:\n  one:\n    <<: *x\n`.replace(
        "x: &x\n      auth:",
        "x: &x\n    auth:",
      ),
      `${plain}}`,
    ],
    ["a version 2 address", one().replace("5000/v3", "5000/v2.0/"), `${plain}}`],
    [
      "a domain for both",
      one()
        .replace(/ {6}(user|project)_domain_name: Default\n/g, "")
        .replace("web\n", "web\n      domain_id: d1\n"),
      `one https://id.example:5000/v3 s3cret {password:{name:ann,domain:{id:d1}},scope:{project:{name:web,domain:{id:d1}}}}`,
    ],
    [
      "ids",
      one().replace("username: ann", "user_id: u1").replace("project_name: web", "project_id: p1"),
      `one https://id.example:5000/v3 s3cret {password:{id:u1},scope:{project:{id:p1}}}`,
    ],
    ["tenants", one().replace("project_name: web", "tenant_name: web"), `${plain}}`],
    [
      "credentials beside auth",
      "clouds:\n  one:\n    auth_url: https://id.example:5000/v3\n    user_id: u1\n    password: pw\n",
      "one https://id.example:5000/v3 pw {password:{id:u1}}",
    ],
    [
      "an application credential",
      "clouds:\n  one:\n    auth_type: v3applicationcredential\n    auth: {auth_url: 'http://k/v3', application_credential_id: a1, application_credential_secret: sss, project_name: ignored}\n",
      "one http://k/v3 sss {application-credential:{id:a1}}",
    ],
    [
      "one that is not declared",
      "clouds: {one: {auth: {auth_url: 'http://k/v3', application_credential_id: a1, application_credential_secret: sss}}}",
      "one http://k/v3 sss {application-credential:{id:a1}}",
    ],
    [
      "one by name",
      "clouds: {one: {auth: {auth_url: 'http://k/v3', application_credential_name: ci, user_id: u1, application_credential_secret: sss}}}",
      "one http://k/v3 sss {application-credential:{name:ci,user:{id:u1}}}",
    ],
    [
      "a token",
      "clouds: {one: {auth_type: v3token, auth: {auth_url: 'http://k', token: ttt, project_id: p1}}}",
      "one http://k/v3 ttt {token:***,scope:{project:{id:p1}}}",
    ],
    [
      "no keystone",
      "clouds: {one: {auth_type: none, auth: {endpoint: 'http://g:9292'}}}",
      "one   {endpoint:http://g:9292}",
    ],
    [
      "the whole system",
      one().replace("project_name: web", "system_scope: all"),
      `one https://id.example:5000/v3 s3cret {${ann},scope:{system:{all:true}}}`,
    ],
  ])("%s", async (_title, clouds, expected) => {
    expect(await load({ "clouds.yaml": clouds })).toBe(expected);
  });

  test("the command line wins", async () => {
    const files = { "clouds.yaml": one("    regions: [R1, R2]\n    cacert: ca.pem\n") };
    const selection = {
      cloud: "one",
      region: "R2",
      interface: "internal",
      caFile: "/my/ca.pem",
      imageEndpoint: "http://g",
    };
    expect(await load(files, { OS_CLOUD: "other", OS_REGION_NAME: "R1" }, selection)).toBe(
      `${plain},region:R2,interfaces:[internal],endpoint:http://g,tls:{verify:true,caFile:/my/ca.pem}}`,
    );
    expect(await load(files, {}, { insecure: true })).toContain("tls:{verify:false");
  });
});

describe("what is missing is named", () => {
  test.each<[string, Files, Environment, string]>([
    [
      "nothing at all",
      {},
      { OS_CLOUD: "" },
      'FAILURE no OpenStack configuration was found: no clouds.yaml in "PLACE", "PLACE/home/.config/openstack", "/etc/openstack" and no OS_AUTH_URL / write a clouds.yaml, or source the openrc file of the cloud',
    ],
    [
      "a choice",
      { "clouds.yaml": "clouds: {a: {}, b: {}}" },
      {},
      'FAILURE no cloud was chosen, and "PLACE/clouds.yaml" has several: "a", "b" / give --cloud NAME or set OS_CLOUD',
    ],
    [
      "the cloud",
      { "clouds.yaml": one() },
      { OS_CLOUD: "prod" },
      'FAILURE cloud "prod" is not defined in "PLACE/clouds.yaml": there are "one"',
    ],
    [
      "the file",
      {},
      { OS_CLIENT_CONFIG_FILE: "PLACE/no.yaml" },
      'FAILURE file "PLACE/no.yaml", which the environment names, cannot be read: ENOENT',
    ],
    [
      "YAML",
      { "clouds.yaml": "clouds:\n  one:\n   password: 'hidden\n" },
      {},
      'FAILURE "PLACE/clouds.yaml" line 4 is not YAML (missing char)',
    ],
    ["auth_url", { "clouds.yaml": one().replace(/ {6}auth_url.*\n/, "") }, {}, 'FAILURE cloud "one" has no auth_url'],
    ["a password", { "clouds.yaml": one().replace("s3cret", "") }, {}, 'FAILURE cloud "one" has no password'],
    [
      "a user",
      { "clouds.yaml": one().replace("      username: ann\n", "") },
      {},
      'FAILURE cloud "one" has no username or user_id',
    ],
    [
      "a domain",
      { "clouds.yaml": one().replace("      user_domain_name: Default\n", "") },
      {},
      'FAILURE cloud "one" names user "ann" without its domain / add user_domain_name under auth:, usually "Default"',
    ],
    [
      "the region",
      { "clouds.yaml": one("    regions: [R1, R2]\n") },
      { OS_REGION_NAME: "R3" },
      'FAILURE region "R3" is not a region of cloud "one": it has "R1", "R2"',
    ],
    [
      "the interface",
      { "clouds.yaml": one("    interface: inner\n") },
      {},
      'FAILURE interface "inner" of cloud "one" is not one of public, internal, admin',
    ],
    [
      "the kind of login",
      { "clouds.yaml": one("    auth_type: v3totp\n") },
      {},
      'FAILURE auth_type "v3totp" of cloud "one" is not one of password, v3password, token, v3token, v3applicationcredential, admin_token, token_endpoint, none / make an application credential for this cloud, or use a token: openstack token issue',
    ],
    [
      "a profile built into openstacksdk",
      { "clouds.yaml": one("    profile: ovh\n").replace(/ {6}auth_url.*\n/, "") },
      {},
      'FAILURE profile "ovh" is not in clouds-public.yaml / write auth_url under auth: in clouds.yaml; the vendor profiles built into openstacksdk are not known here',
    ],
  ])("%s", async (_title, files, env, expected) => {
    expect(await load(files, env)).toBe(expected);
  });
});
