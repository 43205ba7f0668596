/**
 * `chainrule/viz`: computations as pictures.
 */
export { type DotOptions, toDot } from "./dot.js";
export { type HtmlOptions, toHtml } from "./explorer/html.js";
export type { FlowOptions } from "./flow.js";
export type { FoldOptions } from "./fold.js";
export type { LabelOptions } from "./label.js";
export type { Theme } from "./look.js";
export type { MarkLimits, MarkOptions } from "./marks.js";
export type { PathOptions } from "./path.js";
export type { Pass, PictureOptions } from "./picture.js";
export { type PngOptions, toPng } from "./png.js";
export type { ShadeOptions } from "./shade.js";
export type { Drawable, Drawn, InputOptions } from "./subject.js";
export { toSvg } from "./svg.js";
