import { BUILD_FLAGS, type BuildFlag, flagWord } from "@dibkit/model";

/** The text of `--help`; the options are described once, with `dibkit build`. */
export function imageCreateHelp(name: string, ramdisk: boolean): string {
  const options = Object.entries<BuildFlag>(BUILD_FLAGS).filter(
    ([, { upstream, onlyImages }]) => upstream !== undefined && !(ramdisk && onlyImages),
  );
  const rows = options.map(([key, option]) => [flagsOf(key, option), option.summary] as const);
  const width = Math.max(...rows.map(([flags]) => flags.length));
  const example = ramdisk ? `${name} -o deploy debian-minimal ramdisk` : `${name} -a amd64 -o debian vm debian-minimal`;
  return `Usage: ${name} [OPTION]... ELEMENT...

Builds an image from diskimage-builder elements: disk-image-create's command line, dibkit's builder.

Options:
${rows.map(([flags, summary]) => `    ${flags.padEnd(width)}  ${summary}`).join("\n")}
    ${"-h, --help".padEnd(width)}  show this help
    ${"--version".padEnd(width)}  show the version

Environment: ELEMENTS_PATH, DIB_RELEASE and whatever the elements read; DIB_NO_TIMESTAMP=1 prints without the
time, DIB_QUIET=1 prints nothing.

Example: ${example}
`;
}

/** Upstream has either the letter or the word of an option. */
function flagsOf(key: string, option: BuildFlag): string {
  const value = option.value === undefined ? "" : ` ${option.value}`;
  return `${option.short === undefined ? flagWord(key) : `-${option.short}`}${value}`;
}
