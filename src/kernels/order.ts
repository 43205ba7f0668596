/**
 * Putting numbers in order.
 *
 * One order for everything: ascending, -0 equal to 0, NaN above every number,
 * equal elements in the order in which they stand. A sort yields places, not
 * elements; who wants the elements gathers them. Short rows are merged, long
 * ones distributed by their bits; see Note [sorting by digits].
 *
 * Nothing here knows strides: operands are contiguous by contract.
 */
import type { Storage } from "../core/dtype.js";
import type { View } from "../core/shape.js";
import type { Along } from "./scan.js";

/** Rows up to this length are merged (measured: the two ways take equally long at some 600 elements). */
const short = 512;

/** Numbers and the places where they stood, and room for another such list. */
interface Pairs {
	keys: Float64Array;
	places: Int32Array;
	otherKeys: Float64Array;
	otherPlaces: Int32Array;
}

/** Which part of the order is wanted: `wanted` places from rank `first` on. */
export interface Ranks {
	/** Largest first, NaN before them; equal elements still in the order in which they stand. */
	readonly descending: boolean;
	readonly first: number;
	readonly wanted: number;
}

/** For each row along an axis, the places of its elements in order; those of other ranks than wanted stay unsorted. */
export function argSort(x: View, { outer, count, inner }: Along, ranks: Ranks, z: Storage, atZ: number): void {
	const { descending, first, wanted } = ranks;
	const pairs: Pairs = {
		keys: new Float64Array(count),
		places: new Int32Array(count),
		otherKeys: new Float64Array(count <= short ? count : 0),
		otherPlaces: new Int32Array(count),
	};
	const nans = new Int32Array(count);
	const within = (rank: number, most: number): number => Math.min(Math.max(rank, 0), most);
	for (let row = 0; row < outer * inner; row++) {
		const block = Math.floor(row / inner);
		const across = row % inner;
		let numbers = 0;
		let missing = 0;
		for (let i = 0, at = x.offset + block * count * inner + across; i < count; i++, at += inner) {
			const value = x.storage[at] as number;
			if (Number.isNaN(value)) nans[missing++] = i;
			else {
				pairs.keys[numbers] = (descending ? -value : value) + 0; // -0 + 0 is 0
				pairs.places[numbers++] = i;
			}
		}
		const start = descending ? missing : 0; // the rank of the first number
		const low = within(first - start, numbers);
		const high = within(first + wanted - start, numbers);
		let skipped = 0;
		if (count <= short) merge(pairs, numbers);
		else skipped = distribute(pairs, numbers, low, high);
		for (let i = 0, to = atZ + block * wanted * inner + across; i < wanted; i++, to += inner) {
			const at = first + i - start;
			const isNumber = at >= 0 && at < numbers;
			z[to] = (isNumber ? pairs.places[at - skipped] : nans[at < 0 ? first + i : at - numbers]) as number;
		}
	}
}

/** Runs of eight by insertion, then merged in pairs from list to list. */
function merge(pairs: Pairs, count: number): void {
	const { keys, places } = pairs;
	for (let start = 0; start < count; start += 8) {
		const end = Math.min(start + 8, count);
		for (let i = start + 1; i < end; i++) {
			const key = keys[i] as number;
			const place = places[i] as number;
			let to = i;
			for (; to > start && (keys[to - 1] as number) > key; to--) {
				keys[to] = keys[to - 1] as number;
				places[to] = places[to - 1] as number;
			}
			keys[to] = key;
			places[to] = place;
		}
	}
	for (let width = 8; width < count; width *= 2) {
		const { keys: from, places: fromPlaces, otherKeys: into, otherPlaces: intoPlaces } = pairs;
		for (let start = 0; start < count; start += 2 * width) {
			const middle = Math.min(start + width, count);
			const end = Math.min(middle + width, count);
			let left = start;
			let right = middle;
			for (let to = start; to < end; to++) {
				const first = right === end || (left < middle && (from[left] as number) <= (from[right] as number));
				const taken = first ? left++ : right++;
				into[to] = from[taken] as number;
				intoPlaces[to] = fromPlaces[taken] as number;
			}
		}
		pairs.keys = into;
		pairs.places = intoPlaces;
		pairs.otherKeys = from;
		pairs.otherPlaces = fromPlaces;
	}
}

/*
Note [sorting by digits]
~~~~~~~~~~~~~~~~~~~~~~~~
The bits of a float64, read as an unsigned integer, are in the order of the
numbers once the sign bit of the positive and all bits of the negative are
turned over. Six passes over digits of 11 bits, from the lowest, each stable,
sort any numbers; a digit that all of them share costs nothing, so integers
and float32 take two to four.

	high                 low
	10  11  11           10  11  11 bits
	 5   4   3            2   1   0 pass

A million random float64 take 50 ms, merged 170 ms. Where only some ranks are
wanted, the highest digits are counted first, and what lies below or above them
is dropped: a median takes a third of that.
*/
const digits = 2_048;

