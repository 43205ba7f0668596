/**
 * `toPng` in a real browser, which paints on a canvas: the picture is the one
 * that resvg paints in Node, but for the edges of letters.
 */
import { fileURLToPath } from "node:url";
import { type Node, scalar } from "chainrule";
import { type PngOptions, toPng } from "chainrule/viz";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch } from "./chromium.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
let browser: Browser;
let page: Page;
let code = "";

/** The same text here and there, so that both sides draw the same. */
const program = `
	const neuron = () => {
		const [w, b] = [scalar(0.6, "가중치 w"), scalar(0.9, "b < 1 & more")];
		return w.mul(2).add(b).named("z").sigmoid().named("a").square().div(2).named("C");
	};`;
const neuron = (): Node => {
	const [w, b] = [scalar(0.6, "가중치 w"), scalar(0.9, "b < 1 & more")];
	return w.mul(2).add(b).named("z").sigmoid().named("a").square().div(2).named("C");
};

beforeAll(async () => {
	const { outputFiles } = await build({
		stdin: {
			contents: `import { scalar } from "chainrule"; import { toPng } from "chainrule/viz"; ${program}
				globalThis.paint = async (options) => Array.from(await toPng(neuron(), options));`,
			resolveDir: root,
		},
		bundle: true,
		format: "iife",
		platform: "browser",
		target: "es2022",
		write: false,
		tsconfig: `${root}/tsconfig.json`,
		logOverride: { "empty-import-meta": "silent" },
	});
	code = outputFiles[0]?.text ?? "";
	browser = await launch();
	page = await browser.newPage();
	await page.setContent("<!doctype html>");
	await page.addScriptTag({ content: code });
}, 120_000);

afterAll(() => browser?.close());

/** Two pictures beside each other, as the browser sees them. */
interface Comparison {
	/** Width and height of both. */
	readonly sizes: readonly (readonly [number, number])[];
	/** Red, green, blue and opacity of the pixel in the corner, of both. */
	readonly corners: readonly (readonly number[])[];
	/** How many pixels of the second are not paper, and how many are visibly other than in the first, both of 1. */
	readonly drawn: number;
	readonly different: number;
}

/** Paints the neuron in the page and compares it with `png`. */
async function comparedWith(png: Uint8Array, options: string): Promise<Comparison> {
	return page.evaluate(
		async ([bytes, given]) => {
			const paint = Reflect.get(globalThis, "paint") as (options: unknown) => Promise<number[]>;
			const pictures = await Promise.all(
				[bytes, await paint(JSON.parse(given))].map(async (content) => {
					const bitmap = await createImageBitmap(new Blob([new Uint8Array(content)], { type: "image/png" }));
					const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
					const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
					context.drawImage(bitmap, 0, 0);
					return context.getImageData(0, 0, bitmap.width, bitmap.height);
				}),
			);
			const [first, second] = pictures as [ImageData, ImageData];
			const at = ({ data, width }: ImageData, x: number, y: number): number[] =>
				Array.from(data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4));
			const apart = (a: number[], b: number[]): number =>
				Math.max(...a.map((channel, place) => Math.abs(channel - (b[place] as number))));
			const corner = at(second, 1, 1);
			const [width, height] = [Math.min(first.width, second.width), Math.min(first.height, second.height)];
			let [drawn, different] = [0, 0];
			for (let y = 0; y < height; y++)
				for (let x = 0; x < width; x++) {
					const there = at(second, x, y);
					if (apart(there, corner) > 4) drawn++;
					if (apart(there, at(first, x, y)) > 40) different++;
				}
			return {
				sizes: pictures.map((one): [number, number] => [one.width, one.height]),
				corners: pictures.map((one) => at(one, 1, 1)),
				drawn: drawn / (width * height),
				different: different / (width * height),
			};
		},
		[Array.from(png), options] as const,
	);
}

it.each<readonly [PngOptions, readonly number[]]>([
	[{ scale: 1 }, [255, 255, 255, 255]],
	[{ scale: 2, theme: "dark" }, [0x14, 0x18, 0x1d, 255]],
	[{ scale: 1, background: "transparent" }, [0, 0, 0, 0]],
	[{ scale: 2, background: "#ffe000", partials: "both" }, [255, 224, 0, 255]],
])("%j", async (options, paper) => {
	const { sizes, corners, drawn, different } = await comparedWith(
		await toPng(neuron(), options),
		JSON.stringify(options),
	);
	const [[width, height], [otherWidth, otherHeight]] = sizes as [[number, number], [number, number]];
	expect(width).toBeGreaterThan(300);
	// Either rounds half a pixel as it likes.
	expect(Math.abs(otherWidth - width)).toBeLessThanOrEqual(1);
	expect(Math.abs(otherHeight - height)).toBeLessThanOrEqual(1);
	expect(corners).toEqual([paper, paper]);
	// The same colours at the same places, but for the edges of letters and lines.
	expect(drawn).toBeGreaterThan(0.1);
	expect(different).toBeLessThan(0.03);
});

it("a picture that no canvas holds is refused in words", async () => {
	const other = await browser.newPage();
	await other.setContent("<!doctype html>");
	await other.addScriptTag({ content: code });
	const answer = await other.evaluate(async () => {
		HTMLCanvasElement.prototype.toBlob = (callback) => callback(null);
		const paint = Reflect.get(globalThis, "paint") as (options: unknown) => Promise<unknown>;
		return paint({}).then(String, String);
	});
	expect(answer).toMatch(/toPng: the browser cannot paint the picture\n {2}expected {2}a canvas that it can hold\n/);
	await other.close();
});
