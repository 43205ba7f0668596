/**
 * `chainrule/viz`: computations as pictures.
 */
export { type DotOptions, toDot } from "./dot.js";
export type { LabelOptions } from "./label.js";
export type { Pass, PictureOptions } from "./picture.js";
export { toSvg } from "./svg.js";
