/**
 * Layout without Graphviz: rank by rank, scope by scope, in time proportional to
 * what is drawn.
 *
 * Graphviz draws finer, but a few hundred boxes that read one another freely
 * keep it busy for many seconds. Here every open scope is laid out by itself and
 * is then one box of the scope around it; lines go straight over whatever lies
 * between. Large pictures come from here, and any that Graphviz fails on.
 */
import type { Direction, Layout } from "./model.js";
import type { View } from "./view.js";

const gap = { rank: 46, box: 16, frame: 12, heading: 24 } as const;

/** An item, or an open scope with all that is in it; `along` the direction of the picture and `across` it. */
interface Block {
	readonly item: number;
	readonly scope: number;
	along: number;
	across: number;
	/** Where its middle lies in the block around it. */
	x: number;
	y: number;
	readonly inside: Block[];
}

/** The layout of `view`. */
export function layeredLayout(view: View, direction: Direction): Layout {
	const turned = direction === "down";
	const sized = (width: number, height: number): { along: number; across: number } =>
		turned ? { along: height, across: width } : { along: width, across: height };
	const whole: Block = { item: -1, scope: 0, along: 0, across: 0, x: 0, y: 0, inside: [] };
	const open = new Map<number, Block>([[0, whole]]);
	const around = new Map<Block, Block>();
	for (const frame of view.frames) {
		const block: Block = { item: -1, scope: frame.scope, along: 0, across: 0, x: 0, y: 0, inside: [] };
		open.set(frame.scope, block);
		around.set(block, open.get(frame.around) as Block);
		open.get(frame.around)?.inside.push(block);
	}
	const blocks = view.items.map((item, index): Block => {
		const block: Block = { item: index, scope: -1, ...sized(item.width, item.height), x: 0, y: 0, inside: [] };
		around.set(block, open.get(item.around) as Block);
		open.get(item.around)?.inside.push(block);
		return block;
	});
	/** The blocks around a block, the outermost first, itself last. */
	const chainOf = (block: Block): Block[] => {
		const chain: Block[] = [];
		for (let at: Block | undefined = block; at; at = around.get(at)) chain.unshift(at);
		return chain;
	};
	const chains = blocks.map(chainOf);
	const arrows = new Map<Block, (readonly [Block, Block])[]>();
	for (const { from, to } of view.links) {
		const [a, b] = [chains[from] as Block[], chains[to] as Block[]];
		let depth = 0;
		while (a[depth] === b[depth]) depth++;
		const common = a[depth - 1] as Block;
		const arrow = [a[depth] as Block, b[depth] as Block] as const;
		const known = arrows.get(common);
		if (known) known.push(arrow);
		else arrows.set(common, [arrow]);
	}
	// Inner scopes first: their sizes are needed outside.
	for (const block of [...open.values()].reverse()) arrange(block, arrows.get(block) ?? [], turned);

	const places: (readonly [number, number])[] = view.items.map(() => [0, 0]);
	const frames: Layout["frames"][number][] = [];
	const put = (block: Block, x: number, y: number): void => {
		for (const inner of block.inside) {
			const [ix, iy] = turned ? [x + inner.y, y + inner.x] : [x + inner.x, y + inner.y];
			if (inner.item >= 0) {
				places[inner.item] = [round(ix), round(iy)];
				continue;
			}
			const [width, height] = turned ? [inner.across, inner.along] : [inner.along, inner.across];
			frames.push([
				inner.scope,
				round(ix - width / 2),
				round(iy - height / 2),
				round(ix + width / 2),
				round(iy + height / 2),
			]);
			put(inner, ix, iy);
		}
	};
	const [width, height] = turned ? [whole.across, whole.along] : [whole.along, whole.across];
	put(whole, width / 2, height / 2);
	const paths = view.links.map(({ from, to }) => {
		const [ax, ay] = places[from] as readonly [number, number];
		const [bx, by] = places[to] as readonly [number, number];
		const [a, b] = [view.items[from] as View["items"][number], view.items[to] as View["items"][number]];
		if (turned) {
			const [top, bottom] = [ay + a.height / 2, by - b.height / 2];
			const bend = Math.max(20, (bottom - top) / 2);
			return { d: `M${ax},${top}C${ax},${round(top + bend)} ${bx},${round(bottom - bend)} ${bx},${bottom}` };
		}
		const [left, right] = [ax + a.width / 2, bx - b.width / 2];
		const bend = Math.max(20, (right - left) / 2);
		return { d: `M${left},${ay}C${round(left + bend)},${ay} ${round(right - bend)},${by} ${right},${by}` };
	});
	return { direction, width: round(width), height: round(height), places, frames, paths };
}

