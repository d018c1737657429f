/** `npm run schemas`: jest is only what runs the scenes, since they stop its clock. */
module.exports = {
	...require('../../jest.config.cjs'),
	rootDir: '../..',
	roots: ['<rootDir>/tools/schemas'],
	testMatch: ['**/write.ts'],
	reporters: ['default'],
};
