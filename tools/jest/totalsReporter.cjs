/** Prints one plain line of totals at the end, for people and machines that read the last line only. */
module.exports = class TotalsReporter {
	onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites }) {
		const failed = numFailedTests || numFailedTestSuites;
		const skipped = numPendingTests ? `, ${numPendingTests} skipped` : '';
		console.log(`\n${numPassedTests} passed, ${failed} failed${skipped}`);
	}
};
