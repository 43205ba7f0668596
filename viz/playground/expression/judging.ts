/** The Worker of the expression bench: answers one question after the other. */
import { answerTo, type Question } from "./answers.js";
import type { Numbered } from "./questions.js";

const worker = globalThis as unknown as {
	onmessage: (event: { readonly data: Numbered<Question> }) => void;
	postMessage(answer: Numbered<ReturnType<typeof answerTo>>): void;
};

worker.onmessage = ({ data: { number, content } }) => {
	worker.postMessage({ number, content: answerTo(content) });
};
