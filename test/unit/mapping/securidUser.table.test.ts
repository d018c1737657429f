import { SECURID_SYSTEM_EVENTS } from '../../../nodes/shared/mapping/securidSystem.table';
import { SECURID_USER_EVENTS } from '../../../nodes/shared/mapping/securidUser.table';

/** Codes by level, as the vendor's pages have them, as far as they are public. */
const DOCUMENTED = {
	notice: codes(`
		2 3 4 101 103 106 107 201 300 340 400 401 402 601 602 603 604 701 707 801 806 807 901 907 908 909 911 912 931 934 939 1501 1507 1511 1512 1521 1524
		1527 1530 1531 1532 3000 5107 20201 20206 20207 20208 20209 20301 20302 20400 20401 20612 20613 20614 20851 20900 20901 21901
	`),
	error: codes(`
		20 21 22 23 24 30 31 32 33 34 35 36 38 51 52 53 102 104 105 108 109 110 111 112 113 114 115 116 117 202 203 204 205 206 207 208 211 212 213 215 216
		217 218 219 220 221 222 223 224 225 301 302 303 304 316 317 318 341 342 343 403 404 405 406 407 408 409 410 413 605 606 607 608 609 611 702 703 704
		709 802 803 804 805 902 903 904 905 906 910 913 932 933 935 936 937 938 940 941 1503 1504 1505 1506 1508 1510 1513 1515 1523 1525 1526 1528 3001 3002
		5104 20202 20203 20204 20205 20303 20402 20403 20601 20602 20603 20604 20605 20606 20607 20608 20609 20610 20611 20616 20701 20702 20703 20801 20802
		20803 20804 20805 20852 20853 20854 20855 20902 20903 21902 21903 21953
	`),
};

/** What people have to hear of although the level alone says little; push bombing and replay among them. */
const SEVERE = {
	medium: codes('2 35 105 224 225 703 905 938 940 941 1503 1523 5107 21903 21953'),
	high: codes('38'),
};

function codes(list: string): string[] {
	return list.trim().split(/\s+/);
}

const of = (wanted: (row: { level: string; severity: string }) => boolean) => [...SECURID_USER_EVENTS].filter(([, row]) => wanted(row)).map(([code]) => code).sort();

it.each(['notice', 'error'] as const)('the user table has each documented code of level %s, and no other', (level) => {
	expect(of((row) => row.level === level)).toEqual([...DOCUMENTED[level]].sort());
});

it.each(['medium', 'high'] as const)('the user events of severity %s are those that were chosen for it', (severity) => {
	expect(of((row) => row.severity === severity)).toEqual([...SEVERE[severity]].sort());
});

it('a notice is info and an error low, unless the text says otherwise', () => {
	const odd = of(({ level, severity }) => severity !== 'medium' && severity !== 'high' && severity !== (level === 'notice' ? 'info' : 'low'));
	expect(odd).toEqual(['1512', '1524', '1530', '20209']);
});

it('the system table has the codes that are public', () => {
	expect([...SECURID_SYSTEM_EVENTS.keys()]).toEqual(codes('683 684 2501 2502 2503 2504 2505 2506 2507 2508 2510 2512 2513'));
});
