import type { SourceText } from "@dibkit/model";
import { expect, it } from "vitest";
import { type ExampleTree, type LintConfiguration, lint } from "../../src/index.js";
import { exampleCatalog } from "../../src/testing/example-elements.js";

/** What a reading of public trees found to be wrong, and what is right; each row is a member of a family. */
interface Case {
  readonly elements: ExampleTree;
  readonly later?: ExampleTree;
  readonly configuration?: LintConfiguration;
  /** Version of the diskimage-builder in reach. */
  readonly upstream?: string;
  /** Texts of the repository around the elements. */
  readonly repository?: Readonly<Record<string, string>>;
}

const HEAD = "#!/bin/bash\nset -eu\nset -o pipefail\n";
const disk = (type: string, label = "gpt") => ({
  "web/block-device-default.yaml":
    `- local_loop:\n    name: image0\n- partitioning:\n    base: image0\n    label: ${label}\n    partitions:\n      - name: boot\n        type: 'EF02'\n        size: 8MiB\n      - name: root\n        type: ${type}\n        size: 100%\n        mkfs:\n          type: ext4\n          mount:\n            mount_point: /\n`.replace(
      /'EF02'/,
      label === "gpt" ? "'EF02'" : "'0x83'",
    ),
});
const sources = (first: string, second: string) => ({
  "web/source-repository-web": `web ${first} /opt/web https://example.com/a v1\nmore ${second} /opt/web https://example.com/b v1\n`,
});
const packages = (wish: string, removal: string) => ({
  "web/element-deps": "build\n",
  "web/package-installs.yaml": `git:\n  phase: ${wish}\n`,
  "build/package-installs.yaml": `git:\n  phase: ${removal}\n  build-only: true\n`,
});
const plain = (content: string) => ({ content, mode: 0o644 });
const boot = plain("#!/bin/sh\n### BEGIN INIT INFO\n# Provides: web\n### END INIT INFO\necho $1\n");
const container = {
  "containerfile/element-provides": "operating-system\n",
  "rocky-container/element-deps": "containerfile\n",
  "rocky-container/environment.d/10-rocky": "export DISTRO_NAME=rocky\nexport DIB_RELEASE=${DIB_RELEASE:-9}\n",
};

