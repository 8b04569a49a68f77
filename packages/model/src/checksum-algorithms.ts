export const CHECKSUM_ALGORITHMS = ["md5", "sha256"] as const;

/** Name of a checksum, which is also the suffix of its file. */
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];
