/**
 * Zip archives, as npz files are.
 *
 * fflate packs and unpacks. The directory is read here, since fflate's reader
 * checks neither sums nor sizes, and makes room for whatever a file claims:
 * here every member must have the size and the sum that the directory tells,
 * members may not share bytes, and their sizes are known before anything is
 * unpacked. Several disks and encryption are refused. What members mean is
 * not known here.
 *
 * Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
 */
import { inflateSync, type Zippable, zipSync } from "fflate";
import { type ChainruleError, failure } from "../core/errors.js";
import { shown } from "./jsontext.js";

const signatures = {
	local: 0x04034b50,
	central: 0x02014b50,
	end: 0x06054b50,
	end64: 0x06064b50,
	locator64: 0x07064b50,
};
const lengths = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 };
/** A field that holds this tells that the number is elsewhere, in 64 bits. */
const [elsewhere16, elsewhere32] = [0xffff, 0xffff_ffff];
const [stored, deflated] = [0, 8];
/** A match of 258 bytes takes two bits or more. */
const largestRatio = 1032;

interface Member {
	readonly name: string;
	readonly method: number;
	readonly sum: number;
	readonly packed: number;
	readonly size: number;
	/** Where its own header begins. */
	readonly at: number;
}

/** Reads little-endian numbers, and refuses to read past the end. */
class Archive {
	readonly what: string;
	readonly bytes: Uint8Array;
	readonly #view: DataView;

	constructor(what: string, bytes: Uint8Array) {
		this.what = what;
		this.bytes = bytes;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}

	damaged(expected: string, actual: string): ChainruleError {
		return failure({ what: `${this.what}: damaged archive`, expected, actual });
	}

	/** Refuses a record that does not begin with its signature, or is cut off. */
	demand(kind: keyof typeof signatures, at: number): void {
		if (at < 0 || at + lengths[kind] > this.bytes.length || this.u32(at) !== signatures[kind])
			throw this.damaged(`a record of the archive (${kind}) at byte ${at}`, "something else");
	}

	u16(at: number): number {
		return this.#view.getUint16(at, true);
	}

	u32(at: number): number {
		return this.#view.getUint32(at, true);
	}

	u64(at: number): number {
		const value = Number(this.#view.getBigUint64(at, true));
		if (!Number.isSafeInteger(value)) throw this.damaged("a number below 2^53", `${value} at byte ${at}`);
		return value;
	}

	text(from: number, to: number): string {
		try {
			return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.bytes.subarray(from, to));
		} catch {
			throw this.damaged("names in UTF-8", `bytes ${from} to ${to - 1}`);
		}
	}
}

/**
 * The members of an archive by name, unpacked.
 *
 * @throws where anything is not as the directory tells, or the members are larger than `most` bytes together.
 */
export function readZip(what: string, bytes: Uint8Array, most: number): Map<string, Uint8Array> {
	const archive = new Archive(what, bytes);
	const directory = findDirectory(archive);
	const members = readDirectory(archive, directory);
	const total = members.reduce((sum, { size }) => sum + size, 0);
	if (total > most) {
		throw failure({
			what: `${what}: too large when unpacked`,
			expected: `at most ${most} bytes`,
			actual: `${total} bytes`,
			fix: "if you trust the file, raise maxBytes",
		});
	}
	const places = locate(archive, members, directory.from);
	return new Map(members.map((member, index) => [member.name, unpack(archive, member, places[index] as number)]));
}

interface Directory {
	readonly count: number;
	readonly from: number;
	readonly to: number;
}

function findDirectory(archive: Archive): Directory {
	const { bytes } = archive;
	let at = bytes.length - lengths.end;
	// The record ends with a comment of up to 65,535 bytes, which ends the file.
	const isEnd = (): boolean =>
		archive.u32(at) === signatures.end && at + lengths.end + archive.u16(at + 20) === bytes.length;
	while (at >= 0 && at >= bytes.length - lengths.end - 0xffff && !isEnd()) at--;
	if (at < 0 || !isEnd()) throw archive.damaged("the end of a zip archive at the end of the file", "none");
	let end = at;
	let [disk, count, length, from] = [
		archive.u32(at + 4),
		archive.u16(at + 10),
		archive.u32(at + 12),
		archive.u32(at + 16),
	];
	if (count === elsewhere16 || length === elsewhere32 || from === elsewhere32) {
		archive.demand("locator64", at - lengths.locator64);
		end = archive.u64(at - lengths.locator64 + 8);
		archive.demand("end64", end);
		[disk, count, length, from] = [
			archive.u64(end + 16),
			archive.u64(end + 32),
			archive.u64(end + 40),
			archive.u64(end + 48),
		];
	}
	if (disk !== 0) throw archive.damaged("an archive in one part", "a part of several");
	if (from + length !== end)
		throw archive.damaged(`a directory that ends at byte ${end}`, `bytes ${from} to ${from + length}`);
	return { count, from, to: end };
}

