const path = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/** Files that take minutes, the longest first, so that two workers end at about the same time: those on the server, then those of `npm test`. */
const LONG = [
	...['kill', 'queue', 'browser', 'server', 'runbooks', 'start'],
	...['workflowFaults.sinks', 'workflowFaults.securid', 'workflowHistories', 'refused-events', 'getNewSinks', 'triggerRefusals', 'hostileResponses'],
	...['leaksSafe', 'reconcile', 'triggerHistories', 'download', 'trigger', 'triggerBounds', 'safe-daily-audit-fan-out', 'overlaps'],
];

const place = (file) => {
	const found = LONG.indexOf(path.basename(file, '.test.ts'));
	return found === -1 ? LONG.length : found;
};

module.exports = class LongestFirst extends Sequencer {
	sort(tests) {
		return [...tests].sort((one, other) => place(one.path) - place(other.path) || one.path.localeCompare(other.path));
	}
};