/** Sorts the places of ranks `low` up to `high`, by their keys. Returns how many lower ones were dropped. */
function distribute(pairs: Pairs, count: number, low: number, high: number): number {
	if (low === high) return 0;
	const { places: all } = pairs;
	const bits = new Uint32Array(pairs.keys.buffer, 0, 2 * count); // low word first, as on every platform that runs this
	let words: [low: Uint32Array, high: Uint32Array] = [new Uint32Array(count), new Uint32Array(count)];
	for (let i = 0; i < count; i++) {
		const top = bits[2 * i + 1] as number;
		const turned = top >>> 31 === 0 ? 0 : 0xffffffff;
		words[0][i] = (bits[2 * i] as number) ^ turned;
		words[1][i] = top ^ (turned | 0x80000000);
	}
	const counts = new Uint32Array(digits);
	const tally = (digit: number, length: number): void => {
		const word = words[digit < 3 ? 0 : 1];
		const shift = 11 * (digit % 3);
		counts.fill(0);
		for (let i = 0; i < length; i++) (counts[((word[i] as number) >>> shift) & 2_047] as number)++;
	};
	let kept = count;
	let skipped = 0;
	for (let digit = 5; digit >= 0 && kept > short && high - low < kept; digit--) {
		tally(digit, kept);
		let least = 0;
		let below = 0;
		while (below + (counts[least] as number) <= low - skipped) below += counts[least++] as number;
		let most = least;
		let upTo = below + (counts[least] as number);
		while (upTo < high - skipped) upTo += counts[++most] as number;
		const [a, b] = words;
		const word = digit < 3 ? a : b;
		const shift = 11 * (digit % 3);
		let to = 0;
		for (let i = 0; i < kept; i++) {
			const value = ((word[i] as number) >>> shift) & 2_047;
			if (value < least || value > most) continue;
			a[to] = a[i] as number;
			b[to] = b[i] as number;
			all[to++] = all[i] as number;
		}
		kept = to;
		skipped += below;
		if (least < most) break;
	}
	let others: typeof words = [new Uint32Array(kept), new Uint32Array(kept)];
	for (let digit = 0; digit < 6; digit++) {
		tally(digit, kept);
		let total = 0;
		let shared = false;
		for (let value = 0; value < digits; value++) {
			const many = counts[value] as number;
			shared ||= many === kept;
			counts[value] = total;
			total += many;
		}
		if (shared) continue;
		const { places, otherPlaces } = pairs;
		const [a, b] = words;
		const [otherA, otherB] = others;
		const word = digit < 3 ? a : b;
		const shift = 11 * (digit % 3);
		for (let i = 0; i < kept; i++) {
			const value = ((word[i] as number) >>> shift) & 2_047;
			const to = counts[value] as number;
			counts[value] = to + 1;
			otherA[to] = a[i] as number;
			otherB[to] = b[i] as number;
			otherPlaces[to] = places[i] as number;
		}
		[words, others] = [others, words];
		pairs.places = otherPlaces;
		pairs.otherPlaces = places;
	}
	return skipped;
}

/** For each row along an axis, the places of its first `k` elements in order, as {@link argSort} has them, without sorting the rest. */
export function argTop(
	x: View,
	{ outer, count, inner }: Along,
	k: number,
	descending: boolean,
	z: Storage,
	atZ: number,
): void {
	const keys = new Float64Array(k);
	const places = new Int32Array(k);
	for (let row = 0; row < outer * inner; row++) {
		const block = Math.floor(row / inner);
		const across = row % inner;
		let full = 0;
		for (let i = 0, at = x.offset + block * count * inner + across; i < count; i++, at += inner) {
			const value = x.storage[at] as number;
			const key = descending ? -value : value;
			if (full === k && !before(key, keys[k - 1] as number, descending)) continue;
			if (full < k) full++;
			let to = full - 1;
			for (; to > 0 && before(key, keys[to - 1] as number, descending); to--) {
				keys[to] = keys[to - 1] as number;
				places[to] = places[to - 1] as number;
			}
			keys[to] = key;
			places[to] = i;
		}
		for (let i = 0; i < k; i++) z[atZ + (block * k + i) * inner + across] = places[i] as number;
	}
}

/** True where `x` comes before `y`: a smaller key, or NaN, which is last, or first where `descending`. */
function before(x: number, y: number, descending: boolean): boolean {
	if (x < y) return true;
	return descending ? Number.isNaN(x) && !Number.isNaN(y) : Number.isNaN(y) && !Number.isNaN(x);
}

/** Rows of `length` sorted elements, each with `each` numbers to be put in. */
export interface Insertion {
	readonly rows: number;
	readonly length: number;
	readonly each: number;
	/** Behind elements that are equal, not before them. */
	readonly right: boolean;
}

/** For each number of `values`, its place in its row of `sorted`: how many elements come before it. */
export function searchSorted(
	sorted: View,
	values: View,
	{ rows, length, each, right }: Insertion,
	z: Storage,
	atZ: number,
): void {
	for (let i = 0; i < rows * each; i++) {
		const value = values.storage[values.offset + i] as number;
		const start = sorted.offset + Math.floor(i / each) * length;
		const missing = Number.isNaN(value);
		let low = 0;
		let high = length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			const other = sorted.storage[start + middle] as number;
			// NaN comes after every number, and no comparison with it holds.
			const passed = missing ? right || !Number.isNaN(other) : right ? other <= value : other < value;
			if (passed) low = middle + 1;
			else high = middle;
		}
		z[atZ + i] = low;
	}
}

/**
 * Groups of equal elements, NaN equal to NaN, of a list whose `places` are in
 * order: `starts` gets where each group begins among the places, `inverse` the
 * group of every element. Returns how many there are.
 */
export function groups(x: Storage, places: Int32Array, starts: Int32Array, inverse: Int32Array): number {
	let size = 0;
	let last = 0;
	for (let i = 0; i < places.length; i++) {
		const place = places[i] as number;
		const value = x[place] as number;
		// Numbers ascend to NaN, so that a new group is larger, or begins the NaN.
		if (i === 0 || value > last || (Number.isNaN(value) && !Number.isNaN(last))) starts[size++] = i;
		last = value;
		inverse[place] = size - 1;
	}
	return size;
}
