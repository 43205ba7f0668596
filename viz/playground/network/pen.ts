/**
 * What pictures are drawn with: a pen for the screen and a pen for a file.
 *
 * A picture is drawn once, by whichever pen it is given, so what is taken away
 * is what was seen. Only rasters are pixels in the file, too; all else is lines,
 * shapes and text.
 */
import { html, svg } from "../../explorer/page/dom.js";

/** Where text begins. */
export type Anchor = "start" | "middle" | "end";

/** How a shape is filled and framed. */
export interface Ink {
	readonly fill?: string | undefined;
	readonly stroke?: string | undefined;
	readonly width?: number;
	readonly alpha?: number;
	readonly dash?: readonly number[];
}

/** Draws. Lengths are CSS pixels. */
export interface Pen {
	readonly box: (x: number, y: number, width: number, height: number, ink: Ink, radius?: number) => void;
	readonly line: (x0: number, y0: number, x1: number, y1: number, ink: Ink) => void;
	/** A line that leaves and arrives level. */
	readonly bow: (x0: number, y0: number, x1: number, y1: number, ink: Ink) => void;
	readonly circle: (x: number, y: number, radius: number, ink: Ink) => void;
	readonly text: (x: number, y: number, words: string, colour: string, size: number, anchor?: Anchor) => void;
	/** Places joined by a line; one that is no number is a gap. */
	readonly path: (xs: ArrayLike<number>, ys: ArrayLike<number>, ink: Ink) => void;
	/** Pieces of lines: x and y of their ends in turn, times `step`, from x and y on. */
	readonly pieces: (ends: Float32Array, x: number, y: number, stepX: number, stepY: number, ink: Ink) => void;
	/** A part of `source` into a box, smoothly. */
	readonly image: (source: HTMLCanvasElement, from: Box, to: Box) => void;
	/** Draws `inside` only within a box. */
	readonly clip: (box: Box, inside: () => void) => void;
}

/** A rectangle: left, top, width, height. */
export type Box = readonly [number, number, number, number];

/** The faces of text in pictures. */
const typeface = "system-ui, 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif";

/** A pen for a canvas. */
function canvasPen(context: CanvasRenderingContext2D): Pen {
	const apply = ({ fill, stroke, width = 1, alpha = 1, dash }: Ink, path?: Path2D): void => {
		context.globalAlpha = alpha;
		if (fill !== undefined) {
			context.fillStyle = fill;
			if (path) context.fill(path);
			else context.fill();
		}
		if (stroke !== undefined) {
			context.strokeStyle = stroke;
			context.lineWidth = width;
			if (dash) context.setLineDash(dash as number[]);
			if (path) context.stroke(path);
			else context.stroke();
			if (dash) context.setLineDash([]);
		}
		context.globalAlpha = 1;
	};
	return {
		box: (x, y, width, height, ink, radius = 0) => {
			context.beginPath();
			if (radius === 0) context.rect(x, y, width, height);
			else context.roundRect(x, y, width, height, radius);
			apply(ink);
		},
		line: (x0, y0, x1, y1, ink) => {
			context.beginPath();
			context.moveTo(x0, y0);
			context.lineTo(x1, y1);
			apply(ink);
		},
		bow: (x0, y0, x1, y1, ink) => {
			const middle = (x0 + x1) / 2;
			context.beginPath();
			context.moveTo(x0, y0);
			context.bezierCurveTo(middle, y0, middle, y1, x1, y1);
			apply(ink);
		},
		circle: (x, y, radius, ink) => {
			context.beginPath();
			context.arc(x, y, radius, 0, 2 * Math.PI);
			apply(ink);
		},
		text: (x, y, words, colour, size, anchor = "start") => {
			context.font = `${size}px ${typeface}`;
			context.textAlign = anchor === "middle" ? "center" : anchor;
			context.fillStyle = colour;
			context.fillText(words, x, y);
		},
		path: (xs, ys, ink) => {
			context.beginPath();
			let open = false;
			for (let index = 0; index < xs.length; index++) {
				const y = ys[index]!;
				if (!Number.isFinite(y)) open = false;
				else if (open) context.lineTo(xs[index]!, y);
				else {
					context.moveTo(xs[index]!, y);
					open = true;
				}
			}
			apply(ink);
		},
		pieces: (ends, x, y, stepX, stepY, ink) => {
			context.beginPath();
			for (let index = 0; index < ends.length; index += 4) {
				context.moveTo(x + ends[index]! * stepX, y + ends[index + 1]! * stepY);
				context.lineTo(x + ends[index + 2]! * stepX, y + ends[index + 3]! * stepY);
			}
			apply(ink);
		},
		image: (source, from, to) => {
			context.imageSmoothingEnabled = true;
			context.imageSmoothingQuality = "medium";
			context.drawImage(source, ...from, ...to);
		},
		clip: (box, inside) => {
			context.save();
			context.beginPath();
			context.rect(...box);
			context.clip();
			inside();
			context.restore();
		},
	};
}

