/**
 * The colours of pictures, as numbers.
 *
 * They are those of the style sheet, read once for each paper. What lies between
 * two of them is mixed in Oklab, where equal steps look equal. A scale is a
 * table of 256 pixels, so that a picture is painted without making a colour.
 */

/** What a picture is painted with. */
export interface Palette {
	readonly card: string;
	readonly ink: string;
	readonly faint: string;
	readonly line: string;
	readonly accent: string;
	/** Negative, class 0. */
	readonly below: string;
	/** Positive, class 1. */
	readonly above: string;
	readonly gradient: string;
	/** What is no number. */
	readonly broken: string;
	/** Of the classes, as strong as points are. */
	readonly classes: readonly string[];
	/** From `below` over the paper to `above`, softly: what points can be seen on. */
	readonly scale: Uint32Array;
	/** The classes as soft as the ends of `scale`: red, green and blue of each in turn. */
	readonly grounds: Uint8Array;
	/** The pixel of what is no number. */
	readonly none: number;
}

/** As many colours for classes as there can be classes. */
const mostClasses = 8;

/** How much of a colour is left on a surface. */
const softness = 0.62;

let known: Palette | undefined;

/** The palette of the paper on the page. */
export function palette(): Palette {
	known ??= readPalette();
	return known;
}

/** To be called when the paper has changed. */
export function forgetPalette(): void {
	known = undefined;
}

/** What `read` gives on white paper: pictures to take away are always drawn on it. */
export function onWhitePaper<Result>(read: (colours: Palette) => Result): Result {
	const { dataset } = document.documentElement;
	const before = dataset.theme;
	dataset.theme = "light";
	try {
		return read(readPalette());
	} finally {
		if (before === undefined) delete dataset.theme;
		else dataset.theme = before;
	}
}

function readPalette(): Palette {
	const style = getComputedStyle(document.documentElement);
	const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
	const classes = Array.from({ length: mostClasses }, (_, index) => colour(`class-${index}`));
	const level = channels(colour("level"));
	const soft = (name: string): Triple => mixed(level, channels(name), softness);
	const [low, high] = [soft(colour("below")), soft(colour("above"))];
	return {
		card: colour("card"),
		ink: colour("ink"),
		faint: colour("faint"),
		line: colour("line"),
		accent: colour("accent"),
		below: colour("below"),
		above: colour("above"),
		gradient: colour("gradient"),
		broken: colour("broken"),
		classes,
		scale: Uint32Array.from({ length: 256 }, (_, at) => {
			const part = (at - 127.5) / 127.5;
			return pixel(part < 0 ? mixed(level, low, -part) : mixed(level, high, part));
		}),
		grounds: Uint8Array.from(classes.flatMap((name) => soft(name).map(Math.round))),
		none: pixel(soft(colour("broken"))),
	};
}

/** Red, green and blue, from 0 to 255. */
type Triple = readonly [number, number, number];

/** Of `#rrggbb`. */
export function channels(colour: string): Triple {
	const [, r = "0", g = "0", b = "0"] = /^#(..)(..)(..)$/.exec(colour) ?? [];
	return [Number.parseInt(r, 16), Number.parseInt(g, 16), Number.parseInt(b, 16)];
}

/** A pixel as an image holds it: bytes red, green, blue, opaque. */
function pixel([r, g, b]: Triple): number {
	return ((255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r)) >>> 0;
}

/** So much of `b` in `a`, in Oklab (B. Ottosson 2020). */
export function mixed(a: Triple, b: Triple, part: number): Triple {
	const [from, to] = [toOklab(a), toOklab(b)];
	return fromOklab(from.map((value, at) => value + ((to[at] as number) - value) * part) as unknown as Triple);
}

function toOklab(colour: Triple): Triple {
	const [r, g, b] = colour.map((value) => {
		const part = value / 255;
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	}) as unknown as Triple;
	const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
	const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
	const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
	return [
		0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
		1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
		0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
	];
}

function fromOklab([lightness, a, b]: Triple): Triple {
	const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
	const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
	const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
	return [
		4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
		-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
		-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
	].map((value) => {
		const part = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
		return Math.min(255, Math.max(0, part * 255));
	}) as unknown as Triple;
}
