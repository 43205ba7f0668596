/**
 * One loop per operation.
 *
 * A pointwise operation states its value and its partials on plain numbers;
 * here they become loops over typed arrays.
 *
 * Note [one loop per operation]
 * A single loop that is handed the function stays ten times slower: after
 * eight operations have passed through it V8 no longer inlines the call. A
 * closure per operation does not help, because closures of one literal share
 * what V8 has learned; neither does evaluating the same text again, because V8
 * caches by text. So every operation and dtype evaluates the text of the loop
 * once more, under its own name. Where a content-security policy forbids that,
 * the loop below runs as it stands: the same code, the same results, slower.
 *
 * Large arrays have loops of another kind: Note [vectors on large arrays].
 */

/** A typed array of any element type. */
export type Numbers = Float64Array | Float32Array | Int32Array | Uint8Array;

const possible = canGenerate();
let wanted = true;

function canGenerate(): boolean {
	try {
		new Function("");
		return true;
	} catch {
		return false;
	}
}

/** True where code may be generated from text. */
export function generatesCode(): boolean {
	return wanted && possible;
}

/** True unless generated code was switched off: a policy that forbids code from text may still allow WebAssembly. */
export function wantsCode(): boolean {
	return wanted;
}

/** Switches generated code off, WebAssembly of loops included; `true` switches it on where it is possible. */
export function setCodeGeneration(on: boolean): void {
	wanted = on;
}

/**
 * A copy of `factory` whose inner function has a name of its own, so that V8
 * optimises it apart from its sisters; see Note [one loop per operation].
 * The factory may use nothing but its parameters.
 */
export function ownCopy<Factory extends (...parts: never[]) => unknown>(name: string, factory: Factory): Factory {
	if (!generatesCode()) return factory;
	const text = String(factory).replace(/function loop\b/, `function ${name}`);
	return new Function(`"use strict"; return (${text}) // ${name}`)() as Factory;
}

/** z = f(x) along a row: `count` elements, x moving by its step, z by 1. */
export type Map1 = (count: number, x: Numbers, atX: number, stepX: number, z: Numbers, atZ: number) => void;

/** The loop of a function of one number. */
export function map1(value: (x: number) => number): Map1 {
	return function loop(count, x, atX, stepX, z, atZ) {
		for (let end = atZ + count; atZ < end; atZ++, atX += stepX) z[atZ] = value(x[atX] as number);
	};
}

/** z = f(x, y) along a row. */
export type Map2 = (
	count: number,
	x: Numbers,
	atX: number,
	stepX: number,
	y: Numbers,
	atY: number,
	stepY: number,
	z: Numbers,
	atZ: number,
) => void;

/** The loop of a function of two numbers. */
export function map2(value: (x: number, y: number) => number): Map2 {
	return function loop(count, x, atX, stepX, y, atY, stepY, z, atZ) {
		for (let end = atZ + count; atZ < end; atZ++, atX += stepX, atY += stepY) {
			z[atZ] = value(x[atX] as number, y[atY] as number);
		}
	};
}

/** z = f(x, y, w) along a row. */
export type Map3 = (
	count: number,
	x: Numbers,
	atX: number,
	stepX: number,
	y: Numbers,
	atY: number,
	stepY: number,
	w: Numbers,
	atW: number,
	stepW: number,
	z: Numbers,
	atZ: number,
) => void;

/** The loop of a function of three numbers. */
export function map3(value: (x: number, y: number, w: number) => number): Map3 {
	return function loop(count, x, atX, stepX, y, atY, stepY, w, atW, stepW, z, atZ) {
		for (let end = atZ + count; atZ < end; atZ++, atX += stepX, atY += stepY, atW += stepW) {
			z[atZ] = value(x[atX] as number, y[atY] as number, w[atW] as number);
		}
	};
}

/**
 * gx = gz ∂z/∂x along a row, added to what is there where `add` is set.
 * A cotangent of 0 annihilates: an infinite partial never makes NaN of it.
 */
