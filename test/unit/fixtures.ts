import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A recorded or published answer as text, because JSON.parse would damage the ids in it. */
export function rawFixture(name: string): string {
	return readFileSync(join(__dirname, '..', 'fixtures', name), 'utf8');
}
