/** Everything that can be run on the clock. */
import { csvByHand, csvByParser, csvOurs } from './csv';
import { archiveFlat, downloadByHand, downloadFlat } from './flat';
import { collectAndDeliver } from './scaling';
import { securIdByHand, securIdOurs } from './securid';
import { siemBare, siemByHand, siemOurs } from './siem';

export type { Facts, Variant } from './workflow';

export const VARIANTS = {
	securIdOurs,
	securIdByHand,
	csvOurs,
	csvByHand,
	csvByParser,
	archiveFlat,
	downloadFlat,
	downloadByHand,
	siemOurs,
	siemByHand,
	siemBare,
	collectAndDeliver,
};

export type VariantName = keyof typeof VARIANTS;

/** What the variant of this name is told. */
export type VariantSettings<Name extends VariantName = VariantName> = Parameters<(typeof VARIANTS)[Name]>[0];
