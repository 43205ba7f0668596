/** What the bundle takes for `@stdlib/utils-define-property`; see `lighter` in build.mjs. */
module.exports = Object.defineProperty;
