/** Layouts on request, made in a Worker from the Graphviz that lies in the page. */
import type { Direction, ExplorerData, Layout } from "../model.js";
import { labelled, type View } from "../view.js";
import type { Answer, Question } from "./worker.js";

/** The source of the Worker: Base64, then gzip. */
async function unpacked(text: string): Promise<Blob> {
	const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
	const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
	return new Response(stream, { headers: { "content-type": "text/javascript" } }).blob();
}

/** Asks for layouts of `data`, of the Worker that lies in the page. */
export function layouts(
	data: ExplorerData,
	source: string,
): (view: View, direction: Direction) => Promise<Layout | undefined> {
	const ask = layoutsBy(async () => new Worker(URL.createObjectURL(await unpacked(source))));
	return (view, direction) => ask(view, direction, labelled(data, view));
}

/** Asks the Worker that `start` starts, when it is first asked; of several questions only the last is answered. */
export function layoutsBy(
	start: () => Promise<Worker>,
): (view: View, direction: Direction, labelled: readonly boolean[]) => Promise<Layout | undefined> {
	let worker: Promise<Worker> | undefined;
	let asked = 0;
	return async (view, direction, labelled) => {
		const number = ++asked;
		worker ??= start();
		const running = await worker;
		const layout = await new Promise<Layout>((resolve, reject) => {
			const done = (settle: () => void): void => {
				running.removeEventListener("message", hear);
				running.removeEventListener("error", fail);
				settle();
			};
			const hear = ({ data: answer }: MessageEvent<Answer>): void => {
				if (answer.number === number) done(() => resolve(answer.layout));
			};
			const fail = ({ message }: ErrorEvent): void => done(() => reject(new Error(message)));
			running.addEventListener("message", hear);
			running.addEventListener("error", fail);
			const question: Question = { number, view, direction, labelled };
			running.postMessage(question);
		});
		return number === asked ? layout : undefined;
	};
}
