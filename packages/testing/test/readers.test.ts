import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readAccounts } from "../src/accounts.js";
import { followLinks } from "../src/follow-links.js";
import { imageOf } from "../src/image.js";
import { listeners } from "../src/listeners.js";
import { secretsOf } from "../src/secrets.js";
import { sshdSettings } from "../src/sshd-settings.js";
import { tracesOf } from "../src/traces.js";
import { dpkgStatus, imageOfTexts } from "./text-image.js";

describe("paths are followed as inside of the image", () => {
  const { contents } = imageOfTexts({
    "/lib": "→ usr/lib",
    "/usr/lib/os-release": "ID=x",
    "/etc/os-release": "→ ../usr/lib/os-release",
    "/etc/absolute": "→ /lib/os-release",
    "/etc/up": "→ ../../../../lib",
    "/loop": "→ loop",
    "/dangling": "→ nowhere/at/all",
  });
  test.each([
    ["/lib/os-release", "/usr/lib/os-release"],
    ["/etc/os-release", "/usr/lib/os-release"],
    ["/etc/absolute", "/usr/lib/os-release"],
    ["/etc/up/os-release", "/usr/lib/os-release"],
    ["/usr/lib/../lib/./os-release", "/usr/lib/os-release"],
    ["/dangling", "/nowhere/at/all"],
    ["/loop", undefined],
    ["/", "/"],
  ])("%s", (path, expected) => expect(followLinks(contents, path)).toBe(expected));
});

describe("what a password field means", () => {
  test.each([
    ["$y$j9T$abc$def", "usable"],
    ["$6$salt$hash", "usable"],
    ["abJnggxhB/yWI", "usable"],
    ["", "empty"],
    ["*", "locked"],
    ["!", "locked"],
    ["!*", "locked"],
    ["!$6$salt$hash", "locked"],
    ["x", "locked"],
  ])("%j is %s", (hash, password) => {
    const [account] = readAccounts("me:x:1000:1001::/home/me:\n", `me:${hash}:19000:0:99999:7:::\n`);
    expect(account).toEqual({ name: "me", uid: 1000, gid: 1001, home: "/home/me", shell: "/bin/sh", password });
  });

  test("that is in /etc/passwd counts there, and one without a line in /etc/shadow is unknown", () => {
    const accounts = readAccounts("a::0:0::/:/bin/sh\nb:x:1:1::/:/bin/sh\n# c:x:2:2\nbroken\n", "other:*:::\n");
    expect(accounts.map(({ name, password }) => `${name} ${password}`)).toEqual(["a empty", "b unknown"]);
  });
});

