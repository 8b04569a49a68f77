/// <reference types="node" preserve="true" />
export { type Descriptor, sha256Digest } from "./descriptor.js";
export { pushAttestation } from "./image-attestation.js";
export { type Claims, findSigner, pushSignature, signatureTag } from "./image-signature.js";
export { networkTrouble } from "./network-trouble.js";
export { readKeyFile } from "./read-key-file.js";
export { CONFIG_TYPE, MANIFEST_TYPE, openRegistryClient, type RegistryClient } from "./registry-client.js";
export { type RegistryFailure, wrongContent } from "./registry-failure.js";
export { parseRepository, type Repository, renderRepository } from "./repository.js";
export {
  isSignedBy,
  type KeyTrouble,
  parseSigningKey,
  parseTrustedKey,
  type SigningKey,
  type TrustedKey,
} from "./signature-keys.js";
