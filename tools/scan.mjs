/*
 * n8n's own check of community packages, on the source and on the packed tarball: npm run scan.
 * The scanner's command line knows published packages only and exits 0 whatever it finds, so its analysis is called here.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyzePackage, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(path.join(tmpdir(), 'scan-'));
const unpacked = path.join(folder, 'package');
mkdirSync(unpacked);
const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, encoding: 'utf8' });
execFileSync('tar', ['-xzf', path.join(folder, packed.trim().split('\n').at(-1)), '-C', folder]);

const legs = {
	source: await analyzePackage(root, SOURCE_FILE_PATTERNS),
	tarball: await analyzePackage(unpacked, ['**/*.js', 'package.json']),
};
rmSync(folder, { recursive: true, force: true });
for (const [name, leg] of Object.entries(legs)) {
	console.log(`${name}: ${leg.passed ? 'passed' : 'refused'} ${leg.details ?? leg.message ?? ''}`);
}
process.exit(Object.values(legs).every((leg) => leg.passed) ? 0 : 1);