describe("settings of sshd", () => {
  const program = { "/usr/sbin/sshd": "ELF" };
  const setting = async (tree: Readonly<Record<string, string>>, key: string) => {
    const found = (await sshdSettings(imageOfTexts({ ...program, ...tree })))?.get(key);
    return found === undefined ? undefined : `${found.value} ${found.where}`;
  };
  const main = "/etc/ssh/sshd_config";
  test.each([
    ["by default", {}, "passwordauthentication", "yes default"],
    ["as written", { [main]: "# x\nPasswordAuthentication no # why\n" }, "passwordauthentication", `no ${main}:2`],
    ["with = and quotes", { [main]: 'PermitRootLogin="no"\n' }, "permitrootlogin", `no ${main}:1`],
    [
      "the first one counts",
      { [main]: "PermitRootLogin no\npermitrootlogin yes\n" },
      "permitrootlogin",
      `no ${main}:1`,
    ],
    [
      "an included file comes where it is included",
      {
        [main]: "Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\n",
        "/etc/ssh/sshd_config.d/50-a.conf": "PasswordAuthentication no\n",
        "/etc/ssh/sshd_config.d/60-b.conf": "PasswordAuthentication yes\n",
      },
      "passwordauthentication",
      "no /etc/ssh/sshd_config.d/50-a.conf:1",
    ],
    [
      "a block holds for some connections only",
      { [main]: "Match User git\n  PasswordAuthentication no\nMatch all\nPermitRootLogin no\n" },
      "passwordauthentication",
      "yes default",
    ],
    [
      "a block of all ends one",
      { [main]: "Match User git\n  PasswordAuthentication no\nMatch all\nPermitRootLogin no\n" },
      "permitrootlogin",
      `no ${main}:4`,
    ],
    [
      "a block ends with its file, and holds for what is included in it",
      {
        [main]: "Include a.conf\nPermitRootLogin no\nMatch User git\nInclude b.conf\n",
        "/etc/ssh/a.conf": "Match User git\nPermitRootLogin yes\n",
        "/etc/ssh/b.conf": "PasswordAuthentication no\n",
      },
      "permitrootlogin",
      `no ${main}:2`,
    ],
    [
      "a file that is included in a block belongs to it",
      { [main]: "Match User git\nInclude b.conf\n", "/etc/ssh/b.conf": "PasswordAuthentication no\n" },
      "passwordauthentication",
      "yes default",
    ],
    [
      "a file that includes itself",
      { [main]: "Include sshd_config\nPort 2222\n" },
      "permitemptypasswords",
      "no default",
    ],
  ])("%s", async (_, tree, key, expected) => expect(await setting(tree, key)).toBe(expected));

  test("are none without a server", async () => expect(await sshdSettings(imageOfTexts({}))).toBeUndefined());
});

describe("what listens", () => {
  test.each([
    ["nothing", {}, []],
    ["sshd by default", { "/usr/sbin/sshd": "" }, ["sshd 22 22"]],
    [
      "sshd on addresses",
      {
        "/usr/sbin/sshd": "",
        "/etc/ssh/sshd_config": "Port 22\nPort 2222\nListenAddress 10.0.0.1\nListenAddress [::1]:23\n",
      },
      ["sshd [::1]:23 23", "sshd 10.0.0.1:22 22", "sshd 10.0.0.1:2222 2222"],
    ],
    [
      "nginx of included files",
      {
        "/usr/sbin/nginx": "",
        "/etc/nginx/nginx.conf": "http {\n  include /etc/nginx/sites-enabled/*;\n  # include gone.conf;\n}\n",
        "/etc/nginx/sites-enabled/web": "→ ../sites-available/web",
        "/etc/nginx/sites-available/web":
          "server { listen 80 default_server; listen [::]:8080; listen localhost; listen unix:/run/x; # listen 9\n}\n",
      },
      ["nginx 80 80", "nginx [::]:8080 8080", "nginx localhost 80", "nginx unix:/run/x undefined"],
    ],
    [
      "enabled sockets with what is added to them",
      {
        "/usr/lib/systemd/system/web.socket": "[Socket]\nListenStream=80\nListenDatagram=/run/x\n",
        "/usr/lib/systemd/system/off.socket": "[Socket]\nListenStream=81\n",
        "/usr/lib/systemd/system/cleared.socket": "[Socket]\nListenStream=82\n",
        "/etc/systemd/system/cleared.socket.d/a.conf": "[Socket]\nListenStream=\nListenStream=0.0.0.0:83\n",
        "/etc/systemd/system/sockets.target.wants/web.socket": "→ /usr/lib/systemd/system/web.socket",
        "/etc/systemd/system/sockets.target.wants/cleared.socket": "→ /usr/lib/systemd/system/cleared.socket",
      },
      ["systemd 80 80", "systemd /run/x undefined", "systemd 0.0.0.0:83 83"],
    ],
  ])("%s", async (_, tree, expected) => {
    const found = await listeners(imageOfTexts(tree));
    expect(found.map(({ program, address, port }) => `${program} ${address} ${port}`)).toEqual(expected);
  });
});

