/** What a hostile vendor, sink or storage may answer. One table for all places that read an answer; each place fills in what its own answer looks like. */
import { gzipSync } from 'node:zlib';
import { bombByContent, bombByEncoding, brokenChunk, bytesOnWire, drip, dripHead, endlessRows, floodOfHeaders, interim, oneLine, smallBomb, whole, type Writer } from './hostileWriters';

/** The answer that a place expects, around a JSON value that the vendor chooses; the value stands where data stands. */
export type Wrap = (json: string) => string;

export interface HostileCase {
	name: string;
	answer: (wrap: Wrap) => Writer;
	/**
	 * The end of the code that a JSON place must give; several where the form of the place decides. 'any': taken as data, or refused with a code.
	 * CSV places read other forms, see `csv`.
	 */
	code: string | string[] | 'any';
	csv?: string | string[] | 'any';
	/** Costs a tenth of a second or more. */
	dear?: true;
	/** Which time-outs are scaled down, so that the test need not wait. */
	hurry?: 'head' | 'whole';
}

/** More values than are parsed, made once. */
const THREE_MILLION = { objects: '{},'.repeat(1_600_000), members: Array.from({ length: 3_000_001 }, (_none, at) => `"${at.toString(36)}":1`).join() };

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const deepObjects = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const json = (make: (wrap: Wrap) => string): HostileCase['answer'] => (wrap) => whole(make(wrap));

const SIZE = 'BODY-SIZE';
const RESET = 'NET-RESET';

/** Bodies that are too large, in every packing; the first ones are cheap enough for every place. */
const LARGE: HostileCase[] = [
	{ name: 'lists nested a million deep, alone', answer: json(() => deep(1_000_000)), code: SIZE, csv: 'CSV-FORM' },
	{ name: 'lists nested a million deep, never closed', answer: json(() => '['.repeat(1_000_000)), code: SIZE, csv: 'CSV-FORM' },
	{ name: 'lists nested a hundred thousand deep, where data stands', answer: json((wrap) => wrap(deep(100_000))), code: SIZE, csv: 'any' },
	{ name: 'objects nested ten thousand deep, where data stands', answer: json((wrap) => wrap(deepObjects(10_000))), code: SIZE, csv: 'any' },
];

const DEAR: HostileCase[] = [
	{ name: 'a gzip bomb by Content-Encoding, 10 MB for 10 GB', answer: (wrap) => bombByEncoding(wrap('"').slice(0, 40)), code: SIZE, csv: ['CSV-ROW', 'CSV-FORM'], dear: true },
	{ name: 'a gzip bomb with a refusal', answer: () => bombByEncoding('{"message":"', 'x', 418), code: SIZE, csv: 'LINK-REFUSED', dear: true },
	{ name: 'a gzip bomb with a status that renews tokens', answer: () => bombByEncoding('{"message":"', 'x', 401), code: 'any', csv: 'LINK-REFUSED', dear: true },
	{ name: 'a gzip bomb with a redirect', answer: () => bombByEncoding('', 'x', 302), code: [SIZE, 'REDIRECT'], csv: 'LINK-REFUSED', dear: true },
	{ name: 'a gzip bomb by content', answer: () => bombByContent(), code: 'any', csv: 'CSV-ROW', dear: true },
	{ name: 'a brotli bomb', answer: () => smallBomb('br'), code: SIZE, csv: 'any', dear: true },
	{ name: 'a zstd bomb', answer: () => smallBomb('zstd'), code: 'any', csv: 'any', dear: true },
	{ name: 'one line of JSON without an end', answer: (wrap) => oneLine(wrap('"').split('"').slice(0, 2).join('"')), code: SIZE, csv: ['CSV-ROW', 'CSV-FORM'], dear: true },
	{ name: 'one line of text without an end', answer: () => oneLine('a'), code: SIZE, csv: 'CSV-ROW', dear: true },
	{ name: 'rows without an end', answer: () => endlessRows('[', '{},'), code: SIZE, csv: 'CSV-FORM', dear: true },
	{ name: 'a web page without an end', answer: () => oneLine('<!doctype html><html>'), code: SIZE, csv: 'CSV-FORM', dear: true },
	{ name: 'more than three million values in a list', answer: json(() => `[${THREE_MILLION.objects}{}]`), code: SIZE, csv: 'CSV-FORM', dear: true },
	{ name: 'an object of more than three million members', answer: json((wrap) => wrap(`{${THREE_MILLION.members}}`)), code: SIZE, csv: 'any', dear: true },
];

