const MARK = "dibkit:";

/** The source that a mount is given to tell which directory of the cache it shows, as `$DIB_IMAGE_CACHE/apt/debian`. */
export function cacheMark(source: string): string {
  return `${MARK}${source}`;
}

/** The directory of the cache that a mount with this source shows; undefined when it is another kind of mount. */
export function shownCache(source: string): string | undefined {
  return source.startsWith(MARK) ? source.slice(MARK.length) : undefined;
}
