/**
 * An assembler for WebAssembly: instructions in, the bytes of a module out.
 *
 * Code is written as in the folded text format of the specification, every
 * instruction a function of its operands under its own name:
 *
 * ```text
 * (local.set $i (i32.add (local.get $i) (i32.const 4)))       the text
 * i.set(i32.add(i.get, i32.const(4)))                         here
 * ```
 *
 * A piece of code is its bytes, so whatever makes it, a loop or a function,
 * is the macro language. Only instructions in use are listed; one more is one
 * more line. Nothing is checked here: that is for the engine that compiles it.
 *
 * Source: WebAssembly Core Specification 2.0, section 5 (binary format).
 */

/** A piece of code, or of a module: its bytes. */
export type Code = readonly number[];
/** The type of a parameter, a result or a local variable. */
export type ValueType = "i32" | "f32" | "f64" | "v128";

const typeBytes: { readonly [Type in ValueType]: number } = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

// ---- numbers -----------------------------------------------------------------

/** LEB128: seven bits a byte, the lowest first. */
function unsigned(n: number): Code {
	return n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...unsigned(n >>> 7)];
}

function signed(n: number): Code {
	return n >= -0x40 && n < 0x40 ? [n & 0x7f] : [(n & 0x7f) | 0x80, ...signed(n >> 7)];
}

/** One after the other; `flat` takes ten times as long. */
function joined(parts: readonly Code[]): Code {
	return ([] as number[]).concat(...parts);
}

function sized(parts: readonly Code[]): Code {
	return [...unsigned(parts.length), ...joined(parts)];
}

function text(name: string): Code {
	return sized(Array.from(name, (letter) => [letter.charCodeAt(0)]));
}

// ---- instructions --------------------------------------------------------------

export type Unary = (x: Code) => Code;
export type Binary = (x: Code, y: Code) => Code;
type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];

function unary(opcode: Code): Unary {
	return (x) => [...x, ...opcode];
}

function binary(opcode: Code): Binary {
	return (x, y) => [...x, ...y, ...opcode];
}

/** `align` is a hint, as the exponent of 2; nothing depends on it. */
function load(opcode: Code, align: number): Load {
	return (address, offset = 0) => [...address, ...opcode, align, ...unsigned(offset)];
}

function store(opcode: Code, align: number): Store {
	return (address, value, offset = 0) => [...address, ...value, ...opcode, align, ...unsigned(offset)];
}

/** The bits of an array of 16 bytes. */
function constant({ buffer }: Int32Array | Float32Array | Float64Array): Code {
	return [...simd(0x0c), ...new Uint8Array(buffer)];
}

export const i32: {
	readonly const: (n: number) => Code;
	readonly lt_s: Binary;
	readonly add: Binary;
	readonly sub: Binary;
	readonly mul: Binary;
} = {
	const: (n) => [0x41, ...signed(n)],
	lt_s: binary([0x48]),
	add: binary([0x6a]),
	sub: binary([0x6b]),
	mul: binary([0x6c]),
};

export const f32: { readonly load: Load; readonly store: Store } = { load: load([0x2a], 2), store: store([0x38], 2) };
export const f64: { readonly load: Load; readonly store: Store } = { load: load([0x2b], 3), store: store([0x39], 3) };

export const v128: {
	readonly load: Load;
	readonly load32_splat: Load;
	/** Eight bytes, and eight that are 0. */
	readonly load64_zero: Load;
	readonly load64_splat: Load;
	readonly store: Store;
	/** All 128 bits 0. */
	readonly zero: Code;
	readonly and: Binary;
	/** The bits of `x` that are not in `y`. */
	readonly andnot: Binary;
	readonly or: Binary;
	/** The bits of `x` where `mask` has a 1, else those of `y`. */
	readonly bitselect: (x: Code, y: Code, mask: Code) => Code;
} = {
	load: load(simd(0x00), 4),
	load32_splat: load(simd(0x09), 2),
	load64_splat: load(simd(0x0a), 3),
	load64_zero: load(simd(0x5d), 3),
	store: store(simd(0x0b), 4),
	zero: constant(new Int32Array(4)),
	and: binary(simd(0x4e)),
	andnot: binary(simd(0x4f)),
	or: binary(simd(0x50)),
	bitselect: (x, y, mask) => [...x, ...y, ...mask, ...simd(0x52)],
};

