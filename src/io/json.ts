/**
 * The state of a module as JSON: to read, to compare, to send.
 *
 * Every number comes back with the same bits: each is the shortest decimal text
 * that rounds to it, and what JSON has no numbers for (`NaN`, `Infinity`,
 * `-Infinity`) is text. The module itself is not written: whoever reads makes
 * one and gives it the state, so a file can never run anything. For large
 * weights safetensors takes a quarter of the room.
 *
 * Modules are not known here, only what is asked of one.
 */
import { type DType, dtypes, isDType, newStorage } from "../core/dtype.js";
import { type ChainruleError, failure } from "../core/errors.js";
import { type Tensor, wrap } from "../core/tensor.js";
import { checkBytes, checkedSize } from "./elements.js";
import { loadWith, save } from "./files.js";
import { isObject, own, parseJson, shown } from "./jsontext.js";
import { isStateful, type Stateful, tensorsOf } from "./named.js";

/** What a file of a module holds. */
export interface SavedModule {
	/** The name of the class, for people: nothing depends on it. */
	readonly module: string;
	/** The tensors by name, to be given to `loadStateDict`. */
	readonly tensors: Map<string, Tensor>;
}

const format = "chainrule module";
const version = 1;

/**
 * The state of `module` as JSON text, one line per tensor.
 *
 * @throws where a name of the state is not text, or a value no tensor.
 *
 * @example
 * ```ts
 * import { tensor } from "chainrule";
 * import { readJson, writeJson } from "chainrule/io";
 *
 * class Line {
 * 	stateDict() {
 * 		return new Map([["slope", tensor([0.1, -0, NaN])]]);
 * 	}
 * }
 *
 * const text = writeJson(new Line());
 * console.log(text);
 * // {
 * //   "format": "chainrule module",
 * //   "version": 1,
 * //   "module": "Line",
 * //   "tensors": {
 * //     "slope": {"dtype":"float64","shape":[3],"data":[0.1,-0,"NaN"]}
 * //   }
 * // }
 * console.log(readJson(text).tensors.get("slope")?.data.join(", ")); // 0.1, 0, NaN
 * ```
 */
export function writeJson(module: Stateful): string {
	if (!isStateful(module)) {
		throw failure({
			what: "writeJson: not a module",
			expected: "an object with the method stateDict()",
			actual: typeof module,
		});
	}
	const rows = tensorsOf("writeJson", module).map(([name, x]) => {
		const head = `"dtype":"${x.dtype}","shape":${JSON.stringify(x.shape)}`;
		return `\n    ${JSON.stringify(name)}: {${head},"data":[${Array.from(x.data, texts[x.dtype]).join(",")}]}`;
	});
	return [
		"{",
		`  "format": "${format}",`,
		`  "version": ${version},`,
		`  "module": ${JSON.stringify(module.constructor?.name ?? "")},`,
		`  "tensors": {${rows.join(",")}${rows.length > 0 ? "\n  " : ""}}`,
		"}",
	].join("\n");
}

/** How an element is written. */
const texts: Readonly<Record<DType, (element: number) => string>> = {
	float64: (element) => numberText(element, String(element)),
	float32: (element) => numberText(element, shortest32(element)),
	int32: String,
	bool: (element) => String(element === 1),
};

function numberText(element: number, text: string): string {
	if (!Number.isFinite(element)) return `"${text}"`;
	return Object.is(element, -0) ? "-0" : text;
}

/** The shortest decimal text that rounds to a float32: six digits at least but for the smallest, nine at most. */
function shortest32(element: number): string {
	for (let digits = Math.abs(element) < 2 ** -126 ? 1 : 6; digits < 9; digits++) {
		const shorter = Number(element.toPrecision(digits));
		if (Math.fround(shorter) === element) return String(shorter);
	}
	return String(Number(element.toPrecision(9)));
}

/**
 * What {@link writeJson} wrote, as text or bytes; a module takes it by
 * `model.loadStateDict(readJson(text).tensors)`.
 *
 * @throws where the text is anything else, naming the tensor and the element. Nothing is half read.
 */
