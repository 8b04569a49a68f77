import { execFileSync } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mayBuild, type TinyProject, tinyProject } from "../../packages/runner/test/tiny-image.js";
import { unpackPackagesOf } from "../debian-packages.mjs";
import { upstreamVersion } from "../upstream-version.mjs";
import { dibkit, type ProgramRun, runProgram } from "./dibkit.js";
import { openLoopbackRegistry } from "./loopback-registry.js";
import { openProvenanceValidator } from "./provenance-validator.js";

/** The image says of itself what is true of this machine, whose bash it has. */
const SYSTEM = {
  "extra-data.d/10-system": `#!/bin/bash
set -eu
sudo mkdir -p $TMP_MOUNT_PATH/var/lib/dpkg/info $TMP_MOUNT_PATH/etc/dib-manifests
sudo cp -L /etc/os-release $TMP_MOUNT_PATH/etc/os-release
dpkg-query -s bash | sudo tee $TMP_MOUNT_PATH/var/lib/dpkg/status > /dev/null
echo /bin/bash | sudo tee $TMP_MOUNT_PATH/var/lib/dpkg/info/bash.list > /dev/null
`,
};

let project: TinyProject;
let [image, key, publicKey, cosign] = ["", "", "", ""];

const CALLER = {
  HOSTNAME: "builder-of-somebody",
  DIB_PROBE: "asked for",
  DIB_PLACE: "/srv/somebody/file",
  DIB_TOKEN: "tells-nobody-12345",
  DIB_NAMED: "http://builder-of-somebody/x",
};

function run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ProgramRun> {
  return dibkit(words, { cwd: project.directory, env: { DIBKIT_CACHE: join(project.directory, "store"), ...env } });
}

async function build(env: Readonly<Record<string, string>> = CALLER, ...more: readonly string[]): Promise<void> {
  const words = ["build", "-n", "tiny-os", "probe", "-t", "tar", "--image-size", "0.2", "-o", "out/image"];
  const built = await run([...words, "--elements-path", "elements", ...more], env);
  expect(built, built.stderr).toMatchObject({ exitCode: 0 });
}

function openssl(...words: readonly string[]): string {
  return execFileSync("openssl", words, { encoding: "utf8", stdio: "pipe" });
}

function makeKey(name: string, ...words: readonly string[]): readonly [secret: string, open: string] {
  const [secret, open] = [join(project.directory, `${name}.key`), join(project.directory, `${name}.pub`)];
  openssl("genpkey", ...words, "-out", secret);
  writeFileSync(open, openssl("pkey", "-in", secret, "-pubout"));
  return [secret, open];
}

