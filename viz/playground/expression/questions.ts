/**
 * Questions to a Worker, of which only the last one matters.
 *
 * While a question is being answered, the newest one waits, and those between
 * are dropped. A Worker that takes too long is ended and replaced: soon where
 * something newer waits, later where nothing does.
 */

/** A question or its answer. */
export interface Numbered<Content> {
	readonly number: number;
	readonly content: Content;
}

/** As much of a Worker as is used. */
export interface Asked {
	postMessage(question: unknown): void;
	terminate(): void;
	onmessage: ((event: MessageEvent) => void) | null;
	onerror: ((event: ErrorEvent) => void) | null;
}

/** How long a Worker may take, in milliseconds. */
export interface Patience {
	/** Where nothing newer waits. */
	readonly alone: number;
	/** Where something does. */
	readonly waiting: number;
}

/** Who is told. */
export interface Hearer<Answer> {
	readonly heard: (answer: Answer) => void;
	/** The last question was given up. */
	readonly late: () => void;
}

/** Questions to Workers that `start` makes. */
export function questionsTo<Question, Answer>(
	start: () => Asked,
	patience: Patience,
	{ heard, late }: Hearer<Answer>,
): { readonly ask: (question: Question) => void; readonly forget: () => void } {
	let worker: Asked | undefined;
	let newest = 0;
	let waiting: Numbered<Question> | undefined;
	/** The question that is being answered, and since when. */
	let open: { readonly number: number; readonly since: number } | undefined;
	let timer: ReturnType<typeof setTimeout> | undefined;

	const watch = (): void => {
		clearTimeout(timer);
		if (open === undefined) return;
		const limit = waiting === undefined ? patience.alone : patience.waiting;
		timer = setTimeout(giveUp, Math.max(0, open.since + limit - performance.now()));
	};
	const next = (): void => {
		if (waiting !== undefined) {
			worker ??= begin();
			worker.postMessage(waiting);
			open = { number: waiting.number, since: performance.now() };
			waiting = undefined;
		}
		watch();
	};
	const giveUp = (): void => {
		worker?.terminate();
		worker = undefined;
		const given = open?.number;
		open = undefined;
		if (given === newest) late();
		next();
	};
	const begin = (): Asked => {
		const made = start();
		made.onmessage = ({ data }: MessageEvent<Numbered<Answer>>) => {
			if (data.number !== open?.number) return;
			open = undefined;
			if (data.number === newest) heard(data.content);
			next();
		};
		made.onerror = giveUp;
		return made;
	};
	return {
		ask(content) {
			waiting = { number: ++newest, content };
			if (open === undefined) next();
			else watch();
		},
		/** No answer is wanted any more. */
		forget() {
			newest++;
			waiting = undefined;
		},
	};
}
