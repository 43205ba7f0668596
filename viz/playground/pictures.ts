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
async function painted(svg: string, scale = 2, paper = "#ffffff"): Promise<Uint8Array> {
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

/** What a style sheet says about a shape. */
const looks = [
	"fill",
	"fill-opacity",
	"stroke",
	"stroke-width",
	"stroke-opacity",
	"stroke-dasharray",
	"stroke-linecap",
	"stroke-linejoin",
	"opacity",
	"font-family",
	"font-size",
	"font-weight",
	"text-anchor",
	"paint-order",
] as const;

/** A picture of the page as a text of its own: what the style sheet says of it is written into it. */
export function standalone(picture: SVGSVGElement): string {
	const copy = picture.cloneNode(true) as SVGSVGElement;
	const originals = [picture, ...picture.querySelectorAll("*")];
	for (const [at, element] of [copy, ...copy.querySelectorAll("*")].entries()) {
		const style = getComputedStyle(originals[at] as Element);
		for (const look of looks) element.setAttribute(look, style.getPropertyValue(look));
		for (const attribute of ["class", "tabindex", "style"]) element.removeAttribute(attribute);
	}
	const { width, height } = picture.viewBox.baseVal;
	copy.setAttribute("width", String(width));
	copy.setAttribute("height", String(height));
	copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
	return new XMLSerializer().serializeToString(copy);
}
