const path = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

/** Files that take minutes, the longest first, so that two workers end at about the same time. */
const LONG = ['kill', 'queue', 'browser', 'server', 'runbooks', 'start'];

const place = (file) => {
	const found = LONG.indexOf(path.basename(file, '.test.ts'));
	return found === -1 ? LONG.length : found;
};

module.exports = class LongestFirst extends Sequencer {
	sort(tests) {
		return [...tests].sort((one, other) => place(one.path) - place(other.path) || one.path.localeCompare(other.path));
	}
};
