import { writeFileSync } from 'node:fs';
// @ts-expect-error a library without types
import UPNG from 'upng-js';

/** Enough for a screen of flat areas. */
const COLOURS = 128;

/** The two calls of upng-js that are used. */
interface Upng {
	decode(png: Buffer): { width: number; height: number };
	toRGBA8(image: object): ArrayBuffer[];
	encode(frames: ArrayBuffer[], width: number, height: number, colours: number): ArrayBuffer;
}

/** Writes a PNG with a palette, which is about a third of what a browser gives. */
export function savePicture(file: string, png: Buffer): void {
	const { decode, toRGBA8, encode } = UPNG as Upng;
	const image = decode(png);
	writeFileSync(file, Buffer.from(encode(toRGBA8(image), image.width, image.height, COLOURS)));
}
