/** Says on the terminal what runs and what came of it: on a terminal the line in work is replaced, elsewhere there are two. */

export interface Progress {
	during<Result>(what: string, work: () => Promise<Result>, describe: (result: Result) => string): Promise<Result>;
}

const TICK_MS = 1000;

export function startProgress(out: NodeJS.WriteStream = process.stderr): Progress {
	const startedMs = Date.now();
	const clock = () => {
		const total = Math.round((Date.now() - startedMs) / 1000);
		return `${String(Math.floor(total / 60)).padStart(2)}:${String(total % 60).padStart(2, '0')}`;
	};
	const show = (text: string, done: boolean) => out.write(out.isTTY ? `\r\u001b[2K${text}${done ? '\n' : ''}` : done ? `${text}\n` : '');
	return {
		async during(what, work, describe) {
			show(`${clock()}  … ${what}`, false);
			const ticking = setInterval(() => show(`${clock()}  … ${what}`, false), TICK_MS);
			try {
				const result = await work();
				show(`${clock()}  ✓ ${what}: ${describe(result)}`, true);
				return result;
			} catch (error) {
				show(`${clock()}  ✗ ${what}`, true);
				throw error instanceof Error ? error : new Error(String(error));
			} finally {
				clearInterval(ticking);
			}
		},
	};
}
