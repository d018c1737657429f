/** `npm run compat:node`: the usual tests on a Node that is not the usual one; dist is built before. */
module.exports = { ...require('../../jest.config.cjs'), rootDir: '../..', globalSetup: undefined, maxWorkers: 1 };
