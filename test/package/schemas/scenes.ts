import type { Bench } from '../../nodes/bench';
import { restartTime } from '../../nodes/time';
import { Outputs, type Stage } from './outputs';
import { safeFiles, safeMany, safeNew, safeUsers } from './safeScenes';
import { securIdMany, securIdNew, securIdTrigger } from './securIdScenes';
import { siemWebhook } from './siemScenes';

/** Runs every operation of every node, in all its forms, in n8n's engine against the simulators. Out: what came out. Throws when a run fails that should not. */
export async function allOutputs(bench: Bench, seed: number): Promise<Outputs> {
	const stage: Stage = { bench, seed, outputs: new Outputs() };
	for (const scene of [securIdMany, securIdNew, securIdTrigger, safeFiles, safeMany, safeNew, safeUsers, siemWebhook]) {
		restartTime();
		await scene(stage);
	}
	return stage.outputs;
}
