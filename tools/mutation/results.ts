import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A change of the code that no test noticed. */
export interface Survivor {
	file: string;
	/** The line as it stands, trimmed; line numbers move too easily. */
	line: string;
	mutator: string;
	/** What was changed into what. */
	from: string;
	to: string;
	/** No test runs this place at all. */
	uncovered?: boolean;
}

export interface PartResult {
	/** Day of the run, UTC. */
	date: string;
	/** HEAD when the run began; absent where the run was made without git. */
	commit?: string;
	killed: number;
	/** Endless loops and the like: noticed as well. */
	timedOut: number;
	survived: number;
	uncovered: number;
	/** Mutants that change only what runs while a file is loaded. */
	static: number;
	survivors: Survivor[];
}

export type Results = Record<string, PartResult>;

/** The parts of Stryker's report (mutation testing report schema) that are read here. */
interface Report {
	files: Record<
		string,
		{
			source: string;
			mutants: Array<{
				mutatorName: string;
				replacement?: string;
				status: string;
				static?: boolean;
				location: { start: { line: number; column: number }; end: { line: number; column: number } };
			}>;
		}
	>;
}

const RESULTS = path.join(__dirname, '..', '..', 'docs', 'mutation.json');

export function readResults(): Results {
	return existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Results) : {};
}

export function writeResults(results: Results): void {
	const sorted = Object.fromEntries(Object.entries(results).sort(([left], [right]) => (left < right ? -1 : 1)));
	writeFileSync(RESULTS, `${JSON.stringify(sorted, null, '\t')}\n`);
}

/** Share of the mutants that were noticed, in per cent. */
export function scoreOf({ killed, timedOut, survived, uncovered }: Pick<PartResult, 'killed' | 'timedOut' | 'survived' | 'uncovered'>): number {
	const all = killed + timedOut + survived + uncovered;
	return all === 0 ? 100 : ((killed + timedOut) / all) * 100;
}

/** Reads Stryker's report of one part. */
export function partResult(file: string, date: string, commit?: string): PartResult {
	const { files } = JSON.parse(readFileSync(file, 'utf8')) as Report;
	const result: PartResult = { date, commit, killed: 0, timedOut: 0, survived: 0, uncovered: 0, static: 0, survivors: [] };
	for (const [name, { source, mutants }] of Object.entries(files)) {
		const lines = source.split('\n');
		for (const { status, mutatorName, replacement = '', location } of mutants) {
			if (status === 'Killed') result.killed++;
			else if (status === 'Timeout') result.timedOut++;
			else if (status === 'Ignored') result.static++;
			else if (status === 'Survived' || status === 'NoCoverage') {
				if (status === 'Survived') result.survived++;
				else result.uncovered++;
				const from = textAt(lines, location);
				const line = lines[location.start.line - 1].trim();
				result.survivors.push({ file: name, line, mutator: mutatorName, from: shortened(from), to: shortened(replacement), ...(status === 'NoCoverage' && { uncovered: true }) });
			} else throw new Error(`${name}:${location.start.line}: a mutant ended as ${status}`);
		}
	}
	return result;
}

function textAt(lines: string[], { start, end }: { start: { line: number; column: number }; end: { line: number; column: number } }): string {
	const part = lines.slice(start.line - 1, end.line);
	part[part.length - 1] = part[part.length - 1].slice(0, end.column - 1);
	part[0] = part[0].slice(start.column - 1);
	return part.join(' ');
}

function shortened(text: string): string {
	const oneLine = text.replace(/\s+/g, ' ');
	return oneLine.length > 100 ? `${oneLine.slice(0, 99)}…` : oneLine;
}
