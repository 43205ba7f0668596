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

function sized(parts: readonly Code[]): Code {
	return [...unsigned(parts.length), ...parts.flat()];
}

function text(name: string): Code {
	return sized(Array.from(name, (letter) => [letter.charCodeAt(0)]));
}

// ---- instructions --------------------------------------------------------------

type Binary = (x: Code, y: Code) => Code;
type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;

const simd = (opcode: number): Code => [0xfd, ...unsigned(opcode)];

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
	readonly load64_splat: Load;
	readonly store: Store;
	/** All 128 bits 0. */
	readonly zero: Code;
} = {
	load: load(simd(0x00), 4),
	load32_splat: load(simd(0x09), 2),
	load64_splat: load(simd(0x0a), 3),
	store: store(simd(0x0b), 4),
	zero: [...simd(0x0c), ...new Array<number>(16).fill(0)],
};

export const f32x4: { readonly add: Binary; readonly mul: Binary } = {
	add: binary(simd(0xe4)),
	mul: binary(simd(0xe6)),
};
export const f64x2: { readonly add: Binary; readonly mul: Binary } = {
	add: binary(simd(0xf0)),
	mul: binary(simd(0xf2)),
};

/** `x` where the condition is not 0, else `y`; both are computed. */
export function select(x: Code, y: Code, condition: Code): Code {
	return [...x, ...y, ...condition, 0x1b];
}

/** Carries out `body` where the condition is not 0. */
export function when(condition: Code, ...body: readonly Code[]): Code {
	return [...condition, 0x04, 0x40, ...body.flat(), 0x0b];
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
	const body = write(
		parameters.map((_, index) => at(index)),
		local,
	).flat();
	return { name, parameters, locals, body };
}

/** "\0asm", and version 1. */
const magic: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** The bytes of a module: the functions, and a memory of its own that it exports as `memory`. */
export function assemble(functions: readonly Func[]): Uint8Array<ArrayBuffer> {
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
		...section(
			3,
			functions.map((_, index) => unsigned(index)),
		),
		...section(5, [[0, 1]]), // one memory, a page of 64 KiB at first
		...section(7, [
			[...text("memory"), 2, 0],
			...functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]),
		]),
		...section(10, code),
	]);
}
