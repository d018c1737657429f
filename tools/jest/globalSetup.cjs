const { execFileSync } = require('node:child_process');

/** Workflow tests run what users install, so dist is built first. Stops when the tests would run on another Node than n8n's. */
module.exports = () => {
	if (!process.versions.node.startsWith('24.')) {
		throw new Error(`Tests run on Node 24, this is ${process.versions.node}: use "npm test"`);
	}
	execFileSync(process.execPath, [require.resolve('gulp/bin/gulp.js'), 'bundle', '--silent'], { stdio: 'inherit' });
};
