import { PARTS } from './parts';
import { REASONS, type Reason } from './reasons';
import { type PartResult, type Results, scoreOf, type Survivor } from './results';

/** Share of the mutants that the tests have to notice, in per cent. */
export const WANTED = 85;

const INTRODUCTION = `# Mutation check

Stryker changes the code in small ways (a mutant: \`<\` becomes \`<=\`, a condition becomes \`true\`, a text becomes empty) and runs the tests; a change that no test notices has survived.
At least ${WANTED} % have to be noticed. This page is written by \`npm run mutation\`, or anew from the kept results by \`npm run mutation -- --report\`; \`npm run mutation -- checkpoint\` runs one part.
A part with a score was run whole, at the commit that is named; \`--changed\` takes from the run before what neither its code nor its tests have changed.

Each part is held against its own unit tests and generated cases alone, not against workflows and whole nodes, which would notice more. Left out: tables of data and of messages
(\`*.table.ts\`, \`failures.ts\`), of which every row is a test of its own, and what runs only once while a file is loaded. Texts inside the code are mutated, too.
`;

/** docs/mutation.md: the score of each part, and each survivor with the reason why it may live. */
export function documentOf(results: Results): string {
	const known = PARTS.flatMap(({ name }) => (results[name] ? [[name, results[name]] as const] : []));
	const rows = PARTS.map(({ name }) => (results[name] ? rowOf(name, results[name]) : `| ${name} | not run whole yet |${' |'.repeat(8)}`));
	const sum = known.reduce((total, [, one]) => added(total, one), { killed: 0, timedOut: 0, survived: 0, uncovered: 0, static: 0 });
	const table = ['| Part | Score | Mutants | Noticed | of these by time-out | Survived | Not run by any test | Load time, left out | Date | Commit |', '|---|---|---|---|---|---|---|---|---|---|', ...rows, rowOf('**all that was run**', { ...sum, date: '', survivors: [] })];
	const lists = known.map(([name, { survivors }]) => `## Survivors in ${name}\n\n${listOf(survivors)}\n`);
	return [INTRODUCTION, table.join('\n'), '', ...lists].join('\n');
}

function added<Counts extends Pick<PartResult, 'killed' | 'timedOut' | 'survived' | 'uncovered' | 'static'>>(left: Counts, right: PartResult): Counts {
	return {
		...left,
		killed: left.killed + right.killed,
		timedOut: left.timedOut + right.timedOut,
		survived: left.survived + right.survived,
		uncovered: left.uncovered + right.uncovered,
		static: left.static + right.static,
	};
}

function rowOf(name: string, result: PartResult): string {
	const { killed, timedOut, survived, uncovered, date } = result;
	const cells = [name, `${scoreOf(result).toFixed(1)} %`, killed + timedOut + survived + uncovered, killed + timedOut, timedOut, survived, uncovered, result.static, date, result.commit ?? ''];
	return `| ${cells.join(' | ')} |`;
}

/** Survivors that share a reason stand together. */
function listOf(survivors: Survivor[]): string {
	if (survivors.length === 0) return 'None.';
	const groups = new Map<string, Survivor[]>();
	for (const survivor of survivors) {
		const why = REASONS.find((reason) => fits(reason, survivor))?.why ?? 'Not judged yet.';
		groups.set(why, [...(groups.get(why) ?? []), survivor]);
	}
	return [...groups].map(([why, some]) => `${why}\n\n${some.map((one) => `- ${lineOf(one)}`).join('\n')}`).join('\n\n');
}

/** Whether a reason is about a survivor. */
export function fits({ file, line = '', to }: Reason, survivor: Survivor): boolean {
	return survivor.file.endsWith(file) && survivor.line.includes(line) && (to === undefined || to === survivor.to);
}

function lineOf({ file, line, from, to, uncovered }: Survivor): string {
	const code = (text: string) => `\`${text.replaceAll('`', "'")}\``;
	const short = line.length > 120 ? `${line.slice(0, 119)}…` : line;
	return `${file.replace('nodes/shared/', '')}: ${code(from)} → ${code(to)} in ${code(short)}${uncovered ? ' (not run)' : ''}`;
}