/** Places what is inside of `block` around its middle, and gives it its size. */
function arrange(block: Block, arrows: readonly (readonly [Block, Block])[], turned: boolean): void {
	const { inside } = block;
	const order = new Map([...inside].sort((a, b) => firstOf(a) - firstOf(b)).map((inner, index) => [inner, index]));
	const before = new Map<Block, Block[]>(inside.map((inner) => [inner, []]));
	const after = new Map<Block, Block[]>(inside.map((inner) => [inner, []]));
	for (const [from, to] of arrows) {
		// A scope may read what comes after a part of it; such a line takes no part in the ranks.
		if ((order.get(from) as number) >= (order.get(to) as number)) continue;
		before.get(to)?.push(from);
		after.get(from)?.push(to);
	}
	const ordered = [...order.keys()];
	const ranks = new Map<Block, number>();
	for (const inner of ordered)
		ranks.set(inner, Math.max(-1, ...(before.get(inner) ?? []).map((x) => ranks.get(x) as number)) + 1);
	// What reads nothing lies next to its first reader.
	for (const inner of ordered) {
		const readers = after.get(inner) ?? [];
		if ((before.get(inner) ?? []).length === 0 && readers.length > 0)
			ranks.set(inner, Math.max(0, Math.min(...readers.map((x) => ranks.get(x) as number)) - 1));
	}
	const columns: Block[][] = [];
	for (const inner of ordered) {
		const rank = ranks.get(inner) as number;
		columns[rank] ??= [];
		columns[rank].push(inner);
	}
	const filled = columns.filter((column) => column !== undefined);
	const stack = (column: Block[]): void => {
		const total = column.reduce((sum, { across }) => sum + across + gap.box, -gap.box);
		let at = -total / 2;
		for (const inner of column) {
			inner.y = at + inner.across / 2;
			at += inner.across + gap.box;
		}
	};
	for (const column of filled) stack(column);
	for (let sweep = 0; sweep < 6; sweep++) {
		const [walk, neighbours] = sweep % 2 === 0 ? [filled, before] : [[...filled].reverse(), after];
		for (const column of walk) {
			const wish = new Map(
				column.map((inner) => {
					const others = neighbours.get(inner) ?? [];
					const mean = others.reduce((sum, { y }) => sum + y, 0) / others.length;
					return [inner, others.length === 0 ? inner.y : mean];
				}),
			);
			column.sort((a, b) => (wish.get(a) as number) - (wish.get(b) as number));
			stack(column);
		}
	}
	let at = 0;
	for (const column of filled) {
		const wide = Math.max(...column.map(({ along }) => along));
		for (const inner of column) inner.x = at + wide / 2;
		at += wide + gap.rank;
	}
	const length = Math.max(0, at - gap.rank);
	const breadth = Math.max(
		0,
		...filled.map((column) => column.reduce((sum, { across }) => sum + across + gap.box, -gap.box)),
	);
	const edge = block.scope === 0 ? { along: 10, across: 10 } : { along: gap.frame, across: gap.frame };
	// The heading of a frame lies above what is in it.
	const heading = block.scope === 0 ? 0 : gap.heading;
	for (const inner of inside) {
		inner.x += -length / 2 + (turned ? heading / 2 : 0);
		inner.y += turned ? 0 : heading / 2;
	}
	block.along = length + 2 * edge.along + (turned ? heading : 0);
	block.across = Math.max(breadth, turned ? 120 : 0) + 2 * edge.across + (turned ? 0 : heading);
	if (!turned) block.along = Math.max(block.along, block.scope === 0 ? 0 : 120);
}

/** The first item inside. */
function firstOf(block: Block): number {
	if (block.item >= 0) return block.item;
	return Math.min(Number.POSITIVE_INFINITY, ...block.inside.map(firstOf));
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
