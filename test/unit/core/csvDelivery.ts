import fc, { type Arbitrary } from 'fast-check';
import { cutAt, utf16, utf8 } from '../bytes';

/** How a text reaches the reader: its bytes, cut anywhere, and the size of the slices handed to the parser. */
export interface Delivery {
	encoding: 'utf-8' | 'utf-8 with BOM' | 'utf-16 little' | 'utf-16 big';
	cuts: number[];
	sliceCharacters: number | undefined;
}

export const delivery: Arbitrary<Delivery> = fc.record({
	encoding: fc.constantFrom('utf-8', 'utf-8 with BOM', 'utf-16 little', 'utf-16 big'),
	cuts: fc.array(fc.nat(300), { maxLength: 20 }),
	sliceCharacters: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(undefined)),
});

/** The bytes of a text, in its pieces. */
export function delivered(text: string, { encoding, cuts }: Delivery): Uint8Array[] {
	if (encoding === 'utf-8') return cutAt(utf8(text), cuts);
	if (encoding === 'utf-8 with BOM') return cutAt(utf8(`\uFEFF${text}`), cuts);
	return cutAt(utf16(text, encoding === 'utf-16 little' ? 'little' : 'big'), cuts);
}
