import { inspect } from "node:util";

/** A credential. It turns into `***` wherever it is printed, logged or serialised; only `reveal` gives the value. */
export interface Secret {
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

const MASK = "***";

export function secret(value: string): Secret {
  return {
    reveal: () => value,
    toString: () => MASK,
    toJSON: () => MASK,
    [inspect.custom]: () => MASK,
  } as Secret;
}

/** Replaces credentials in text that came from elsewhere, such as an error page that echoes the request. */
export interface Redactor {
  add(one: Secret): void;
  text(text: string): string;
  /** The same value with every string in it redacted. */
  value<T>(value: T): T;
}

export function createRedactor(secrets: Iterable<Secret> = []): Redactor {
  const words = new Set<string>();
  const redactor: Redactor = {
    add(one) {
      const value = one.reveal();
      // Services echo what they were sent, in the encoding it was sent in.
      for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])
        if (form !== "") words.add(form);
    },
    text(text) {
      const longestFirst = [...words].sort((left, right) => right.length - left.length);
      return longestFirst.reduce((rest, word) => rest.replaceAll(word, MASK), text);
    },
    value<T>(value: T): T {
      return redacted(value, redactor.text) as T;
    },
  };
  for (const one of secrets) redactor.add(one);
  return redactor;
}

function redacted(value: unknown, text: (text: string) => string): unknown {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return value.map((one) => redacted(one, text));
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, redacted(one, text)]));
  return value;
}

/** An address without the user and password that it may carry. */
export function publicUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, "$1");
}
