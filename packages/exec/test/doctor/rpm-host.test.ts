import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { rpmHostTroubles } from "../../src/doctor/rpm-host.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-rpm-host-"));
afterAll(() => rmSync(directory, { recursive: true }));

const PLUGINS = "usr/lib/python3/dist-packages/dnf-plugins";
let hosts = 0;
/** A Debian with files and, in `bin`, programs. */
function host(files: Readonly<Record<string, string>>) {
  const root = join(directory, String(hosts++));
  for (const [path, text] of Object.entries({ "etc/debian_version": "12", ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    if (path.startsWith("bin/")) chmodSync(join(root, path), 0o755);
  }
  return { root, env: { PATH: join(root, "bin") } };
}
const programs = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [`bin/${name}`, ""]));
const plugins = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [`${PLUGINS}/${name}.py`, ""]));
const local = (enabled: string) => ({ "etc/dnf/plugins/local.conf": `[main]\n${enabled}\n` });

const OLD = "TMPDIR=$t yumdownloader --verbose\nsudo -E yum -y install\n";
const NEW =
  'HOST_YUM_DOWNLOADER="yumdownloader"\nif ! command -v yumdownloader; then HOST_YUM_DOWNLOADER="dnf download"; fi\n';

test.each([
  [OLD, {}, ['program "rpm"', 'program "yumdownloader"', 'program "yum"']],
  [OLD, programs("rpm", "dnf"), ['program "yumdownloader"', 'program "yum"']],
  [OLD, programs("rpm", "yum", "yumdownloader"), []],
  [NEW, {}, ['program "rpm"', 'program "dnf"']],
  [NEW, { ...programs("rpm", "dnf"), ...plugins("builddep") }, ['dnf has no command "download"']],
  [NEW, programs("rpm", "dnf"), ['dnf has no command "download"']],
  [NEW, { ...programs("rpm", "dnf"), ...plugins("download") }, []],
  [NEW, programs("rpm", "yumdownloader"), ['program "yum"']],
  [
    NEW,
    { ...programs("rpm", "dnf"), ...plugins("download", "local"), ...local("enabled = true") },
    ['dnf\'s plugin "local"'],
  ],
  [NEW, { ...programs("rpm", "dnf"), ...plugins("download", "local"), ...local("") }, ['dnf\'s plugin "local"']],
  [NEW, { ...programs("rpm", "dnf"), ...plugins("download", "local"), ...local("enabled=false") }, []],
  [NEW, { ...programs("rpm", "dnf"), ...plugins("download"), ...local("enabled=1") }, []],
])("%j on a host with %j", (script, files, expected) => {
  const { root, env } = host(files);
  // The machine's own administrator's directories are looked at, too.
  const found = rpmHostTroubles(script, { root, env });
  expect(found.map(({ message }) => expected.find((one) => message.startsWith(one)) ?? message)).toEqual(expected);
  for (const { help } of found) expect(help).toMatch(/^(install|write) /);
});