export type Pull1 = (
	add: boolean,
	count: number,
	gz: Numbers,
	atG: number,
	stepG: number,
	x: Numbers,
	atX: number,
	stepX: number,
	z: Numbers,
	atZ: number,
	stepZ: number,
	gx: Numbers,
	at: number,
) => void;

/** The backward loop of a function of one number; `scaled(g, x, z)` is g ∂z/∂x. */
export function pull1(scaled: (g: number, x: number, z: number) => number): Pull1 {
	return function loop(add, count, gz, atG, stepG, x, atX, stepX, z, atZ, stepZ, gx, at) {
		const end = at + count;
		// The test is outside: one loop that asks for each element is a third slower.
		if (add) {
			for (; at < end; at++, atG += stepG, atX += stepX, atZ += stepZ) {
				const g = gz[atG] as number;
				if (g !== 0) gx[at] = (gx[at] as number) + scaled(g, x[atX] as number, z[atZ] as number);
			}
		} else {
			for (; at < end; at++, atG += stepG, atX += stepX, atZ += stepZ) {
				const g = gz[atG] as number;
				gx[at] = g === 0 ? 0 : scaled(g, x[atX] as number, z[atZ] as number);
			}
		}
	};
}

/** gx or gy along a row, for a function of two numbers. */
export type Pull2 = (
	add: boolean,
	count: number,
	gz: Numbers,
	atG: number,
	stepG: number,
	x: Numbers,
	atX: number,
	stepX: number,
	y: Numbers,
	atY: number,
	stepY: number,
	z: Numbers,
	atZ: number,
	stepZ: number,
	gx: Numbers,
	at: number,
) => void;

/** The backward loop of a function of two numbers, for one of them. */
export function pull2(scaled: (g: number, x: number, y: number, z: number) => number): Pull2 {
	return function loop(add, count, gz, atG, stepG, x, atX, stepX, y, atY, stepY, z, atZ, stepZ, gx, at) {
		const end = at + count;
		if (add) {
			for (; at < end; at++, atG += stepG, atX += stepX, atY += stepY, atZ += stepZ) {
				const g = gz[atG] as number;
				if (g !== 0) gx[at] = (gx[at] as number) + scaled(g, x[atX] as number, y[atY] as number, z[atZ] as number);
			}
		} else {
			for (; at < end; at++, atG += stepG, atX += stepX, atY += stepY, atZ += stepZ) {
				const g = gz[atG] as number;
				gx[at] = g === 0 ? 0 : scaled(g, x[atX] as number, y[atY] as number, z[atZ] as number);
			}
		}
	};
}

/** gx, gy or gw along a row, for a function of three numbers. */
export type Pull3 = (
	add: boolean,
	count: number,
	gz: Numbers,
	atG: number,
	stepG: number,
	x: Numbers,
	atX: number,
	stepX: number,
	y: Numbers,
	atY: number,
	stepY: number,
	w: Numbers,
	atW: number,
	stepW: number,
	z: Numbers,
	atZ: number,
	stepZ: number,
	gx: Numbers,
	at: number,
) => void;

/** The backward loop of a function of three numbers, for one of them. */
export function pull3(scaled: (g: number, x: number, y: number, w: number, z: number) => number): Pull3 {
	return function loop(add, count, gz, atG, stepG, x, atX, stepX, y, atY, stepY, w, atW, stepW, z, atZ, stepZ, gx, at) {
		for (let end = at + count; at < end; at++, atG += stepG, atX += stepX, atY += stepY, atW += stepW, atZ += stepZ) {
			const g = gz[atG] as number;
			const contribution =
				g === 0 ? 0 : scaled(g, x[atX] as number, y[atY] as number, w[atW] as number, z[atZ] as number);
			gx[at] = add ? (gx[at] as number) + contribution : contribution;
		}
	};
}
