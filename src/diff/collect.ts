/**
 * Which part of the graph a pass has to visit, and in which order.
 *
 * Everything an output was computed from, newest first. Nothing older than the
 * variables asked for can depend on them, so the search stops there: a gradient
 * taken inside a large computation pays only for its own part.
 */
import { originOfSlot, type Unit, unitOf } from "../core/graph.js";
import { scopePath } from "../core/scope.js";
import { adjointColumn, Chunk, Scalar, scopeOf, staleParameter } from "../core/tape.js";
import { type Node, Tensor } from "../core/tensor.js";

/** The part of the graph between outputs and the variables asked for. */
export interface Region {
	/** Newest first: whatever reads a unit comes before it. */
	readonly units: readonly Unit[];
	/** True where a tracked value from before the variables is read: the result depends on something outside, too. */
	readonly enclosing: boolean;
}

let pass = 0;

/** The tracked units that `outputs` were computed from and that are not older than `floor`. */
export function collect(outputs: readonly Node[], floor = 0): Region {
	const number = ++pass;
	const units: Unit[] = [];
	let enclosing = false;
	const meet = (unit: Unit): void => {
		if (unit.pass === number) return;
		unit.pass = number;
		if (unit.serial >= floor) units.push(unit);
		else {
			enclosing = true;
			// Contributions to what lies outside are dropped, but must land somewhere.
			if (unit instanceof Chunk) unit.adjoints = adjointColumn(unit.block, false);
		}
	};
	for (const output of outputs) if (output.requiresGrad) meet(unitOf(output));
	for (let next = 0; next < units.length; next++) {
		const unit = units[next] as Unit;
		if (unit instanceof Chunk) {
			const { sources, crossings } = unit;
			for (let number = 1; number < sources.length; number++) {
				const source = sources[number] as Chunk;
				if (source.lastAssigned > unit.serial) checkStale(unit);
				if (source.tracked) meet(source);
			}
			if (crossings) for (const { inputs } of crossings) for (const x of inputs) if (x.requiresGrad) meet(unitOf(x));
		} else {
			for (const x of unit.inputs) {
				if (x instanceof Tensor ? x.lastAssigned > unit.serial : (x.chunk.assigned?.get(x.index) ?? 0) > unit.serial) {
					throw staleParameter(x.name, scopePath(unit.scope));
				}
				if (x.requiresGrad) meet(unitOf(x));
			}
		}
	}
	return { units: newestFirst(units), enclosing };
}

/** Throws where a leaf that `chunk` reads was assigned after it was read. */
function checkStale(chunk: Chunk): void {
	for (let slot = chunk.start; slot < chunk.end; slot++) {
		for (const x of originOfSlot(chunk, slot)?.inputs ?? []) {
			const when = x instanceof Scalar ? (x.chunk.assigned?.get(x.index) ?? 0) : x.lastAssigned;
			if (when > chunk.serial) throw staleParameter(x.name, scopePath(scopeOf(new Scalar(chunk, slot))));
		}
	}
}

/** Sorts by serial, descending. Serials of one graph are nearly dense, so that each unit has its place in a table. */
function newestFirst(units: Unit[]): readonly Unit[] {
	if (units.length < 32) return units.sort((a, b) => b.serial - a.serial);
	let low = Number.POSITIVE_INFINITY;
	let high = 0;
	for (const { serial } of units) {
		if (serial < low) low = serial;
		if (serial > high) high = serial;
	}
	if (high - low > 8 * units.length) return units.sort((a, b) => b.serial - a.serial);
	const places = new Array<Unit | undefined>(high - low + 1).fill(undefined);
	for (const unit of units) places[high - unit.serial] = unit;
	let next = 0;
	for (const unit of places) if (unit !== undefined) units[next++] = unit;
	return units;
}
