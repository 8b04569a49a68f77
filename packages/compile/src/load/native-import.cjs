// A CommonJS file, so that the import is Node's own even where a bundler or test runner rewrites those of ES modules.
/**
 * @param {string} url
 * @returns {Promise<Record<string, unknown>>}
 */
exports.nativeImport = (url) => import(url);
