/** The browser of the tests: Debian's Chromium, without a window and without a network. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const quiet = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts it. */
export async function launch(): Promise<Browser> {
	const executablePath = places.find((path) => existsSync(path));
	if (executablePath === undefined)
		throw new Error("no Chromium found: apt-get install -y --no-install-recommends chromium");
	return chromium.launch({ executablePath, args: quiet });
}