type Shift = (x: Code, bits: number) => Code;

const shift =
	(opcode: Code): Shift =>
	(x, bits) => [...x, ...i32.const(bits), ...opcode];

export const i32x4: {
	/** The number in all lanes. */
	readonly const: (n: number) => Code;
	readonly splat: Unary;
	readonly shl: Shift;
	readonly shr_s: Shift;
	readonly add: Binary;
	readonly sub: Binary;
} = {
	const: (n) => constant(new Int32Array(4).fill(n)),
	splat: unary(simd(0x11)),
	shl: shift(simd(0xab)),
	shr_s: shift(simd(0xac)),
	add: binary(simd(0xae)),
	sub: binary(simd(0xb1)),
};

/** What vectors of floating-point numbers can do. Comparisons give a mask: all bits of a lane are 1 where they hold. */
export interface Floats {
	/** The number in all lanes, rounded to their type. */
	readonly const: (value: number) => Code;
	readonly eq: Binary;
	readonly ne: Binary;
	readonly lt: Binary;
	readonly gt: Binary;
	readonly le: Binary;
	readonly ge: Binary;
	readonly ceil: Unary;
	readonly floor: Unary;
	readonly trunc: Unary;
	readonly nearest: Unary;
	readonly abs: Unary;
	readonly neg: Unary;
	readonly sqrt: Unary;
	readonly add: Binary;
	readonly sub: Binary;
	readonly mul: Binary;
	readonly div: Binary;
	readonly min: Binary;
	readonly max: Binary;
	/** y < x ? y : x. */
	readonly pmin: Binary;
	/** x < y ? y : x. */
	readonly pmax: Binary;
}

/** The opcodes of both types follow each other in the same order; those of rounding do not. */
function floats(
	comparing: number,
	rounding: readonly [number, number, number, number],
	computing: number,
	number: Floats["const"],
): Floats {
	const [ceil, floor, trunc, nearest] = rounding;
	const one = (opcode: number): Unary => unary(simd(opcode));
	const two = (opcode: number): Binary => binary(simd(opcode));
	return {
		const: number,
		eq: two(comparing),
		ne: two(comparing + 1),
		lt: two(comparing + 2),
		gt: two(comparing + 3),
		le: two(comparing + 4),
		ge: two(comparing + 5),
		ceil: one(ceil),
		floor: one(floor),
		trunc: one(trunc),
		nearest: one(nearest),
		abs: one(computing),
		neg: one(computing + 1),
		sqrt: one(computing + 3),
		add: two(computing + 4),
		sub: two(computing + 5),
		mul: two(computing + 6),
		div: two(computing + 7),
		min: two(computing + 8),
		max: two(computing + 9),
		pmin: two(computing + 10),
		pmax: two(computing + 11),
	};
}

/** The lanes of `x` in another order, float32 by float32. */
function lanesIn(order: readonly [number, number, number, number]): Unary {
	const bytes = order.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
	return (x) => [...x, ...x, ...simd(0x0d), ...bytes];
}

