import { generateKeyPairSync } from 'node:crypto';

/** The JSON of a downloaded key file, member names as they are there (seen in code, reference/securid.md 3.1). */
export interface KeyFile {
	customerName: string;
	accessID: string;
	description: string;
	accessKey: string;
	adminRestApiUrl: string;
}

/** What the server keeps of a key: who may sign, with what, and for which audience (compared byte for byte). */
export interface AcceptedKey {
	accessId: string;
	publicKeyPem: string;
	audience: string;
}

/** A fresh RSA key pair: 2048 bits, the private half unencrypted PKCS#1 PEM as in the vendor's file. */
export interface RsaKeyPair {
	privateKeyPem: string;
	publicKeyPem: string;
}

/** Makes a key pair of the kind the vendor's console makes. Takes a good part of a second. */
export function createRsaKeyPair(): RsaKeyPair {
	const { privateKey, publicKey } = generateKeyPairSync('rsa', {
		modulusLength: 2048,
		privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
		publicKeyEncoding: { type: 'spki', format: 'pem' },
	});
	return { privateKeyPem: privateKey, publicKeyPem: publicKey };
}

let shared: RsaKeyPair | undefined;

/** One key pair for all simulators of this process: making one for each server would be most of a test's time. */
export function sharedRsaKeyPair(): RsaKeyPair {
	shared ??= createRsaKeyPair();
	return shared;
}