/** Name, what is linted, and `severity code: message` of every finding; empty where nothing is wrong. */
const CASES: readonly (readonly [name: string, input: Case, findings: readonly (string | RegExp)[]])[] = [
  ...["8E00", "1e30", "08", "y", "n", "0o17"].map(
    (type) => [`type ${type} is a text to PyYAML`, { elements: disk(type) }, []] as const,
  ),
  ["type 0700 is 448", { elements: disk("0700") }, [/^error block-device-valid: type 0700 .* number 448/]],
  [
    "a type written as a date is no text",
    { elements: disk("2026-01-01") },
    [/^error block-device-valid: .*the date 2026-01-01/],
  ],
  [
    "a number is not turned into another one",
    { elements: disk("83", "mbr") },
    [/^error block-device-valid: .*is a number.*\[quote it: '83'\]$/],
  ],
  ["two archives in one directory are merged", { elements: sources("tar", "tar") }, []],
  ["of two files the second wins", { elements: sources("file", "file") }, [/^error source-repository-destination:/]],
  ["two clones in one directory", { elements: sources("git", "git") }, [/^error source-repository-destination:/]],
  ...[
    'cp "$(dirname $0)/web-init" /etc/init.d/',
    "install -m 755 ${SCRIPTDIR}/web-init /etc/init.d/web",
    "cp /tmp/in_target.d/install.d/web-init /etc/init.d/",
    "for job in web-init other; do cp $SCRIPTDIR/$job /etc/init.d/; done",
    "cp ${SCRIPTDIR}/web-${DIB_INIT_SYSTEM} /etc/init.d/web",
  ].map(
    (line) =>
      [
        `data that a script installs: ${line}`,
        {
          elements: {
            "web/install.d/50-web": `${HEAD}SCRIPTDIR=$(dirname $0)\nDIB_INIT_SYSTEM=init\n${line}\n`,
            "web/install.d/web-init": plain("#!/bin/sh\nsudo service web start\nif\n"),
          },
        },
        [],
      ] as const,
  ),
  ["an init script by its header", { elements: { "web/install.d/web": boot } }, []],
  [
    "keys with the name of a script",
    { elements: { "web/install.d/10-authorized-keys": plain("ssh-rsa AAAA me\n") } },
    [],
  ],
  [
    "an upstart job with the name of a script",
    { elements: { "web/install.d/10-web": plain("start on runlevel 2\nexec web\n") } },
    [],
  ],
  [
    "a hook that was forgotten is still found",
    { elements: { "web/install.d/50-web": plain(`${HEAD}uptime\n`) } },
    [
      "error script-executable: hook script install.d/50-web is not executable, so it is never run [make it executable, or move it out of the phase when it is not meant to run]",
    ],
  ],
  [
    "programs and environment files need no set -e",
    {
      elements: {
        "web/element-deps": "install-static\n",
        "install-static/README.rst": "x\n",
        "web/static/usr/bin/web": "#!/bin/bash\ncd /x\nrm *\nls | sort\n",
        "web/bin/web": "#!/bin/bash\ncd /x\nls\n",
        "web/environment.d/10-web": { content: "#!/bin/bash\nexport WEB=1\n", mode: 0o644 },
      },
    },
    [],
  ],
  [
    "one command decides the script's status",
    { elements: { "web/install.d/50-web": "#!/bin/bash\nsed -i s/a/b/ /etc/web\n" } },
    [],
  ],
  [
    "a hook is told once what it lacks",
    { elements: { "web/install.d/50-web": "#!/bin/bash\ncurl x | tar x\nuptime\n" } },
    [/^warning script-errexit: install.d\/50-web does not `set -e` and `set -o pipefail`,/],
  ],
  ["tracing in environment.d", { elements: { "web/environment.d/10-web": "set -eux\nexport WEB=1\n" } }, []],
  [
    "clearing an option",
    { elements: { "web/environment.d/10-web": "set +e\nexport WEB=1\n" } },
    [/^error env-options:/],
  ],
  ["an option that is set again", { elements: { "web/environment.d/10-web": "set +e\nuptime\nset -e\n" } }, []],
  [
    "install and removal in one phase, since 3.31",
    { elements: packages("install.d", "install.d"), upstream: "3.40.2" },
    [],
  ],
  [
    "install and removal in one phase, before",
    { elements: packages("install.d", "install.d"), upstream: "3.13.0" },
    [/^warning packages-conflict: .*before diskimage-builder 3\.31, and 3\.13\.0 is in reach/],
  ],
  ["removal in an earlier phase", { elements: packages("install.d", "pre-install.d"), upstream: "3.13.0" }, []],
  [
    "removal in a later phase",
    { elements: packages("install.d", "post-install.d"), upstream: "3.40.2" },
    [/^warning packages-conflict: .*in post-install\.d/],
  ],
  ...[
    "sudo cp web $TMP_BUILD_DIR/mnt/etc/web",
    "sudo mkdir -p $TMP_HOOKS_PATH/web",
    "D=$TMP_BUILD_DIR/mnt\nsudo cp web $D/etc/web",
    "D=$TMP_MOUNT_PATH/etc\nE=$D/web\nsudo openssl req -keyout $E/key",
    'R="${TARGET_ROOT}"\nsudo systemctl --root "$R" enable web',
    "sudo tee $WEB_CONF",
    "U=$(id -un)\nsudo mv $TMP_MOUNT_PATH/image image.qcow2\nsudo chown $U: image.qcow2",
    "sudo cat /etc/hosts",
  ].map(
    (line) =>
      [
        `sudo on the image: ${line.replaceAll("\n", "; ")}`,
        {
          elements: {
            "web/root.d/50-web": `${HEAD}${line}\n`,
            "web/environment.d/10-web": "export WEB_CONF=$TMP_MOUNT_PATH/etc/web\n",
          },
        },
        [],
      ] as const,
  ),
  [
    "sudo on the host",
    { elements: { "web/cleanup.d/50-web": `${HEAD}sudo systemctl restart web\n` } },
    [/^warning script-sudo:/],
  ],
  [
    "one line, one finding",
    { elements: { "web/finalise.d/50-web": `${HEAD}sudo rm -rf /srv/web\nsudo touch /x\n` } },
    [/^info script-sudo-in-target: `sudo` in finalise\.d\/50-web, 2 times/],
  ],
  [
    "a write on the host is told once",
    { elements: { "web/cleanup.d/50-web": `${HEAD}sudo rm -rf /srv/web\n` } },
    [/^error script-host-write:/],
  ],
  [
    "options are no operands",
    {
      elements: {
        "web/root.d/50-web": `${HEAD}rsync -a a/ $TARGET_ROOT/b --exclude /proc\ncp -t $TARGET_ROOT /etc/hosts\n`,
      },
    },
    [],
  ],
  [
    "every distribution that ends in an operating system",
    {
      elements: {
        ...container,
        "svc-map/README.rst": "x\n",
        "web/element-deps": "svc-map\n",
        "web/svc-map": "web:\n  redhat: httpd\n  default: apache2\n",
      },
    },
    [/^warning svc-map-family: service "web" is "apache2" on rocky/],
  ],
  ...(
    [
      ["build.sh", "export DIB_WEB_SITE=example.com\n"],
      ["Makefile", "DIB_WEB_SITE ?= example.com\n"],
      [".zuul.yaml", "vars:\n  env:\n    DIB_WEB_SITE: example.com\n"],
      ["README.md", "Set `DIB_WEB_SITE` first.\n"],
      ["doc/source/index.rst", "``DIB_WEB_SITE``: the site.\n"],
      ["config.yaml", 'env:\n- name: DIB_WEB_SITE\n  value: "example.com"\n'],
    ] as const
  ).map(
    ([path, text]) =>
      [
        `${path} speaks of the variable`,
        { elements: { "web/install.d/50-web": `${HEAD}echo $DIB_WEB_SITE\n` }, repository: { [path]: text } },
        [],
      ] as const,
  ),
  ...(
    [
      [
        "a source repository",
        { "web/source-repository-web": "web git /opt/web https://example.com/a $DIB_WEB_SITE\n" },
      ],
      ["an environment file", { "web/environment.d/10-web": "export WEB=$DIB_WEB_SITE\n" }],
      ["a command", { "web/install.d/50-web": `${HEAD}set +u\n$DIB_WEB_SITE serve /srv\n` }],
    ] as const
  ).map(
    ([reader, elements]) =>
      [
        `${reader} reads what a wrapper sets`,
        { elements, repository: { "build.sh": "export DIB_WEB_SITE=example.com\n" } },
        [],
      ] as const,
  ),
  [
    "what is only documented must still be set for a source repository",
    {
      elements: { "web/source-repository-web": "web git /opt/web https://example.com/a $DIB_WEB_SITE\n" },
      repository: { "README.md": "Set `DIB_WEB_SITE` first.\n" },
    },
    [/^warning source-repository-variable:/],
  ],
  [
    "data that is run by mistake has no place in an order",
    {
      elements: {
        "web/install.d/50-web": `${HEAD}install -m 600 "$(dirname $0)/authorized_keys" /root/.ssh/\n`,
        "web/install.d/authorized_keys": { content: "ssh-rsa AAAA me\n", mode: 0o755 },
      },
    },
    [/^warning script-shebang: install\.d\/authorized_keys is data for a script, but the build runs it too/],
  ],
  [
    "a hook without a first line, which bash runs",
    { elements: { "web/install.d/50-web": { content: "echo web\n", mode: 0o755 } } },
    [/^info script-shebang: hook script install\.d\/50-web does not say what runs it/],
  ],
  [
    "a hook without a first line, which is none for bash",
    {
      elements: {
        "web/install.d/50-web": { content: "import os\nfor name in os.environ:\n    print(name)\n", mode: 0o755 },
      },
    },
    [/^warning script-errexit:/, /^warning script-shebang: .* does not say what runs it/, /^warning script-syntax:/],
  ],
  ...["set -x\nexport WEB=$(hostname)\nuptime", "export WEB=$(hostname)"].map(
    (lines) =>
      [
        `no failure is hidden where none ends the script: ${lines.replaceAll("\n", "; ")}`,
        {
          elements: {
            "web/element-deps": "install-bin\n",
            "install-bin/README.rst": "x\n",
            "web/bin/web": { content: `#!/bin/bash\n${lines}\n`, mode: 0o755 },
          },
        },
        [],
      ] as const,
  ),
  [
    "a failure is hidden where one ends the script",
    {
      elements: {
        "web/element-deps": "install-bin\n",
        "install-bin/README.rst": "x\n",
        "web/bin/web": { content: "#!/bin/bash -e\nexport WEB=$(hostname)\n", mode: 0o755 },
      },
    },
    [/^warning script-export-substitution:/],
  ],
  [
    "reading a variable does not set it",
    {
      elements: { "web/install.d/50-web": `${HEAD}echo $DIB_WEB_SITE\n` },
      repository: { "build.sh": 'echo "${DIB_WEB_SITE:-none}"\n' },
    },
    [/^warning env-set:/],
  ],
  [
    "another name is no advice",
    { elements: { "web/install.d/50-web": `${HEAD}echo $K8S_VERSION\n` } },
    [/^warning env-set: .*\[give it a default, or document it/],
  ],
  [
    "a close name comes with the advice",
    {
      elements: {
        "web/install.d/50-web": `${HEAD}echo $TMP_MOUNT_PTH $WEB\n`,
        "web/environment.d/10-w": "export WEB=1\n",
      },
    },
    [/^warning env-set: .*\[did you mean "TMP_MOUNT_PATH"\? if not, give it a default/],
  ],
  [
    "a condition on what the wrapper exports",
    {
      elements: {
        "web/element-deps": "package-installs\n",
        "package-installs/README.rst": "x\n",
        "web/package-installs.yaml": "nginx:\n  when: DIB_WEB = 1\n",
      },
      repository: { "build.sh": "export DIB_WEB=1\n" },
    },
    [/^warning packages-when-set: conditions read "DIB_WEB" \(see build\.sh\)/],
  ],
  [
    "a variable that another script of the element asks for",
    {
      elements: {
        "web/root.d/10-check": `${HEAD}if [ -z "\${DIB_WEB_FILE:-}" ]; then\n    exit 1\nfi\n`,
        "web/install.d/50-web": `${HEAD}echo $DIB_WEB_FILE\n`,
      },
    },
    [],
  ],
  [
    "a map for old releases only",
    {
      elements: {
        "ubuntu/element-provides": "operating-system\n",
        "ubuntu/environment.d/10-u": "export DISTRO_NAME=ubuntu\nexport DIB_RELEASE=${DIB_RELEASE:-noble}\n",
        "package-installs/README.rst": "x\n",
        "web/element-deps": "package-installs\n",
        "web/package-installs.yaml": "web_server:\n",
        "web/pkg-map": '{ "release": { "ubuntu": { "xenial": { "web_server": "nginx" } } } }\n',
      },
    },
    [],
  ],
  [
    "an element of a later upstream",
    { elements: { "web/element-deps": "rocky-container\n" }, upstream: "3.13.0" },
    [/^warning deps-known: .*has since 3\.18, and 3\.13\.0 is in reach \[build with/],
  ],
  [
    "env bash",
    { elements: { "web/install.d/50-web": "#!/usr/bin/env bash\nset -eu\nset -o pipefail\n" } },
    [/^info script-shebang:/],
  ],
  [
    "CRLF is called CRLF",
    { elements: { "web/install.d/50-web": "#!/bin/bash\r\nset -eu\r\nset -o pipefail\r\n" } },
    [/^error script-shebang: the lines of install\.d\/50-web end with CRLF/],
  ],
  [
    "the hooks directory inside the image",
    { elements: { "web/install.d/50-web": `${HEAD}cp $TMP_HOOKS_PATH/x /etc\n` } },
    [/^error script-host-variable: .*\[use \/tmp\/in_target\.d,/],
  ],
  [
    "env.d",
    { elements: { "web/env.d/10-web": "export WEB=1\n" } },
    [/^error phase-known: .*\[did you mean "environment\.d"\?\]/],
  ],
  [
    "an executable environment file",
    { elements: { "web/environment.d/10-web": { content: "export A=1\n", mode: 0o755 } } },
    [/^info env-not-executable:/],
  ],
  [
    "an architecture by the kernel's name",
    {
      elements: {
        "web/element-deps": "package-installs\n",
        "package-installs/README.rst": "x\n",
        "web/package-installs.yaml": "nginx:\n  arch: x86_64\n",
      },
    },
    [/^error packages-arch-known:/],
  ],
  [
    "one mistake of several packages",
    {
      elements: {
        "web/element-deps": "package-installs\n",
        "package-installs/README.rst": "x\n",
        "web/package-installs.yaml": "nginx:\n  arch: x86_64\nhttpd:\n  arch: x86_64\nmoreutils:\n  arch: arm46\n",
      },
    },
    [
      /^error packages-arch-known: arch of "nginx" and "httpd" names "x86_64", .*: there the packages are not installed/,
      /^warning packages-arch-known: arch of "moreutils" names "arm46"/,
    ],
  ],
  [
    "handlers that other elements of the tree bring",
    {
      elements: {
        "install-static/README.rst": "x\n",
        "svc-map/bin/svc-map": "#!/usr/bin/python3\n",
        "agent/element-deps": "install-static\nsvc-map\n",
        "web/static/etc/web": "x\n",
        "web/install.d/50-web": `${HEAD}systemctl enable $(svc-map web)\n`,
      },
    },
    [
      /^error script-program-element: nothing that "web" depends on brings "svc-map"/,
      /^warning control-file-handled: .*but nothing that it depends on brings "install-static", which handles it/,
    ],
  ],
  [
    "handlers that nobody brings but what depends on the element itself",
    {
      elements: {
        "install-static/README.rst": "x\n",
        "image/element-deps": "install-static\nweb\n",
        "web/static/etc/web": "x\n",
      },
    },
    [/^error control-file-handled: .*but nothing brings "install-static"/],
  ],
  [
    "handlers are missing on some systems",
    {
      elements: {
        "package-installs/README.rst": "x\n",
        "a/element-provides": "operating-system\n",
        "a/environment.d/10-a": "export DISTRO_NAME=a\n",
        "b/element-provides": "operating-system\n",
        "b/element-deps": "package-installs\n",
        "b/environment.d/10-b": "export DISTRO_NAME=b\n",
        "web/package-installs.yaml": "nginx:\n",
      },
    },
    [/^info control-file-handled: .*but nothing on "a" brings "package-installs", which handles it/],
  ],
];

it.each(CASES)("%s", async (_name, { elements, later, configuration, upstream, repository = {} }, expected) => {
  const readmes = Object.fromEntries(
    Object.keys(elements).map((path) => [`${path.split("/")[0]}/README.rst`, "x\n"] as const),
  );
  const catalog = exampleCatalog({ ...readmes, ...elements }, later);
  const texts = Object.entries(repository).map(([path, text]): SourceText => ({ path, text }));
  const { diagnostics } = await lint({
    catalog,
    elements: [...catalog.elements.values()],
    ...(configuration && { configuration }),
    ...(upstream !== undefined && { upstream: { elements: "/upstream", version: upstream } }),
    tools: { repositoryTexts: () => texts },
  });
  const found = diagnostics.map(
    ({ severity, code, message, help }) => `${severity} ${code}: ${message}${help === undefined ? "" : ` [${help}]`}`,
  );
  expect(found.length, found.join("\n")).toBe(expected.length);
  for (const [index, pattern] of expected.entries()) {
    if (typeof pattern === "string") expect(found[index]).toBe(pattern);
    else expect(found[index]).toMatch(pattern);
  }
});
