/**
 * The state of a module: its parameters and buffers as a map of tensors.
 *
 * A state is compared with the module as a whole before the first number is
 * written, so that a wrong one changes nothing and every fault is named at
 * once. It knows no module, only slots that can be read and set.
 */
import { failure } from "../core/errors.js";
import { sameShape, shapeText } from "../core/shape.js";
import { cast, Scalar, Tensor, tensor } from "../index.js";

/** A place for one value of a state. */
export interface Slot {
	readonly value: Scalar | Tensor;
	readonly set: (next: Tensor) => void;
}

/** Tensors by path: a map, as `stateDict()` gives it, or a plain object. */
export type StateDict = Iterable<readonly [string, Tensor]> | Readonly<Record<string, Tensor>>;

/** How a state is loaded. */
export interface LoadOptions {
	/** False to load what fits by name, though the state lacks keys or has more of them. True when left out. */
	readonly strict?: boolean | undefined;
}

/** By what a state and a module differ; both lists are empty where it was loaded strictly. */
export interface LoadReport {
	/** What the module has and the state has not. */
	readonly missing: readonly string[];
	/** What the state has and the module has not. */
	readonly unexpected: readonly string[];
}

/** The values of all slots, as constants. No copies: elements never change, a parameter that is assigned moves. */
export function snapshot(slots: ReadonlyMap<string, Slot>): Map<string, Tensor> {
	return new Map(
		[...slots].map(([path, { value }]) => [path, value instanceof Scalar ? tensor(value.value) : value.detach()]),
	);
}

/** Sets every slot that `state` names, or throws before the first. */
export function loadInto(
	slots: ReadonlyMap<string, Slot>,
	state: StateDict,
	{ strict = true }: LoadOptions = {},
): LoadReport {
	const given = new Map(
		Symbol.iterator in (state ?? []) ? (state as Iterable<readonly [string, Tensor]>) : Object.entries(state),
	);
	const missing = [...slots.keys()].filter((path) => !given.has(path));
	const unexpected = [...given.keys()].filter((path) => !slots.has(path));
	const known = [...given].flatMap(([path, next]) => {
		const slot = slots.get(path);
		return slot === undefined ? [] : [{ path, next, ...slot }];
	});
	const misfits = known
		.filter(({ next, value }) => !(next instanceof Tensor && sameShape(next.shape, value.shape)))
		.map(({ path, next, value }) => `${path} ${shapeText(value.shape)}, not ${shapeOfAny(next)}`);
	const faults = [
		...(strict && missing.length > 0 ? [`missing     ${missing.join(", ")}`] : []),
		...(strict && unexpected.length > 0 ? [`unexpected  ${unexpected.join(", ")}`] : []),
		...misfits.map((misfit) => `shape       ${misfit}`),
	];
	if (faults.length > 0) {
		throw failure({
			what: "loadStateDict: the state does not fit the module",
			expected: "the paths and shapes of stateDict()",
			actual: faults.join("\n"),
			fix:
				misfits.length > 0
					? "nothing was loaded; make the module with the sizes of the one that was saved"
					: "nothing was loaded; { strict: false } loads what fits by name",
		});
	}
	for (const { next, value, set } of known) set(cast(next.detach(), value instanceof Tensor ? value.dtype : "float64"));
	return { missing, unexpected };
}

function shapeOfAny(x: unknown): string {
	return x instanceof Tensor || x instanceof Scalar ? shapeText(x.shape) : typeof x;
}
