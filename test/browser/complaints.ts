/** What the browser complains about while a page is open: errors, warnings, and requests that lead elsewhere. */
import type { Page } from "playwright-core";

const heard = new WeakMap<Page, string[]>();

/** Listens to a page from now on. `own` are the addresses that it may ask for. */
export function watched(page: Page, own: RegExp): Page {
	const complaints: string[] = [];
	heard.set(page, complaints);
	page.on("pageerror", ({ message }) => complaints.push(message));
	page.on("console", (message) => {
		if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
	});
	page.on("request", (request) => {
		if (!own.test(request.url())) complaints.push(`asks for ${request.url()}`);
	});
	return page;
}

/** Addresses on this machine, and of what a page made itself. */
export const ownAddresses: RegExp = /^(http:\/\/127\.0\.0\.1:\d+\/|blob:|data:)/;

/** What was complained about until now. What is taken off the list is not complained about again. */
export function complaintsOf(page: Page): string[] {
	return heard.get(page) ?? ["nobody listened to this page"];
}
