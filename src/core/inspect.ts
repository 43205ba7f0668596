/**
 * The keys under which platforms look for a picture of a value.
 *
 * They are registered symbols, so nothing of Node is imported to serve it.
 */

/** What `console.log` calls in Node. */
export const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;
