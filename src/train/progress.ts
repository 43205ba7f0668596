/**
 * How far training has come, for whoever watches: a bar on a terminal, and one
 * line per epoch everywhere.
 *
 * The bar is a package for terminals, asked for only where there is one, so
 * that a bundle for browsers holds no trace of it.
 */
import { type EpochRecord, epochLine, numberText } from "./history.js";

/** What `fit` shows. */
export interface Display {
	/** `batch` of `batches` (unknown where the loader does not say) of an epoch are done, with this mean loss so far. */
	batch(epoch: number, batch: number, batches: number | undefined, loss: number): void;
	/** An epoch is done. */
	epoch(record: EpochRecord): void;
	/** Something else worth a line. */
	say(line: string): void;
	/** Nothing more will come. */
	close(): void;
}

/** What is shown: a bar where there is a terminal and lines elsewhere, when left out. */
export type ProgressStyle = "bar" | "lines" | "none";

/** What is used of the package `cli-progress`. */
interface Bars {
	readonly SingleBar: new (
		options: object,
		preset: object,
	) => {
		start(total: number, value: number, shown: object): void;
		update(value: number, shown: object): void;
		stop(): void;
	};
	readonly Presets: { readonly rect: object };
}

/** The display for `style`; lines go to `log`, and where one is given there is no bar. */
export function displayFor(
	style: ProgressStyle | undefined,
	log: ((line: string) => void) | undefined,
	epochs: number,
): Display {
	const lines = linesTo(log ?? console.log, epochs);
	const isTerminal = typeof process === "object" && process.stdout?.isTTY === true;
	const wanted = style ?? (isTerminal && log === undefined ? "bar" : "lines");
	if (wanted === "none") return linesTo(() => {}, epochs);
	const bars = wanted === "bar" ? barsHere() : undefined;
	return bars === undefined ? lines : withBar(bars, lines, epochs);
}

function linesTo(log: (line: string) => void, epochs: number): Display {
	return {
		batch: () => {},
		epoch: (record) => log(epochLine(record, epochs)),
		say: log,
		close: () => {},
	};
}

/** The package for bars, in Node. */
function barsHere(): Bars | undefined {
	const found = typeof process === "object" ? process.getBuiltinModule?.("node:module") : undefined;
	return found?.createRequire(import.meta.url)("cli-progress") as Bars | undefined;
}

/** A bar for the epoch under way, which its line replaces. */
function withBar({ Presets, SingleBar }: Bars, lines: Display, epochs: number): Display {
	const format = "epoch {epoch} [{bar}] {value}/{total}  loss {loss}  {duration_formatted}";
	let bar: InstanceType<Bars["SingleBar"]> | undefined;
	const clear = (): void => {
		bar?.stop();
		bar = undefined;
	};
	return {
		batch: (epoch, batch, batches, loss) => {
			if (batches === undefined) return;
			const shown = { epoch: `${epoch}/${epochs}`, loss: numberText(loss) };
			if (bar === undefined) {
				bar = new SingleBar({ format, hideCursor: true, clearOnComplete: true, barsize: 24 }, Presets.rect);
				bar.start(batches, batch, shown);
			} else bar.update(batch, shown);
		},
		epoch: (record) => {
			clear();
			lines.epoch(record);
		},
		say: (line) => {
			clear();
			lines.say(line);
		},
		close: clear,
	};
}
