/** A small picture of a descent: the contour lines of its function, and the path. */
import { svg } from "../../explorer/page/dom.js";
import { functionOf, readExpression, slopesAt } from "../expression/computation.js";
import {
	descended,
	levelsOf,
	linesAt,
	type Place,
	type Plane,
	type Slope,
	sampled,
} from "../expression/contourlines.js";
import { seriesClass } from "./chart.js";
import type { DescentVariant } from "./scenes.js";

/** The function of a descent, with its slope, and where it starts. */
export function descentOf({ state }: DescentVariant): {
	readonly at: (place: Place) => Slope;
	readonly value: (place: Place) => number;
	readonly start: Place;
} {
	const expression = readExpression(state.text);
	const names = state.plane as readonly [string, string];
	const f = functionOf(expression);
	const placed = (place: Place): ReadonlyMap<string, number> =>
		new Map([...state.values, ...names.map((name, axis) => [name, place[axis] as number] as const)]);
	const value = (place: Place): number => {
		const values = placed(place);
		return f(...expression.free.map((name) => values.get(name) as number));
	};
	const at = (place: Place): Slope => {
		const [across, up] = slopesAt(expression, placed(place), names);
		return { value: value(place), gradient: [across as number, up as number] };
	};
	return { at, value, start: [state.values.get(names[0]) as number, state.values.get(names[1]) as number] };
}

/** A descent; `index` is its number among the variants. */
export function landscape(variant: DescentVariant, index: number, size: number): SVGSVGElement {
	const { at, value, start } = descentOf(variant);
	const half = 1.25 * Math.max(...start.map(Math.abs));
	const plane: Plane = { left: -half, right: half, bottom: -half, top: half };
	const grid = sampled(value, plane, 41);
	const pixel = ([x, y]: Place): string =>
		[(x - plane.left) / (plane.right - plane.left), (plane.top - y) / (plane.top - plane.bottom)]
			.map((part) => Math.round(part * size * 10) / 10)
			.join(" ");
	const path = (line: readonly Place[]): string => `M${line.map(pixel).join("L")}`;
	const contours = levelsOf(grid, 7).flatMap((level) => linesAt(grid, level));
	const way = descended(at, start, variant.state.rate, Math.min(200, variant.state.steps))
		.map(({ place }) => place)
		.filter((place) => place.every((coordinate) => Math.abs(coordinate) < 1e3));
	return svg(
		"svg",
		{ viewBox: `0 0 ${size} ${size}`, class: `landscape ${seriesClass(index)}`, "aria-hidden": "true" },
		svg("path", { class: "contour", d: contours.map((line) => path(line.places) + (line.closed ? "Z" : "")).join("") }),
		svg("path", { class: "line", d: path(way) }),
		...way.slice(0, 1).map((place) => {
			const [cx, cy] = pixel(place).split(" ");
			return svg("circle", { class: "begin", cx, cy, r: 4 });
		}),
	);
}