describe.skipIf(!mayBuild)("proof of where an image comes from", () => {
  beforeAll(async () => {
    project = tinyProject();
    project.element("probe", {
      ...SYSTEM,
      "install.d/30-one": "#!/bin/bash\necho one > /etc/one\n",
      "install.d/40-two": "#!/bin/bash\ncat /etc/one > /etc/two\necho $DIB_PROBE $DIB_PLACE > /etc/var\n",
    });
    await build();
    image = join(project.directory, "out/image.tar");
    [key, publicKey] = makeKey("ours", "-algorithm", "ed25519");
    cosign = join(unpackPackagesOf("trixie", join(project.directory, "cosign"), ["cosign"]), "usr/bin/cosign");
  });
  afterAll(() => project?.remove());

  test("provenance is a statement that in-toto's own schemas take, and tells nothing of the machine", async () => {
    const path = join(project.directory, "provenance.json");
    expect(await run(["provenance", image, "-o", path])).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    const problems = openProvenanceValidator(join(project.directory, "validator"));
    expect(await problems(path)).toBe("");
    const text = readFileSync(path, "utf8");
    const damaged = join(project.directory, "damaged.json");
    writeFileSync(damaged, text.replace('"startedOn"', '"begunOn"'));
    expect(await problems(damaged)).toContain('no field named "begunOn"');
    for (const word of [project.directory, "somebody", "tells-nobody", "/root"]) expect(text).not.toContain(word);
    const sha256 = execFileSync("sha256sum", [image], { encoding: "utf8" }).slice(0, 64);
    const statement = JSON.parse(text);
    expect(statement.subject).toEqual([{ name: "image.tar", digest: { sha256 } }]);
    const { buildDefinition, runDetails } = statement.predicate;
    expect(buildDefinition.externalParameters).toMatchObject({
      elements: ["tiny-os", "probe"],
      flags: { formats: ["tar"], base: false, imageSize: "0.2" },
      environment: { DIB_PROBE: "asked for", DIB_PLACE: null, DIB_TOKEN: null, DIB_NAMED: null },
    });
    expect(buildDefinition.resolvedDependencies).toEqual(
      expect.arrayContaining([
        { name: "probe", uri: "urn:dibkit:element:probe", digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
        { name: "bash", uri: expect.stringMatching(/^pkg:deb\/debian\/bash@/) },
      ]),
    );
    expect(runDetails.builder.id).toMatch(/^pkg:npm\/dibkit@\d/);
    // The same record gives the same statement.
    expect(await run(["provenance", image])).toMatchObject({ exitCode: 0, stdout: text });
  });

  test.each([
    ["ed25519", ["-algorithm", "ed25519"]],
    ["ec", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]],
  ] as const)("a signature by a key of the kind %s is verified by cosign, and by dibkit", async (kind, words) => {
    const [secret, open] = makeKey(`cosign-${kind}`, ...words);
    const [, stranger] = makeKey("stranger", "-algorithm", "ed25519");
    const signature = join(project.directory, `${kind}.intoto.jsonl`);
    const signed = await run(["sign", image, "--key", secret, "-o", signature]);
    expect(signed).toMatchObject({ exitCode: 0, stdout: `${signature}\n`, stderr: "" });
    const other = join(project.directory, "other.tar");
    copyFileSync(image, other);
    appendFileSync(other, "x");
    const outside = (pub: string, file: string) => {
      const offline = ["--insecure-ignore-tlog=true", "--type", "slsaprovenance1", "--signature", signature];
      return runProgram([cosign, "verify-blob-attestation", "--key", pub, ...offline, file], {
        env: { HOME: project.directory },
      });
    };
    const inside = (pub: string, file: string) => run(["verify", file, "--key", pub, "--signature", signature]);
    for (const verify of [outside, inside]) {
      const good = await verify(open, image);
      expect(good, good.stderr).toMatchObject({ exitCode: 0 });
      expect((await verify(open, other)).exitCode).toBe(1);
      expect((await verify(stranger, image)).exitCode).toBe(1);
    }
    expect((await inside(open, other)).stderr).toContain("is about other bytes: the image has the SHA-256");
    expect((await inside(stranger, image)).stderr).toContain("has no signature by a key that is trusted");
  });

  test("signatures of several keys lie beside the image, one for each", async () => {
    const [second, secondPublic] = makeKey("second", "-algorithm", "ed25519");
    for (const one of [key, second, key])
      expect(await run(["sign", image, "--key", one])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(`${image}.intoto.jsonl`, "utf8").trim().split("\n")).toHaveLength(2);
    for (const one of [publicKey, secondPublic]) {
      const verified = await run(["verify", image, "--key", one, "--format", "json"]);
      expect(JSON.parse(verified.stdout)).toMatchObject({ version: 1, image, elements: ["tiny-os", "probe"] });
    }
    appendFileSync(`${image}.intoto.jsonl`, "{}\n");
    const damaged = await run(["verify", image, "--key", publicKey]);
    expect(damaged.stderr).toContain("has no DSSE envelope in line 3");
    const again = await run(["sign", image, "--key", key]);
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("has no DSSE envelope in line 3") });
    const directory = await run(["verify", project.directory, "--key", publicKey]);
    expect(directory.stderr).toBe(`error: "${project.directory}" is no image file\n help: name an image file\n`);
    const aside = join(project.directory, "aside.intoto.jsonl");
    const attached = await run(["sign", image, "--key", key, "-o", aside, "--attach", "registry.example.org/web"]);
    expect(attached.stderr).toContain("only images of OCI archives are in registries");
    expect(existsSync(aside)).toBe(false);
  });

  test("a signature is attached to the image in a registry, where cosign finds it, and listed among the referrers", async () => {
    const registry = await openLoopbackRegistry();
    const repository = `${registry.address}/proof/web`;
    try {
      const words = ["build", "-n", "tiny-os", "probe", "-t", "oci", "--image-size", "0.2", "-o", "out/web"];
      expect(await run([...words, "--elements-path", "elements"], CALLER)).toMatchObject({ exitCode: 0 });
      const sign = (one: string) => run(["sign", "out/web.oci.tar", "--key", one, "--attach", repository]);
      expect(await sign(key)).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("has no image sha256:") });
      const archive = join(project.directory, "out/web.oci.tar");
      const tls = "--dest-tls-verify=false";
      const copied = await registry.skopeo("copy", tls, `oci-archive:${archive}`, `docker://${repository}:latest`);
      expect(copied, copied.stderr).toMatchObject({ exitCode: 0 });
      const [second, secondPublic] = makeKey("attached", "-algorithm", "ed25519");
      for (const one of [key, second, second]) {
        const attached = await sign(one);
        expect(attached, attached.stderr).toMatchObject({ exitCode: 0 });
        expect(attached.stdout).toMatch(new RegExp(`^${repository}@sha256:[0-9a-f]{64}$`, "m"));
      }
      const [, stranger] = makeKey("stranger", "-algorithm", "ed25519");
      const verify = (pub: string) => {
        const offline = ["--insecure-ignore-tlog=true", "--allow-http-registry", "--allow-insecure-registry"];
        const which = ["--key", pub, "--type", "slsaprovenance1", `${repository}:latest`];
        return runProgram([cosign, "verify-attestation", ...offline, ...which], { env: { HOME: project.directory } });
      };
      for (const one of [publicKey, secondPublic]) {
        const verified = await verify(one);
        expect(verified, verified.stderr).toMatchObject({ exitCode: 0 });
      }
      expect((await verify(stranger)).exitCode).not.toBe(0);
      const inspected = await registry.skopeo("inspect", "--tls-verify=false", `docker://${repository}:latest`);
      const { Digest: digest } = JSON.parse(inspected.stdout);
      // Debian's registry is from before referrers, so that they are listed under a tag.
      const url = `http://${registry.address}/v2/proof/web/manifests`;
      const get = async (reference: string, accept: string) =>
        JSON.parse(await (await fetch(`${url}/${reference}`, { headers: { accept } })).text());
      const list = await get(digest.replace(":", "-"), "application/vnd.oci.image.index.v1+json");
      expect(list.manifests).toEqual([expect.objectContaining({ artifactType: "application/vnd.in-toto+json" })]);
      const manifest = await get(list.manifests[0].digest, "application/vnd.oci.image.manifest.v1+json");
      expect(manifest).toMatchObject({ subject: { digest }, layers: [expect.anything(), expect.anything()] });
    } finally {
      await registry.remove();
    }
  });

  test("audit finds what a database knows, says which element brings it, and heeds what is stated beside elements", async () => {
    const release = (name: string) =>
      new RegExp(`^${name}="?([^"\\n]*)`, "m").exec(readFileSync("/etc/os-release", "utf8"))?.[1];
    const ecosystem = `${release("ID") === "ubuntu" ? "Ubuntu" : "Debian"}:${release("VERSION_ID")}`;
    const database = join(project.directory, "osv.json");
    const ranges = [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "99.0-1" }] }];
    const affected = [{ package: { ecosystem, name: "bash" }, ranges }];
    const severity = { database_specific: { severity: "HIGH" } };
    writeFileSync(database, JSON.stringify([{ id: "CVE-2099-1", summary: "a shell too many", affected, ...severity }]));
    const found = await run(["audit", image, "--database", database]);
    expect(found).toMatchObject({ exitCode: 1, stderr: "" });
    expect(found.stdout).toMatch(/^CVE-2099-1: bash \S+, HIGH, repaired in 99\.0-1$/m);
    expect(found.stdout).toContain("came with what root.d/10-tiny of element tiny-os installed");
    expect(found.stdout).toContain("1 finding in 1 package, of 1 record");
    // Of the file nobody knows who brought it.
    const read = await run(["audit", image, "--file", "--database", database, "--format", "json"]);
    expect(read).toMatchObject({ exitCode: 1 });
    expect(JSON.parse(read.stdout)).toMatchObject({ version: 1, findings: [{ id: "CVE-2099-1", fixed: "99.0-1" }] });
    const statement = {
      ...{ vulnerability: { name: "CVE-2099-1" }, products: [{ "@id": "pkg:deb/debian/bash" }, "pkg:deb/ubuntu/bash"] },
      ...{
        status: "not_affected",
        justification: "vulnerable_code_not_in_execute_path",
        impact_statement: "no logins",
      },
    };
    const vex = { "@context": "https://openvex.dev/ns/v0.2.0", "@id": "urn:x", author: "x", statements: [statement] };
    project.element("tiny-os", { "vex.json": JSON.stringify(vex) });
    const heeded = await run(["audit", image, "--database", database]);
    project.element("tiny-os", { "vex.json": null });
    expect(heeded).toMatchObject({ exitCode: 0, stderr: "" });
    expect(heeded.stdout).toMatch(
      /^CVE-2099-1: bash \S+ is set aside: not_affected \(vulnerable_code_not_in_execute_path: no logins\), says element tiny-os$/m,
    );
    writeFileSync(
      database,
      JSON.stringify({ id: "X", affected: [{ package: { ecosystem: "Nobody", name: "bash" } }] }),
    );
    const foreign = await run(["audit", image, "--database", database]);
    expect(foreign).toMatchObject({ exitCode: 2 });
    expect(foreign.stderr).toContain("none of 1 records is about packages of");
  });

  test("why-different names the first thing that parts two builds, and what followed", async () => {
    project.element("probe", { "install.d/30-one": "#!/bin/bash\necho another one > /etc/one\n" });
    await build({ ...CALLER, DIB_TOKEN: "another-secret-12345" });
    const why = await run(["why-different", image]);
    expect(why).toMatchObject({ exitCode: 0, stderr: "" });
    const lines = why.stdout.split("\n");
    expect(lines.slice(2, 6)).toEqual([
      "first cause: install.d/30-one of element probe: its script changed",
      "    - echo one > /etc/one",
      "    + echo another one > /etc/one",
      "  file probe/install.d/30-one changed",
    ]);
    expect(lines).toContain("  install.d/40-two of element probe ran on another image, and left something else");
    expect(lines).toContain("what came of it: 0 packages and 2 files differ");
    const json = JSON.parse((await run(["why-different", `${image}~1`, image, "--format", "json"])).stdout);
    expect(json).toMatchObject({ version: 1, cause: { kind: "other-inputs", label: { element: "probe" } } });
    expect(JSON.stringify(json)).not.toContain("another-secret");
    expect(await run(["why-different", `${image}~7`])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("only 2 builds of"),
    });
  });

  test("bisect finds the commit that broke an image, with a build for each commit that it tests", async () => {
    const git = (...words: readonly string[]) => {
      const who = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "init.defaultBranch=main"];
      return execFileSync("git", [...who, ...words], {
        cwd: project.directory,
        encoding: "utf8",
        stdio: "pipe",
      }).trim();
    };
    git("init", "--quiet");
    writeFileSync(join(project.directory, ".gitignore"), "/*\n!/elements\n");
    const commit = (subject: string, tree: Readonly<Record<string, string>>) => {
      project.element("probe", tree);
      git("add", "-A");
      git("commit", "--quiet", "-m", subject);
      return git("rev-parse", "HEAD");
    };
    const one = (text: string) => ({ "install.d/30-one": `#!/bin/bash\n${text}\n` });
    const two = (text: string) => ({ "install.d/40-two": `#!/bin/bash\necho ${text} > /etc/two\n` });
    const first = commit("begin", one("echo fine > /etc/one"));
    commit("say more", two("more"));
    commit("add a comment", one("# says it\necho fine > /etc/one"));
    const broken = commit("tidy up", one("echo tidy > /etc/one"));
    commit("say less", two("less"));
    commit("add another comment", one("# tidy\necho tidy > /etc/one"));
    const check = `tar -xOf "$IMAGE" --wildcards "*etc/one" | grep -q fine`;
    const words = ["bisect", "tiny-os", "probe", "--build", "-n -t tar --image-size 0.2 --elements-path elements"];
    const env = { DIBKIT_CACHE: "store" };
    const found = await run([...words, "--good", first, "--run", check, "--format", "json"], env);
    expect(found, found.stderr).toMatchObject({ exitCode: 0 });
    const outcome = JSON.parse(found.stdout);
    expect(outcome).toMatchObject({
      ...{ version: 1, commit: { id: broken, subject: "tidy up" } },
      files: ["M elements/probe/install.d/30-one"],
    });
    // Both ends, then halves of the four commits between them.
    expect(outcome.tested.length).toBeLessThanOrEqual(5);
    const verdict = new Map(
      outcome.tested.map((one: { commit: { id: string }; verdict: string }) => [one.commit.id, one.verdict]),
    );
    expect(verdict.get(broken)).toBe("bad");
    expect(verdict.get(git("rev-parse", `${broken}~1`))).toBe("good");
    expect(git("worktree", "list").split("\n")).toHaveLength(1);
    const reversed = await run([...words, "--good", broken, "--run", check], env);
    expect(reversed).toMatchObject({ exitCode: 2 });
    expect(reversed.stderr).toContain(`error: --good "${broken}" is bad, so there is nothing to look for`);
  });

  test("bisect finds the version of upstream that changed an image, and says what it cannot look for", async () => {
    const versions = ["3.13", "3.37", "3.40"].map((version) => ["--upstream", upstreamVersion(version)]);
    const build = "-n -t tar --image-size 0.2 --elements-path elements";
    // Versions before 3.31 take nothing but 1 for a yes, so there is no checksum.
    const asked = ["bisect", "tiny-os", "probe", "--build", build, "--run", '! test -e "$IMAGE.md5"'];
    const env = { DIB_CHECKSUM: "md5" };
    const found = await run([...asked, ...versions.flat(), "--format", "json"], env);
    expect(found, found.stderr).toMatchObject({ exitCode: 0 });
    const outcome = JSON.parse(found.stdout);
    expect(outcome.upstream.version).toMatch(/^3\.37\./);
    expect(outcome.lastGood.version).toMatch(/^3\.13\./);
    expect(outcome.tested.map((one: { verdict: string }) => one.verdict)).toEqual(["good", "bad", "bad"]);
    const reversed = await run([...asked, ...versions.toReversed().flat()], env);
    expect(reversed).toMatchObject({ exitCode: 2 });
    expect(reversed.stderr).toMatch(/the first --upstream, diskimage-builder 3\.40\.\S+, is bad, so there is nothing/);
    const none = await run([...asked, "--upstream", "elements", "--upstream", "store"], env);
    expect(none.stderr).toContain('error: --upstream "elements" has no diskimage-builder');
    const both = await run([...asked, ...versions.flat(), "--good", "HEAD"], env);
    expect(both.stderr).toContain("error: --good and --upstream exclude each other");
  });
});
