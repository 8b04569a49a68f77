/** `"a", "b"`: values in messages are quoted. */
export function quoted(names: Iterable<string>): string {
  return [...names].map((name) => `"${name}"`).join(", ");
}

/** `"a" and "b"`, `"a", "b" and "c"`. */
export function enumerated(names: readonly string[]): string {
  const all = names.map((name) => `"${name}"`);
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
}

/** `"a" and "b"`, `"a", "b", "c" and 2 more`. */
export function shortList(names: readonly string[]): string {
  return names.length > 4 ? `${quoted(names.slice(0, 3))} and ${names.length - 3} more` : enumerated(names);
}

/** Path of a dependency, `vm → bootloader → grub2`. */
export function arrows(path: readonly string[]): string {
  return path.join(" → ");
}

/** `` `set -e` and `set -u` ``: commands are written as code. */
export function listedCommands(commands: readonly string[]): string {
  const all = commands.map((command) => `\`${command}\``);
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;
}