/** Answers that come too slowly, or break HTTP. */
const WIRE: HostileCase[] = [
	{ name: 'a body that comes a byte now and then', answer: (wrap) => drip(wrap('"a"').slice(0, 20)), code: 'NET-SLOW', csv: 'NET-SLOW', hurry: 'whole' },
	{ name: 'a head that comes a byte now and then', answer: () => dripHead, code: 'NET-TIMEOUT', csv: 'LINK-HOST', hurry: 'head' },
	{ name: 'interim answers (103) for ever', answer: () => interim('103 Early Hints'), code: ['NET-TIMEOUT', 'NET-OTHER', RESET], csv: ['LINK-HOST', 'NET-TIMEOUT', 'NET-OTHER', RESET], hurry: 'head' },
	{ name: 'interim answers (100) for ever', answer: () => interim('100 Continue'), code: ['NET-TIMEOUT', 'NET-OTHER', RESET], csv: ['LINK-HOST', 'NET-TIMEOUT', 'NET-OTHER', RESET], hurry: 'head' },
	{ name: 'one header of a megabyte', answer: () => floodOfHeaders(`x-a: ${'a'.repeat(1_000_000)}`), code: ['NET-OTHER', RESET], csv: ['NET-OTHER', RESET] },
	{ name: 'a hundred thousand headers', answer: () => floodOfHeaders('a: b\r\n'.repeat(100_000)), code: ['NET-OTHER', RESET], csv: ['NET-OTHER', RESET] },
	{ name: 'a content-length beyond the body', answer: (wrap) => bytesOnWire(`HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n${wrap('"a"')}`), code: RESET, csv: [RESET, 'CSV-FORM'] },
	{ name: 'a content-length beyond all numbers', answer: () => bytesOnWire(`HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(40)}\r\n\r\n{}`), code: ['NET-OTHER', RESET], csv: ['NET-OTHER', RESET, 'CSV-FORM'] },
	{ name: 'two different content-lengths', answer: () => bytesOnWire('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 4\r\n\r\n{}{}'), code: ['NET-OTHER', RESET], csv: ['NET-OTHER', RESET] },
	{ name: 'a chunk that claims 281 TB', answer: () => brokenChunk, code: RESET, csv: [RESET, 'CSV-FORM'] },
	{ name: 'a chunk length that is no number', answer: () => bytesOnWire('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}'), code: ['NET-OTHER', RESET], csv: ['NET-OTHER', RESET] },
	{ name: 'damage inside a gzip encoding', answer: () => whole(Buffer.concat([gzipSync('x'.repeat(50_000)).subarray(0, 40), Buffer.alloc(100, 255)]), { 'content-encoding': 'gzip' }), code: 'any', csv: 'any' },
	{ name: 'text that claims to be gzip', answer: (wrap) => whole(wrap('"a"'), { 'content-encoding': 'gzip' }), code: ['NET-OTHER', RESET], csv: ['NET-OTHER', RESET] },
	{ name: 'a tiny answer that is longer when packed', answer: () => whole(gzipSync('{}'), { 'content-encoding': 'gzip' }), code: 'any', csv: 'any' },
	{ name: 'an unknown encoding', answer: () => whole(gzipSync('{}'), { 'content-encoding': 'gzip, gzip' }), code: 'any', csv: 'any' },
	{ name: 'an empty 200', answer: () => whole(''), code: 'any', csv: 'any' },
	{ name: 'a 204', answer: () => bytesOnWire('HTTP/1.1 204 No Content\r\n\r\n'), code: 'any', csv: 'any' },
	{ name: 'a status that does not exist', answer: () => bytesOnWire('HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n'), code: 'any', csv: 'any' },
	{ name: 'a wait of 10^400 seconds', answer: () => whole('{}', { 'retry-after': '9'.repeat(400) }, 429), code: 'any', csv: 'any' },
	{ name: 'a wait that is a date of the year 9999', answer: () => whole('{}', { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, 503), code: 'any', csv: 'any' },
];

/** Content: taken as data, or refused with a code; never more. */
const CONTENT: HostileCase[] = [
	{ name: '__proto__ beside the members', answer: json((wrap) => wrap('"a"').replace('{', '{"__proto__":{"polluted":true},')), code: 'any', csv: 'any' },
	{ name: '__proto__ where data stands', answer: json((wrap) => wrap('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')), code: 'any', csv: 'any' },
	{ name: 'constructor.prototype beside the members', answer: json((wrap) => wrap('"a"').replace('{', '{"constructor":{"prototype":{"polluted":true}},"toString":1,"hasOwnProperty":1,')), code: 'any', csv: 'any' },
	{ name: 'toJSON where data stands', answer: json((wrap) => wrap('{"toJSON":"x","then":"y","length":-1,"valueOf":null}')), code: 'any', csv: 'any' },
	{ name: 'NUL', answer: json((wrap) => wrap('"a\\u0000b"')), code: 'any', csv: 'any' },
	{ name: 'bare NUL bytes', answer: json((wrap) => wrap('"a\0b"')), code: 'any', csv: 'any' },
	{ name: 'halves of surrogate pairs', answer: json((wrap) => wrap('"\\ud800 \\udfff"')), code: 'any', csv: 'any' },
	{ name: 'bidi controls', answer: json((wrap) => wrap('"\\u202eadmin\\u2066\\u200f"')), code: 'any', csv: 'any' },
	{ name: 'line separators of Unicode', answer: json((wrap) => wrap('"a\u2028b\u2029c\u0085d"')), code: 'any', csv: 'any' },
	{ name: 'terminal escapes', answer: json((wrap) => wrap('"\\u001b[2J\\u001b]0;x\\u0007\\r\\nERROR forged"')), code: 'any', csv: 'any' },
	{ name: 'bytes that are no UTF-8', answer: (wrap) => whole(Buffer.concat([Buffer.from(wrap('"a"').slice(0, -1)), Buffer.from([0xff, 0xc0, 0xaf, 0xed, 0xa0, 0x80]), Buffer.from('}')])), code: 'any', csv: 'any' },
	{ name: 'UTF-16 with a byte order mark', answer: (wrap) => whole(Buffer.from(`\ufeff${wrap('"a"')}`, 'utf16le')), code: 'any', csv: 'any' },
	{ name: 'UTF-16 without a byte order mark', answer: (wrap) => whole(Buffer.from(wrap('"a"'), 'utf16le')), code: 'any', csv: 'any' },
	{ name: 'a number beyond all numbers', answer: json((wrap) => wrap('1e999')), code: 'any', csv: 'any' },
	{ name: 'a number of a million digits', answer: json((wrap) => wrap('9'.repeat(1_000_000))), code: 'any', csv: 'any' },
	{ name: 'a text of two million escapes', answer: json((wrap) => wrap(`"${'\\"'.repeat(2_000_000)}"`)), code: 'any', csv: 'any', dear: true },
	{ name: 'the same member a hundred thousand times', answer: json((wrap) => wrap(`{${'"a":1,'.repeat(100_000)}"a":2}`)), code: 'any', csv: 'any' },
	{ name: 'null', answer: json(() => 'null'), code: 'any', csv: 'any' },
	{ name: 'a list', answer: json(() => '[1]'), code: 'any', csv: 'any' },
];

export const CASES: HostileCase[] = [...LARGE, ...DEAR, ...WIRE, ...CONTENT];
