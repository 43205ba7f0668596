/**
 * Pages judged by several threads, or by this one.
 *
 * A thread starts from the file of the command itself; where there is none, as
 * under a test runner, the work is done here. What ends a thread ends one page.
 */
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { type JudgedPage, judgePage, type Page } from "./judge.js";

/** In a thread: judges what comes in until nothing does. */
export function serve(): void {
	if (isMainThread) return;
	parentPort?.on("message", (page: Page) => parentPort?.postMessage(judgePage(page)));
}

/** Judges all pages, `done` being called for each as it is finished; results are in the order of the pages. */
export async function judgeAll(
	pages: readonly Page[],
	worker: URL | undefined,
	done: (page: JudgedPage) => void,
): Promise<JudgedPage[]> {
	const results: JudgedPage[] = [];
	const threads = Math.min(pages.length, availableParallelism(), 8);
	const finish = (index: number, page: JudgedPage): void => {
		results[index] = page;
		done(page);
	};
	if (worker === undefined || threads < 2) {
		for (const [index, page] of pages.entries()) {
			finish(index, judgePage(page));
			// Lets the progress bar draw.
			await new Promise((resume) => setImmediate(resume));
		}
		return results;
	}
	let next = 0;
	await Promise.all(
		Array.from({ length: threads }, async () => {
			let thread: Worker | undefined;
			for (let index = next++; index < pages.length; index = next++) {
				const page = pages[index] as Page;
				thread ??= new Worker(worker);
				const answer = await answered(thread, page);
				if (answer instanceof Error) {
					finish(index, broken(page, answer));
					await thread.terminate();
					thread = undefined;
				} else finish(index, answer);
			}
			await thread?.terminate();
		}),
	);
	return results;
}

/** What a thread makes of a page; an error if that ends it. */
function answered(thread: Worker, page: Page): Promise<JudgedPage | Error> {
	return new Promise((finish) => {
		const answer = (judged: JudgedPage): void => end(judged);
		const fail = (error: unknown): void => end(error instanceof Error ? error : new Error(String(error)));
		const leave = (): void => end(new Error("the thread ended"));
		const end = (result: JudgedPage | Error): void => {
			thread.off("message", answer).off("error", fail).off("exit", leave);
			finish(result);
		};
		thread.on("message", answer).on("error", fail).on("exit", leave);
		thread.postMessage(page);
	});
}

function broken({ file }: Page, { message }: Error): JudgedPage {
	const text = `check: this is a mistake of ours: ${message}`;
	return { file, claims: [], unreadable: [{ heading: undefined, line: 1, message: text }], milliseconds: 0 };
}