export const f32x4: Floats & {
	readonly convert_i32x4_s: Unary;
	/** The two numbers of `x` as float32, and two that are 0. */
	readonly demote_f64x2_zero: Unary;
	/** The lanes 2, 3, 0, 1. */
	readonly halves: Unary;
	/** The lanes 1, 0, 3, 2. */
	readonly pairs: Unary;
	/** The lanes 0, 0, 0, 0. */
	readonly firsts: Unary;
} = {
	...floats(0x41, [0x67, 0x68, 0x69, 0x6a], 0xe0, (value) => constant(new Float32Array(4).fill(value))),
	convert_i32x4_s: unary(simd(0xfa)),
	demote_f64x2_zero: unary(simd(0x5e)),
	halves: lanesIn([2, 3, 0, 1]),
	pairs: lanesIn([1, 0, 3, 2]),
	firsts: lanesIn([0, 0, 0, 0]),
};
export const f64x2: Floats & {
	/** The first two float32 of `x`. */
	readonly promote_low_f32x4: Unary;
} = {
	...floats(0x47, [0x74, 0x75, 0x7a, 0x94], 0xec, (value) => constant(new Float64Array(2).fill(value))),
	promote_low_f32x4: unary(simd(0x5f)),
};

/** `x` where the condition is not 0, else `y`; both are computed. */
export function select(x: Code, y: Code, condition: Code): Code {
	return [...x, ...y, ...condition, 0x1b];
}

/** Carries out `body` where the condition is not 0. */
export function when(condition: Code, ...body: readonly Code[]): Code {
	return [...condition, 0x04, 0x40, ...joined(body), 0x0b];
}

/** Carries out `body` again and again while the condition is not 0; looks at the condition first. */
export function loopWhile(condition: Code, ...body: readonly Code[]): Code {
	return when(condition, [0x03, 0x40], ...body, condition, [0x0d, 0x00, 0x0b]);
}

// ---- functions and modules -----------------------------------------------------

/** A parameter or local variable of the function being written. */
export interface Local {
	readonly get: Code;
	readonly set: (x: Code) => Code;
}

/** A function without results, known to JavaScript by its name. */
export interface Func {
	readonly name: string;
	readonly parameters: readonly ValueType[];
	readonly locals: readonly ValueType[];
	readonly body: Code;
}

/** A function: `write` is given its parameters and a way to declare locals, and returns what it does. */
export function func(
	name: string,
	parameters: readonly ValueType[],
	write: (parameters: readonly Local[], local: (type: ValueType) => Local) => readonly Code[],
): Func {
	const at = (index: number): Local => ({
		get: [0x20, ...unsigned(index)],
		set: (x) => [...x, 0x21, ...unsigned(index)],
	});
	const locals: ValueType[] = [];
	const local = (type: ValueType): Local => at(parameters.length + locals.push(type) - 1);
	const body = joined(
		write(
			parameters.map((_, index) => at(index)),
			local,
		),
	);
	return { name, parameters, locals, body };
}

/** "\0asm", and version 1. */
const magic: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/**
 * The bytes of a module: the functions, and its memory. That is a memory of its
 * own, exported as `memory`; or, where `shared`, what is imported as `$.memory`.
 */
export function assemble(functions: readonly Func[], shared = false): Uint8Array<ArrayBuffer> {
	const section = (id: number, parts: readonly Code[]): Code => {
		const bytes = sized(parts);
		return [id, ...unsigned(bytes.length), ...bytes];
	};
	const types = (list: readonly ValueType[]): Code => sized(list.map((type) => [typeBytes[type]]));
	const code = functions.map(({ locals, body }): Code => {
		const bytes = [...sized(locals.map((type) => [1, typeBytes[type]])), ...body, 0x0b];
		return [...unsigned(bytes.length), ...bytes];
	});
	return Uint8Array.from([
		...magic,
		...section(
			1,
			functions.map(({ parameters }) => [0x60, ...types(parameters), 0]),
		),
		...(shared ? section(2, [[...text("$"), ...text("memory"), 2, 0, 1]]) : []),
		...section(
			3,
			functions.map((_, index) => unsigned(index)),
		),
		...(shared ? [] : section(5, [[0, 1]])), // one memory, a page of 64 KiB at first
		...section(7, [
			[...text("memory"), 2, 0],
			...functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]),
		]),
		...section(10, code),
	]);
}
