import { sameButSecrets } from "./observation-reasons.js";

/** A file whose bytes may differ while it says the same. */
interface FileWithMeaning {
  readonly path: RegExp;
  readonly same: (upstream: string, dibkit: string) => boolean;
  readonly reason: string;
}

const FILES: readonly FileWithMeaning[] = [
  {
    path: /^var\/cache\/debconf\//,
    same: sameWhen((text) => sorted(text, /\n/)),
    reason: "the same records in another order: debconf writes a hash table",
  },
  {
    path: /^var\/lib\/apt\/extended_states$/,
    same: sameWhen((text) => sorted(text, /\n\n/)),
    reason: "the same packages in the order in which apt noted them",
  },
  {
    path: /^var\/lib\/dpkg\/triggers\/File$/,
    same: sameWhen((text) => sorted(text, /\n/)),
    reason: "the same triggers in the order in which packages came",
  },
  {
    path: /^etc\/dib-manifests\/dib-element-manifest$/,
    same: sameWhen((text) => sorted(text, /\s+/)),
    reason: "the same elements in another order: upstream's is that of a Python set, dibkit's that of the request",
  },
  {
    // The element manifests writes it from `DIB_ENV`.
    path: /^etc\/dib-manifests\/dib_environment$/,
    same: sameButSecrets,
    reason: "dibkit keeps secrets out of what goes to manifests",
  },
  {
    path: /^etc\/shadow-?$/,
    same: sameWhen(withoutDays),
    reason: "holds the day on which an account was made, and midnight passed between the builds",
  },
  {
    path: /^etc\/shadow-?$/,
    same: sameWhen((text) => withoutDays(withoutSalts(text))),
    reason: "passwords are kept with a random salt",
  },
];

/** Why two contents of a path (without its leading slash) mean the same; nothing when they do not. */
export function sameByMeaning(path: string, upstream: Buffer, dibkit: Buffer): string | undefined {
  const [theirs, ours] = [upstream.toString("latin1"), dibkit.toString("latin1")];
  return FILES.find((file) => file.path.test(path) && file.same(theirs, ours))?.reason;
}

/** Whether the content decides what a difference of the file means. */
export function isComparedByMeaning(path: string): boolean {
  return FILES.some((file) => file.path.test(path));
}

function sameWhen(canonical: (text: string) => string): FileWithMeaning["same"] {
  return (one, other) => canonical(one) === canonical(other);
}

function sorted(text: string, between: RegExp): string {
  return text.split(between).sort().join("\n");
}

/** Of a password as crypt(5) keeps it, the method and its cost; the hash differs with the salt for one password too. */
function withoutSalts(text: string): string {
  return text.replace(
    /^([^:\n]*:)\$(\w+)\$(rounds=\d+\$|j[./\w]+\$)?[./\w]+\$[./\w]+(?=:)/gm,
    (_all, name: string, method: string, cost = "") => `${name}$${method}$${cost}SALT`,
  );
}

/** The third field of a line of shadow(5) counts days since 1970; an empty one and 0 have meanings of their own. */
function withoutDays(text: string): string {
  return text.replace(/^([^:\n]*:[^:\n]*):[1-9]\d*:/gm, "$1:DAY:");
}