function readDirectory(archive: Archive, { count, from, to }: Directory): Member[] {
	const members: Member[] = [];
	const names = new Set<string>();
	for (let at = from; at < to; ) {
		archive.demand("central", at);
		const [flags, method] = [archive.u16(at + 8), archive.u16(at + 10)];
		const extras = at + lengths.central + archive.u16(at + 28);
		const comment = extras + archive.u16(at + 30);
		const next = comment + archive.u16(at + 32);
		if (next > to) throw archive.damaged(`a directory that ends at byte ${to}`, `a record from byte ${at} to ${next}`);
		const name = archive.text(at + lengths.central, extras);
		if ((flags & 1) !== 0 || (method !== stored && method !== deflated))
			throw archive.damaged("members that are stored or deflated", `${shown(name)} in another way`);
		if (names.has(name)) throw archive.damaged("every name once", `${shown(name)} twice`);
		names.add(name);
		members.push({ name, method, sum: archive.u32(at + 16), ...sizesOf(archive, at, extras, comment) });
		at = next;
	}
	if (members.length !== count) throw archive.damaged(`${count} members`, `${members.length}`);
	return members;
}

/** The three numbers of a directory's record that may be in an extra field (number 1) instead. */
function sizesOf(archive: Archive, record: number, from: number, to: number): Pick<Member, "packed" | "size" | "at"> {
	let extra: number | undefined;
	let end = from;
	for (let field = from; field + 4 <= to && extra === undefined; ) {
		end = field + 4 + archive.u16(field + 2);
		if (archive.u16(field) === 1 && end <= to) extra = field + 4;
		field = end;
	}
	const number = (at: number): number => {
		const value = archive.u32(at);
		if (value !== elsewhere32) return value;
		if (extra === undefined || extra + 8 > end) throw archive.damaged("a number in 64 bits", `none for byte ${at}`);
		extra += 8;
		return archive.u64(extra - 8);
	};
	const size = number(record + 24); // in this order in the extra field
	const packed = number(record + 20);
	return { size, packed, at: number(record + 42) };
}

/** Where the bytes of each member begin; refuses members that share bytes, as the worst zip bombs do. */
function locate(archive: Archive, members: readonly Member[], end: number): number[] {
	const places = members.map(({ name, method, packed, size, at }) => {
		archive.demand("local", at);
		const begin = at + lengths.local + archive.u16(at + 26);
		const place = begin + archive.u16(at + 28);
		if (place + packed > end) throw archive.damaged(`members that end before byte ${end}`, `${shown(name)} does not`);
		if (archive.text(at + lengths.local, begin) !== name || archive.u16(at + 8) !== method)
			throw archive.damaged(`${shown(name)} at byte ${at}, as in the directory`, "another member");
		if (method === stored ? size !== packed : size > packed * largestRatio)
			throw archive.damaged(`a size that ${packed} bytes can unpack to`, `${size} for ${shown(name)}`);
		return place;
	});
	const order = members.map((_, index) => index).sort((x, y) => (places[x] as number) - (places[y] as number));
	let next = 0;
	for (const index of order) {
		const { name, at, packed } = members[index] as Member;
		if (at < next) throw archive.damaged("members that do not overlap", `${shown(name)} at byte ${at}`);
		next = (places[index] as number) + packed;
	}
	return places;
}

function unpack(archive: Archive, { name, method, sum, packed, size }: Member, place: number): Uint8Array {
	const bytes = archive.bytes.subarray(place, place + packed);
	let unpacked = bytes;
	try {
		// One byte more than there should be, to notice when there are more.
		if (method === deflated) unpacked = inflateSync(bytes, { out: new Uint8Array(size + 1) });
	} catch (error) {
		throw archive.damaged(`${shown(name)}, packed by deflate`, (error as Error).message);
	}
	if (unpacked.length === size && checksum(unpacked) === sum) return unpacked;
	throw archive.damaged(`${shown(name)} with the size and sum that the directory tells`, "other bytes");
}

/** The remainders of CRC-32 for each byte. */
const remainders = Int32Array.from({ length: 256 }, (_, byte) => {
	let remainder = byte;
	for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
	return remainder;
});

/** CRC-32, reflected, polynomial 0x04c11db7. */
function checksum(bytes: Uint8Array): number {
	let sum = -1;
	for (let at = 0; at < bytes.length; at++)
		sum = (remainders[(sum ^ (bytes[at] as number)) & 0xff] as number) ^ (sum >>> 8);
	return ~sum >>> 0;
}

/** The first moment that a zip archive can tell: equal members give equal bytes. */
const beginning = new Date(1980, 0, 1);

/** An archive of `members`. */
export function writeZip(
	what: string,
	members: ReadonlyMap<string, Uint8Array>,
	compress: boolean,
): Uint8Array<ArrayBuffer> {
	let [total, longest] = [0, 0];
	for (const [name, { length }] of members) {
		const named = new TextEncoder().encode(name).length;
		total += length + 2 * named + 100; // with its two records
		longest = Math.max(longest, named);
	}
	if (total > elsewhere32 || members.size >= elsewhere16 || longest >= elsewhere16) {
		throw failure({
			what: `${what}: too much for a zip archive`,
			expected: `fewer than ${elsewhere16} members, 4 GiB, and ${elsewhere16} bytes per name`,
			actual: `${members.size} members, about ${total} bytes, names of up to ${longest} bytes`,
			fix: "use safetensors",
		});
	}
	return zipSync(Object.fromEntries(members) as Zippable, { level: compress ? 6 : 0, mtime: beginning });
}
