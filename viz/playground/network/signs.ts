/** Signs on buttons, as small drawings in the colour of the text. */
import { svg } from "../../explorer/page/dom.js";

const drawings = {
	train: "M4 2.5v11l10-5.5z",
	pause: "M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",
	step: "M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",
	epoch: "M1.5 2.5v11L7 8zM7 2.5v11L12.5 8zM12.6 2.5h2v11h-2z",
	start: "M13 2.5v11L6 8zM2.8 2.5H5v11H2.8z",
	save: "M7.2 1.5h1.6v6h2.7L8 11.4 4.5 7.5h2.7zM2.5 12.6h11v1.7h-11z",
	dice: "M3.5 1.8h9a1.7 1.7 0 0 1 1.7 1.7v9a1.7 1.7 0 0 1-1.7 1.7h-9a1.7 1.7 0 0 1-1.7-1.7v-9a1.7 1.7 0 0 1 1.7-1.7zM5.2 4a1.2 1.2 0 1 0 0 2.4A1.2 1.2 0 0 0 5.2 4zM8 6.8a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4zm2.8 2.8a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4z",
	plus: "M7.1 2.5h1.8v4.6h4.6v1.8H8.9v4.6H7.1V8.9H2.5V7.1h4.6z",
	minus: "M2.5 7.1h11v1.8h-11z",
	draw: "M11.3 1.6l3.1 3.1-8.7 8.7-4 .9.9-4zM10 4.4L11.6 6",
	pin: "M5 1.5h6v1.4l-1 .6v3.6l2.2 2.2v1.4H8.7v3.8L8 15.6l-.7-1.1v-3.8H3.8V9.3L6 7.1V3.5l-1-.6z",
} as const;

/** A sign by its name. */
export function sign(name: keyof typeof drawings): SVGSVGElement {
	return svg(
		"svg",
		{ class: "sign", viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
		svg("path", { d: drawings[name], "fill-rule": "evenodd" }),
	);
}