describe("traces of the builder", () => {
  const builder = { hostNames: ["builder-7"], paths: ["/home/al/"] };
  test.each([
    ["a whole path", { "/etc/x": "a\nb /home/al/src\n" }, ["/etc/x:2 /home/al"]],
    ["a longer name", { "/etc/x": "/home/alice /srv/home/al /home/al-2" }, []],
    ["the end of a file", { "/etc/x": "/home/al" }, ["/etc/x:1 /home/al"]],
    ["a link", { "/opt/x": "→ /home/al/x" }, ["/opt/x:undefined /home/al"]],
    ["other files than texts", { "/opt/x": "\0/home/al\0builder-7\0" }, ["/opt/x:undefined /home/al"]],
    ["a host name", { "/etc/hosts": "127.0.1.1 builder-7.example builder-70\n" }, ["/etc/hosts:1 builder-7"]],
    [
      "a host name that is a word of a package",
      {
        "/var/lib/dpkg/status": dpkgStatus("p|1"),
        "/var/lib/dpkg/info/p.list": "/usr/share/p\n/etc/p\n",
        "/usr/share/p": "builder-7",
        "/etc/p": "builder-7",
      },
      ["/etc/p:1 builder-7"],
    ],
  ])("%s", async (_, tree, expected) => {
    const traces = await tracesOf(imageOfTexts(tree), builder);
    expect(traces.map(({ path, line, text }) => `${path}:${line} ${text}`)).toEqual(expected);
  });

  test("are found between the pieces of a large file, with their lines", async () => {
    const directory = mkdtempSync(join(tmpdir(), "dibkit-traces-"));
    try {
      const piece = 4 * 1024 * 1024;
      for (const [shift, tail, expected] of [
        [-3, "/home/al ", [{ path: "/big", text: "/home/al", line: 2 }]],
        [-9, "\n/home/al", [{ path: "/big", text: "/home/al", line: 3 }]],
        [-8, "/home/alice", []],
        [-9, "x/home/al", []],
      ] as const) {
        const contentPath = join(directory, "big");
        writeFileSync(contentPath, `\n${".".repeat(piece + shift - 2)} ${tail}`);
        const file = { type: "file", mode: 0o644, owner: "0:0", bytes: piece + 20, contentPath } as const;
        const contents = { name: "big", files: new Map([["/big", file]]), texts: new Map() };
        const found = await tracesOf(imageOf(contents, { ownersKnown: true }), { hostNames: [], paths: ["/home/al"] });
        expect(found, `${shift} ${JSON.stringify(tail)}`).toEqual(expected);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

test("secrets are found in what is the image's own, and are not repeated", async () => {
  const token = `ghp_${"wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"}`;
  const secrets = await secretsOf(
    imageOfTexts({
      "/var/lib/dpkg/status": dpkgStatus("p|1"),
      "/var/lib/dpkg/info/p.list": "/usr/share/p\n",
      "/usr/share/p": token,
      "/etc/token": `a\nb ${token}\n`,
      "/root/auth": "deb https://user:s3cretpass@example.org/ x\n",
      "/root/binary": `\0${token}`,
    }),
  );
  expect(secrets.map(({ path, line }) => `${path}:${line}`)).toEqual(["/etc/token:2", "/root/auth:1"]);
  expect(JSON.stringify(secrets)).not.toMatch(/wWPw|s3cret/);
});

test("what nobody kept is not taken for empty", async () => {
  const file = { type: "file", mode: 0o644, owner: "0:0", bytes: 5 } as const;
  const image = imageOf(
    { name: "layers", files: new Map([["/etc/x", file]]), texts: new Map() },
    { ownersKnown: true },
  );
  const message = 'the content of "/etc/x" in "layers" is not known';
  await expect(image.text("/etc/x")).rejects.toThrow(message);
  await expect(secretsOf(image)).rejects.toThrow(message);
  await expect(tracesOf(image, { hostNames: [], paths: ["/home/al"] })).rejects.toThrow(message);
});
