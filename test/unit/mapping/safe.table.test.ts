import { SAFE_ACTIONS, SAFE_OTHER } from '../../../nodes/shared/mapping/safe.table';
import { SEVERITIES } from '../../../nodes/shared/mapping/types';

it('every row has a known category and severity', () => {
	for (const { category, severity } of [...SAFE_ACTIONS, SAFE_OTHER]) {
		expect(['authentication', 'iam', 'configuration']).toContain(category);
		expect(SEVERITIES).toContain(severity);
	}
});

it('every row is met by a text that no row before it meets', () => {
	const texts = [
		'User logged in',
		'API credential created',
		'Role changed',
		'Integration tested',
		'Report deleted',
		'Questionnaire updated',
	];
	expect(texts.map((text) => SAFE_ACTIONS.findIndex(({ pattern }) => pattern.test(text)))).toEqual(
		SAFE_ACTIONS.map((_row, index) => index),
	);
});

it('no pattern keeps a state between two texts', () => {
	for (const { pattern } of SAFE_ACTIONS) expect(pattern.flags).not.toMatch(/[gy]/);
});
