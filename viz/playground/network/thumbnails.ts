/**
 * Small pictures of the sets of data: the points themselves, as they would be
 * drawn, only fewer. The library is loaded for them after the page is there.
 */
import { type DataSet, type Setup, standardSetup } from "../setup.js";
import type { Points } from "../training/protocol.js";
import { palette } from "./colours.js";
import { rangeOfValues } from "./ground.js";
import { sheet } from "./pen.js";

const side = 46;

/** So much noise that a set is known at a glance. */
const noises: Readonly<Record<Exclude<DataSet, "own">, number>> = {
	moons: 0.07,
	circles: 0.05,
	spirals: 0.02,
	xor: 0.35,
	blobs: 0.3,
	function: 0,
};

/** The picture of a set, as an address; of the reader's own there is a sign instead. */
export async function thumbnail(name: Exclude<DataSet, "own">, setup: Setup): Promise<string> {
	const { pointsOf } = await import("../training/samples.js");
	const isField = name === "function";
	const points = pointsOf({
		...standardSetup,
		classes: setup.classes,
		target: setup.target,
		data: name,
		samples: isField ? 260 : 72,
		noise: noises[name],
		test: 0,
	});
	return drawn(points);
}

/** An image and not a canvas: those are painted again with every frame. */
function drawn(points: Points): string {
	const { canvas, pen, clear } = sheet();
	const colours = palette();
	const { left, right, bottom, top } = points.plane;
	const [low, high] = rangeOfValues(points);
	clear(side, side);
	for (let at = 0; at < points.y.length; at++) {
		const x = (side * ((points.x[2 * at] as number) - left)) / (right - left);
		const y = (side * (top - (points.x[2 * at + 1] as number))) / (top - bottom);
		const value = points.y[at] as number;
		if (points.task === "classes") pen.circle(x, y, 1.5, { fill: colours.classes[value] });
		else {
			const pixel = colours.scale[Math.round((255 * (value - low)) / (high - low))] as number;
			pen.circle(x, y, 2.6, { fill: `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})` });
		}
	}
	return canvas.toDataURL("image/png");
}
