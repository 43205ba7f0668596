/**
 * Pictures to take away: as SVG, and painted as PNG.
 *
 * A picture is SVG text with a width and a height in pixels; what is a raster on
 * the page is an image inside of it. A file is offered by the browser; nothing
 * is sent anywhere.
 */
import { html } from "../explorer/page/dom.js";

/** Offers `content` as a file. */
export function save(name: string, type: string, content: string | Uint8Array): void {
	const part = typeof content === "string" ? content : new Uint8Array(content);
	const address = URL.createObjectURL(new Blob([part], { type }));
	const link = html("a", { href: address, download: name });
	document.body.append(link);
	link.click();
	link.remove();
	setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Offers an SVG picture as a file. */
export function saveSvg(name: string, svg: string): void {
	save(`${name}.svg`, "image/svg+xml", svg);
}

/** Paints an SVG picture on white paper, twice as fine as the screen, and offers it as a file. */
export async function savePng(name: string, svg: string, scale = 2): Promise<void> {
	save(`${name}.png`, "image/png", await painted(svg, scale));
}

/** An SVG picture as the bytes of a PNG file. */
export async function painted(svg: string, scale = 2, paper = "#ffffff"): Promise<Uint8Array> {
	const image = new Image();
	const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
	try {
		image.src = address;
		await image.decode();
		const canvas = html("canvas", {
			width: Math.ceil(image.naturalWidth * scale),
			height: Math.ceil(image.naturalHeight * scale),
		});
		const context = canvas.getContext("2d");
		if (context === null) throw new Error("this browser has no canvas");
		context.fillStyle = paper;
		context.fillRect(0, 0, canvas.width, canvas.height);
		context.drawImage(image, 0, 0, canvas.width, canvas.height);
		const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
		if (blob === null) throw new Error("the picture is too large for this browser");
		return new Uint8Array(await blob.arrayBuffer());
	} finally {
		URL.revokeObjectURL(address);
	}
}
