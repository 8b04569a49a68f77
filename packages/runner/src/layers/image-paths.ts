/** A function of the text and its body. */
const FUNCTION = /^[ \t]*(?:function[ \t]+)?([\w-]+)[ \t]*(?:\(\))?[ \t]*\{[ \t]*\n([\s\S]*?)^[ \t]*\}/gm;
/** The rest of a command, over continued lines, up to what it reads from the host itself. */
const REST = String.raw`(?:[^\n;|&<\\]|\\[\s\S])*`;
/** Options of programs whose values are paths below the root that another option gives. */
const BELOW_ROOT = /(?:--|%_)dbpath[=\s]+\S+/g;

/**
 * A host script's text without the paths that mean the image: the words of commands that `chroot` runs, or a function of
 * the text that does nothing but that, and options that `rpm --root` takes from there.
 */
export function withoutImagePaths(text: string): string {
  const entering = [...text.matchAll(FUNCTION)].flatMap(([, name = "", body = ""]) =>
    /^\s*(?:sudo\s[^\n]*)?\bchroot\s/m.test(body) ? [name] : [],
  );
  if (entering.length === 0 && !/\bchroot\b|dbpath/.test(text)) return text;
  const commands = new RegExp(String.raw`(?<![\w./-])(?:${["chroot", ...entering].join("|")})[ \t]${REST}`, "g");
  return text.replace(BELOW_ROOT, "").replace(commands, "");
}