/** A pen that writes SVG, and what it has written. */
export function svgPen(
	width: number,
	height: number,
	title: string,
): { readonly pen: Pen; readonly text: () => string } {
	const root = svg(
		"svg",
		{ width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "font-family": typeface },
		svg("title", {}, title),
	);
	let place: SVGElement = root;
	let clips = 0;
	const looks = ({
		fill,
		stroke,
		width: thickness = 1,
		alpha = 1,
		dash,
	}: Ink): Record<string, string | number | undefined> => ({
		fill: fill ?? "none",
		stroke,
		"stroke-width": stroke === undefined ? undefined : round(thickness),
		"stroke-dasharray": dash?.join(" "),
		opacity: alpha === 1 ? undefined : round(alpha),
	});
	const add = (element: SVGElement): void => place.append(element);
	const pen: Pen = {
		box: (x, y, w, h, ink, radius = 0) =>
			add(
				svg("rect", {
					x: round(x),
					y: round(y),
					width: round(w),
					height: round(h),
					rx: radius === 0 ? undefined : radius,
					...looks(ink),
				}),
			),
		line: (x0, y0, x1, y1, ink) =>
			add(svg("line", { x1: round(x0), y1: round(y0), x2: round(x1), y2: round(y1), ...looks(ink) })),
		bow: (x0, y0, x1, y1, ink) => {
			const middle = round((x0 + x1) / 2);
			const d = `M${round(x0)} ${round(y0)}C${middle} ${round(y0)} ${middle} ${round(y1)} ${round(x1)} ${round(y1)}`;
			add(svg("path", { d, ...looks(ink) }));
		},
		circle: (x, y, radius, ink) => add(svg("circle", { cx: round(x), cy: round(y), r: radius, ...looks(ink) })),
		text: (x, y, words, colour, size, anchor = "start") =>
			add(svg("text", { x: round(x), y: round(y), "font-size": size, fill: colour, "text-anchor": anchor }, words)),
		path: (xs, ys, ink) => {
			let d = "";
			let open = false;
			for (let index = 0; index < xs.length; index++) {
				const isThere = Number.isFinite(ys[index]!);
				if (isThere) d += `${open ? "L" : "M"}${round(xs[index]!)} ${round(ys[index]!)}`;
				open = isThere;
			}
			add(svg("path", { d, "stroke-linejoin": "round", ...looks(ink) }));
		},
		pieces: (ends, x, y, stepX, stepY, ink) => {
			let d = "";
			for (let index = 0; index < ends.length; index += 4) {
				const [a, b] = [round(x + ends[index]! * stepX), round(y + ends[index + 1]! * stepY)];
				d += `M${a} ${b}L${round(x + ends[index + 2]! * stepX)} ${round(y + ends[index + 3]! * stepY)}`;
			}
			add(svg("path", { d, ...looks(ink) }));
		},
		image: (source, from, [x, y, w, h]) =>
			add(
				svg("image", {
					x: round(x),
					y: round(y),
					width: round(w),
					height: round(h),
					href: enlarged(source, from, w, h),
				}),
			),
		clip: (box, inside) => {
			const id = `clip-${++clips}`;
			const [x, y, w, h] = box;
			add(svg("clipPath", { id }, svg("rect", { x, y, width: w, height: h })));
			const outer = place;
			const group = svg("g", { "clip-path": `url(#${id})` });
			add(group);
			place = group;
			inside();
			place = outer;
		},
	};
	return { pen, text: () => new XMLSerializer().serializeToString(root) };
}

function round(value: number): number {
	return Math.round(value * 100) / 100;
}

/** A part of a raster as a PNG in an address, as fine as it will be seen: not every program smooths what it enlarges. */
function enlarged(source: HTMLCanvasElement, from: Box, width: number, height: number): string {
	const scale = 2;
	const canvas = html("canvas", { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
	const context = canvas.getContext("2d") as CanvasRenderingContext2D;
	context.imageSmoothingEnabled = true;
	context.drawImage(source, ...from, 0, 0, canvas.width, canvas.height);
	return canvas.toDataURL("image/png");
}

/** A canvas as fine as the screen; what is drawn on it is measured in CSS pixels. */
export interface Sheet {
	readonly canvas: HTMLCanvasElement;
	readonly pen: Pen;
	/** Makes it so large, and empty. */
	readonly clear: (width: number, height: number) => void;
}

/** Makes one. */
export function sheet(attributes: Record<string, string> = {}): Sheet {
	const canvas = html("canvas", { width: 1, height: 1, ...attributes });
	const context = canvas.getContext("2d") as CanvasRenderingContext2D;
	return {
		canvas,
		pen: canvasPen(context),
		clear: (width, height) => {
			const fine = devicePixelRatio || 1;
			const [w, h] = [Math.round(width * fine), Math.round(height * fine)];
			if (canvas.width !== w || canvas.height !== h) {
				canvas.width = w;
				canvas.height = h;
				canvas.style.width = `${width}px`;
				canvas.style.height = `${height}px`;
			}
			context.setTransform(fine, 0, 0, fine, 0, 0);
			context.clearRect(0, 0, width, height);
		},
	};
}
