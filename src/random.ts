/** `chainrule/random`: distributions beyond the uniform and the normal. Public surface and nothing else. */
import "./index.js";

export {};
