import { SEVERITIES } from '../../../nodes/shared/mapping/types';

it('severities go from least to most urgent', () => {
	expect(SEVERITIES).toEqual(['info', 'low', 'medium', 'high', 'critical']);
});
