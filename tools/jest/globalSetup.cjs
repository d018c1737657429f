const { execFileSync } = require('node:child_process');
const path = require('node:path');

const root = path.resolve(__dirname, '..', '..');

/** Workflow tests run what users install, so dist is built first. Stops when the tests would run on another Node than n8n's. */
module.exports = () => {
	if (!process.versions.node.startsWith('24.')) {
		throw new Error(`Tests run on Node 24, this is ${process.versions.node}: use "npm test"`);
	}
	const gulp = path.join(root, 'node_modules', 'gulp', 'bin', 'gulp.js');
	execFileSync(process.execPath, [gulp, 'bundle', '--silent'], { cwd: root, stdio: 'inherit' });
};
