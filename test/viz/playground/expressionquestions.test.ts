/** Questions to a Worker: the last one counts, and one that hangs holds up nothing. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Asked, type Numbered, questionsTo } from "../../../viz/playground/expression/questions.js";

/** A Worker that answers when it is told to. */
class Slow implements Asked {
	static started: Slow[] = [];
	onmessage: Asked["onmessage"] = null;
	onerror: Asked["onerror"] = null;
	readonly asked: Numbered<string>[] = [];
	ended = false;
	constructor() {
		Slow.started.push(this);
	}
	postMessage(question: unknown): void {
		this.asked.push(question as Numbered<string>);
	}
	terminate(): void {
		this.ended = true;
	}
	/** Answers its last question. */
	answer(): void {
		const { number, content } = this.asked.at(-1) as Numbered<string>;
		this.onmessage?.({ data: { number, content: `${content}!` } } as MessageEvent);
	}
}

let heard: string[] = [];
let late = 0;
function questions(): ReturnType<typeof questionsTo<string, string>> {
	return questionsTo<string, string>(
		() => new Slow(),
		{ alone: 1_000, waiting: 100 },
		{
			heard: (answer) => heard.push(answer),
			late: () => late++,
		},
	);
}
const worker = (at = -1): Slow => Slow.started.at(at) as Slow;

beforeEach(() => {
	vi.useFakeTimers();
	Slow.started = [];
	heard = [];
	late = 0;
});
afterEach(() => {
	vi.useRealTimers();
});

describe("a question", () => {
	it("starts a Worker when there is one, and hears its answer", () => {
		const { ask } = questions();
		expect(Slow.started).toEqual([]);
		ask("a");
		worker().answer();
		ask("b");
		worker().answer();
		expect([heard, Slow.started.length]).toEqual([["a!", "b!"], 1]);
	});

	it("that something newer came after is dropped, and what came between is not asked", () => {
		const { ask } = questions();
		ask("a");
		ask("b");
		ask("c");
		worker().answer();
		expect(heard).toEqual([]);
		worker().answer();
		expect(heard).toEqual(["c!"]);
		expect(worker().asked.map(({ content }) => content)).toEqual(["a", "c"]);
	});

	it("that takes too long is given up soon where something newer waits", () => {
		const { ask } = questions();
		ask("a");
		vi.advanceTimersByTime(60);
		ask("b");
		vi.advanceTimersByTime(39);
		expect(worker().ended).toBe(false);
		vi.advanceTimersByTime(1);
		expect(Slow.started.map(({ ended }) => ended)).toEqual([true, false]);
		worker().answer();
		expect([heard, late]).toEqual([["b!"], 0]);
	});

	it("that is alone has more time, and then is told to be late", () => {
		const { ask } = questions();
		ask("a");
		vi.advanceTimersByTime(999);
		expect(late).toBe(0);
		vi.advanceTimersByTime(1);
		expect([late, worker().ended, Slow.started.length]).toEqual([1, true, 1]);
		ask("b");
		worker().answer();
		expect(heard).toEqual(["b!"]);
	});

	it("of a Worker that was ended is not answered by it any more", () => {
		const { ask } = questions();
		ask("a");
		ask("b");
		vi.advanceTimersByTime(100);
		worker(0).answer();
		expect(heard).toEqual([]);
	});

	it("that is forgotten is not answered", () => {
		const { ask, forget } = questions();
		ask("a");
		forget();
		worker().answer();
		expect([heard, late]).toEqual([[], 0]);
	});

	it("that breaks the Worker is late, and the next one gets another", () => {
		const { ask } = questions();
		ask("a");
		worker().onerror?.({} as ErrorEvent);
		expect(late).toBe(1);
		ask("b");
		worker().answer();
		expect([heard, Slow.started.length]).toEqual([["b!"], 2]);
	});
});
