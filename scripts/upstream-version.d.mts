/** Directory of the Python package `diskimage_builder` of a version such as "3.37", fetched once; throws without one. */
export function upstreamVersion(version: string): Promise<string>;
