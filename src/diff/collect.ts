/**
 * Which part of the graph a pass has to visit, and in which order.
 *
 * Everything an output was computed from, newest first. Nothing older than the
 * variables asked for can depend on them, so the search stops there: a gradient
 * taken inside a large computation pays only for its own part.
 */
import { originOfSlot, type Unit, unitOf } from "../core/graph.js";
import { scopePath } from "../core/scope.js";
import { Chunk, Scalar, scopeOf, staleParameter } from "../core/tape.js";
import { type Node, Tensor } from "../core/tensor.js";

/** The part of the graph between outputs and the variables asked for. */
export interface Region {
	/** Newest first: whatever reads a unit comes before it. */
	readonly units: readonly Unit[];
	/** True where a tracked value from before the variables is read: the result depends on something outside, too. */
	readonly enclosing: boolean;
	/** Chunks from before the variables that are read: contributions to them are dropped. */
	readonly outside: readonly Chunk[];
	/** `unit.pass` of every unit visited. */
	readonly pass: number;
}

/** A search under way. Collecting happens once per backward pass, so it is written without closures. */
class Search {
	readonly pass: number;
	readonly floor: number;
	readonly units: Unit[] = [];
	readonly outside: Chunk[] = [];
	enclosing = false;

	constructor(pass: number, floor: number) {
		this.pass = pass;
		this.floor = floor;
	}

	meet(unit: Unit): void {
		if (unit.pass === this.pass) return;
		unit.pass = this.pass;
		if (unit.serial >= this.floor) this.units.push(unit);
		else {
			this.enclosing = true;
			if (unit instanceof Chunk) this.outside.push(unit);
		}
	}

	expandChunk(chunk: Chunk): void {
		const { sources, crossings } = chunk;
		for (let number = 1; number < sources.length; number++) {
			const source = sources[number] as Chunk;
			if (source.lastAssigned > chunk.serial) checkStale(chunk);
			if (source.tracked) this.meet(source);
		}
		if (crossings === undefined) return;
		for (const { inputs } of crossings) {
			for (const x of inputs) {
				if (x instanceof Tensor && x.lastAssigned > chunk.serial) checkStale(chunk);
				if (x.requiresGrad) this.meet(unitOf(x));
			}
		}
	}

	expandTensor({ inputs, serial, scope }: Tensor): void {
		for (let operand = 0; operand < inputs.length; operand++) {
			const x = inputs[operand] as Node;
			const assigned = x instanceof Tensor ? x.lastAssigned : (x.chunk.assigned?.get(x.index) ?? 0);
			if (assigned > serial) throw staleParameter(x.name, scopePath(scope));
			if (x.requiresGrad) this.meet(x instanceof Tensor ? x : x.chunk);
		}
	}
}

let passes = 0;

/** The tracked units that `outputs` were computed from and that are not older than `floor`. */
export function collect(outputs: readonly Node[], floor = 0): Region {
	const search = new Search(++passes, floor);
	const { units, outside, pass } = search;
	for (const output of outputs) if (output.requiresGrad) search.meet(unitOf(output));
	for (let next = 0; next < units.length; next++) {
		const unit = units[next] as Unit;
		if (unit instanceof Chunk) search.expandChunk(unit);
		else search.expandTensor(unit);
	}
	newestFirst(units);
	return { units, enclosing: search.enclosing, outside, pass };
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

/** Sorts by serial, descending. Serials of one graph are nearly dense, so that in a large one each unit has its place in a table. */
function newestFirst(units: Unit[]): void {
	if (units.length < 16) {
		for (let next = 1; next < units.length; next++) {
			const unit = units[next] as Unit;
			let at = next;
			for (; at > 0 && (units[at - 1] as Unit).serial < unit.serial; at--) units[at] = units[at - 1] as Unit;
			units[at] = unit;
		}
		return;
	}
	let low = Number.POSITIVE_INFINITY;
	let high = 0;
	for (const { serial } of units) {
		if (serial < low) low = serial;
		if (serial > high) high = serial;
	}
	if (high - low > 8 * units.length) {
		units.sort((a, b) => b.serial - a.serial);
		return;
	}
	const places = new Array<Unit | undefined>(high - low + 1).fill(undefined);
	for (const unit of units) places[high - unit.serial] = unit;
	let next = 0;
	for (const unit of places) if (unit !== undefined) units[next++] = unit;
}
