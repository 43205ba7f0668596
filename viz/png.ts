/**
 * A computation as PNG: the SVG, painted.
 *
 * A browser paints it on a canvas, Node with resvg, which is looked for when the
 * first picture is asked for. Its name is kept from bundlers: a page that never
 * runs in Node must not need it to be built.
 */
import { failure } from "../src/core/errors.js";
import type { DotOptions } from "./dot.js";
import { looks, typefacesKorean } from "./look.js";
import type { Drawable } from "./subject.js";
import { toSvg } from "./svg.js";

/** What a picture shows, how it lies, and how large it is. */
export interface PngOptions extends DotOptions {
	/** Pixels per CSS pixel; 2 when left out, as fine screens have it. */
	readonly scale?: number | undefined;
	/** The paper, as a CSS colour: `transparent`, `#fdfdfb`. White, or dark in the theme `dark`, when left out. */
	readonly background?: string | undefined;
}

/** The part of resvg that is used. */
interface Painter {
	readonly Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } };
}

/**
 * The picture of `toSvg` as the bytes of a PNG file.
 *
 * In Node it needs the package `@resvg/resvg-js`, and takes the typefaces of the
 * system.
 *
 * @throws where the picture cannot be drawn, `scale` is no size, or the package is missing.
 *
 * @example
 * ```ts
 * import { scalar } from "chainrule";
 * import { toPng } from "chainrule/viz";
 * const w = scalar(0.6, "w");
 * const png = await toPng(w.mul(2).sigmoid(), { theme: "dark" });
 * console.log(String.fromCharCode(...png.slice(1, 4))); // PNG
 * ```
 */
export async function toPng(nodes: Drawable, options: PngOptions = {}): Promise<Uint8Array> {
	const { scale = 2, background = looks[options.theme ?? "light"].paper } = options;
	if (!(scale > 0 && scale <= largestScale)) {
		throw failure({
			what: "toPng: scale is out of range",
			expected: `a number above 0, at most ${largestScale}`,
			actual: String(scale),
		});
	}
	const svg = inPixels(await toSvg(nodes, options));
	return typeof document === "undefined" ? paint(svg, scale, background) : paintOnCanvas(svg, scale, background);
}

const largestScale = 16;

/** Graphviz counts in points, of which browsers make 4/3 pixels and resvg one. */
function inPixels(svg: string): string {
	return svg.replace(/ (width|height)="([\d.]+)pt"/g, (_, side: string, points: string) => {
		return ` ${side}="${Math.ceil((Number(points) * 4) / 3)}"`;
	});
}

async function paint(svg: string, scale: number, background: string): Promise<Uint8Array> {
	const name = "@resvg/resvg-js";
	let painter: Painter;
	try {
		painter = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Painter;
	} catch {
		throw failure({
			what: "toPng: there is no painter",
			expected: `the package ${name} in Node, or a browser's canvas`,
			actual: "neither",
			fix: `npm install ${name}, or take toSvg, which needs nothing`,
		});
	}
	// resvg takes one typeface for a whole line: that of Hangul where there is some.
	const written = svg.replace(
		/<text (?=[^>]*>[^<]*[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff])/g,
		`<text font-family="${typefacesKorean}" `,
	);
	const resvg = new painter.Resvg(written, { background, fitTo: { mode: "zoom", value: scale } });
	return new Uint8Array(resvg.render().asPng());
}

async function paintOnCanvas(svg: string, scale: number, background: string): Promise<Uint8Array> {
	const image = new Image();
	const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
	try {
		image.src = address;
		await image.decode();
		const canvas = document.createElement("canvas");
		canvas.width = Math.ceil(image.naturalWidth * scale);
		canvas.height = Math.ceil(image.naturalHeight * scale);
		const context = canvas.getContext("2d");
		if (context === null) throw tooLarge(canvas);
		if (background !== "transparent") {
			context.fillStyle = background;
			context.fillRect(0, 0, canvas.width, canvas.height);
		}
		context.drawImage(image, 0, 0, canvas.width, canvas.height);
		const blob = await new Promise<Blob | null>((finish) => canvas.toBlob(finish, "image/png"));
		if (blob === null) throw tooLarge(canvas);
		return new Uint8Array(await blob.arrayBuffer());
	} finally {
		URL.revokeObjectURL(address);
	}
}

function tooLarge({ width, height }: HTMLCanvasElement): Error {
	return failure({
		what: "toPng: the browser cannot paint the picture",
		expected: "a canvas that it can hold",
		actual: `${width} × ${height} pixels`,
		fix: "lower scale, or fold more",
	});
}