export function readJson(source: string | Uint8Array): SavedModule {
	const text = typeof source === "string" ? source : decode(source);
	const value = parseJson("readJson", text, "of a module");
	const file = isObject(value) ? value : {};
	if (own(file, "format") !== format || own(file, "version") !== version) {
		throw failure({
			what: "readJson: not the state of a module",
			expected: `an object with "format": "${format}" and "version": ${version}`,
			actual: `format ${shown(own(file, "format"))}, version ${shown(own(file, "version"))}`,
		});
	}
	const [module, saved] = [own(file, "module"), own(file, "tensors")];
	if (typeof module !== "string" || !isObject(saved)) {
		throw failure({
			what: "readJson: an incomplete file",
			expected: '"module" (text) and "tensors" (object)',
			actual: `the keys ${shown(Object.keys(file))}`,
		});
	}
	return { module, tensors: new Map(Object.entries(saved).map(([name, entry]) => [name, readTensor(name, entry)])) };
}

function decode(bytes: Uint8Array): string {
	checkBytes("readJson", bytes);
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch {
		throw failure({ what: "readJson: not text", expected: "UTF-8", actual: `${bytes.length} bytes that are not` });
	}
}

function readTensor(name: string, value: unknown): Tensor {
	const what = `readJson: ${shown(name)}`;
	const fields = isObject(value) ? value : {};
	const [dtype, shape, data] = [own(fields, "dtype"), own(fields, "shape"), own(fields, "data")];
	if (!isDType(dtype) || !Array.isArray(shape) || !Array.isArray(data)) {
		throw failure({
			what: `${what}: not a tensor`,
			expected: `an object with "dtype" (${dtypes.join(", ")}), "shape" (array) and "data" (array)`,
			actual: isObject(value) ? `dtype ${shown(dtype)} and the keys ${shown(Object.keys(fields))}` : typeof value,
		});
	}
	const size = checkedSize(what, shape);
	if (data.length !== size) {
		throw failure({
			what: `${what}: shape and data differ`,
			expected: `${size} elements`,
			actual: `${data.length}`,
		});
	}
	const elements = newStorage(dtype, size);
	for (let index = 0; index < size; index++) {
		const element = readers[dtype](data[index]);
		if (element === undefined) throw unreadable(what, dtype, data[index], index);
		elements[index] = element;
	}
	return wrap(elements, shape as number[]);
}

function unreadable(what: string, dtype: DType, value: unknown, index: number): ChainruleError {
	return failure({
		what: `${what}: an element that ${dtype} cannot hold`,
		expected:
			{ bool: "true or false", int32: "a whole number from -2147483648 to 2147483647" }[dtype as "bool" | "int32"] ??
			'a number within its range, "NaN", "Infinity" or "-Infinity"',
		actual: `${shown(value)} as element ${index}`,
	});
}

const notNumbers: ReadonlyMap<unknown, number> = new Map([NaN, Infinity, -Infinity].map((x) => [String(x), x]));

/** How an element is read; `undefined` where it is none. */
const readers: Readonly<Record<DType, (value: unknown) => number | undefined>> = {
	float64: (value) => (Number.isFinite(value) ? (value as number) : notNumbers.get(value)),
	float32: (value) =>
		Number.isFinite(Math.fround(value as number)) && typeof value === "number" ? value : notNumbers.get(value),
	int32: (value) => (((value as number) | 0) === value ? value : undefined),
	bool: (value) => (typeof value === "boolean" ? Number(value) : undefined),
};

/** {@link readJson} of the file at `path`, in Node. */
export async function loadJson(path: string): Promise<SavedModule> {
	return loadWith(path, readJson);
}

/** {@link writeJson} to the file at `path`, in Node; the file is there whole or not at all, see {@link save}. */
export async function saveJson(path: string, module: Stateful): Promise<void> {
	await save(path, new TextEncoder().encode(writeJson(module)));
}
